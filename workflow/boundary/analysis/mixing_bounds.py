"""Bounds on D(k) beyond the samples that there are, without a family of rates.

Given its rate p a problem is failed k times with the chance (1 − p)^k, so that an arm's mean
curve is 1 − E(1 − p)^k under some distribution of rates over problems.  All pairs of such
distributions whose curves, and whose difference, stay within bands that hold at once bound D(k)
at every other k.  The least and the largest value are linear programmes over the weights of
rates (moment bounds, after Chebyshev and Markov), and they hold the truth wherever the bands do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog
from scipy.special import ndtr

from boundary.analysis.bootstrap import Sample, content_seed, simultaneous_band
from boundary.analysis.differences import drawn_units, oriented
from boundary.analysis.intervals import Floats, Integers, difference_interval, share_interval
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at
from boundary.errors import BoundaryError

#: Values of k ≤ n at which the curves are held to their bands.
HELD = 26
#: How many times n the bounds reach.
REACH = 8
#: Rates beside 0: from 1/(LEAST·REACH·n) to one half so many an octave, then so many up to 1.
LEAST, OCTAVE, ABOVE = 16, 3, 10
#: The bounds are those of rates so many times as close, by what the dual leaves open between.
FINER = 8
#: Decimals kept: no order in which sums are taken changes them.
DECIMALS = 6
_OPTIMAL, _INFEASIBLE = 0, 2


@dataclass(frozen=True)
class Bands:
    """Where two curves and their difference lie, all at once.

    Attributes
    ----------
    ks : int64 array [K]
        Ascending to n.
    low, high : float64 arrays [3, K]
        Of pass@k of the first arm, of the second, and of first − second.
    """

    ks: Integers
    low: Floats
    high: Floats

    def limits(self, k: int) -> tuple[float, float] | None:
        """Return the least and the largest first − second at k that the bands allow.

        Returns
        -------
        tuple of float or None
            None where no pair of distributions has curves within the bands.

        Raises
        ------
        BoundaryError
            When the solver fails.
        """
        ends = [self._least(k, sign) for sign in (1, -1)]
        if ends[0] is None or ends[1] is None:
            return None
        low, high = max(ends[0], -1.0), min(-ends[1], 1.0)
        return round(low, DECIMALS), round(high, DECIMALS)

    def _least(self, k: int, sign: int) -> float | None:
        """Return the least value of sign·(first − second) at k; None where the bands allow none."""
        rates, rows, right = self._programme
        solves = sign * chance(np.array([k]), rates)[0]
        count = len(rates)
        made = linprog(
            np.concatenate([solves, -solves]),
            A_ub=rows,
            b_ub=right,
            A_eq=np.kron(np.eye(2), np.ones(count)),
            b_eq=[1.0, 1.0],
            method="highs-ds",
        )
        if made.status == _INFEASIBLE:
            return None
        if made.status != _OPTIMAL:
            raise BoundaryError(
                f"The linear programme of bounds at k = {k} was not solved: {made.message}"
            )
        # By duality no distribution over the finer rates comes to less than this.
        finer, finer_rows = self._finer
        solves = sign * chance(np.array([k]), finer)[0]
        open_ = np.concatenate([solves, -solves]) - made.ineqlin.marginals @ finer_rows
        arms = open_.reshape(2, -1) - made.eqlin.marginals[:, None]
        return float(made.fun + np.minimum(arms.min(axis=1), 0.0).sum())

    @cached_property
    def _programme(self) -> tuple[Floats, Floats, Floats]:
        """Rates ``[G]``, and rows ``[6K, 2G]`` and right-hand sides of the inequalities."""
        rates = rate_grid(REACH * int(self.ks[-1]), OCTAVE, ABOVE)
        return rates, self._rows(rates), np.concatenate([self.high.ravel(), -self.low.ravel()])

    @cached_property
    def _finer(self) -> tuple[Floats, Floats]:
        rates = rate_grid(REACH * int(self.ks[-1]), FINER * OCTAVE, FINER * ABOVE)
        return rates, self._rows(rates)

    def _rows(self, rates: Floats) -> Floats:
        solved = chance(self.ks, rates)
        none = np.zeros_like(solved)
        rows = np.block([[solved, none], [none, solved], [solved, -solved]])
        return np.concatenate([rows, -rows])


def chance(ks: Integers, rates: Floats) -> Floats:
    """Return 1 − (1 − p)^k, ``[K, G]``, for k ≥ 1 and rates up to 1."""
    with np.errstate(divide="ignore"):
        solved: Floats = -np.expm1(np.outer(ks, np.log1p(-rates)))
    return solved


def rate_grid(k_max: int, octave: int, above: int) -> Floats:
    """Return ascending rates from 0 to 1 between which no curve up to k_max bends much.

    Below the least but 0 pass@k_max is nearly linear in the rate.

    Parameters
    ----------
    k_max : int
    octave : int
        Steps in which a rate up to one half doubles.
    above : int
        Equal steps from one half to 1.
    """
    least = 1 / (LEAST * k_max)
    low = np.geomspace(least, 0.5, 1 + octave * math.ceil(math.log2(0.5 / least)))
    return np.concatenate([[0.0], low, np.linspace(0.5, 1.0, above + 1)[1:]])


def held_ks(n: int) -> Integers:
    """Return the k, in equal steps of log k from 1 to n, at which curves are held to bands."""
    return np.unique(np.rint(np.geomspace(1, n, HELD)).astype(np.int64))


def bands_of(pair: Pair, replicates: int, confidence: float) -> tuple[Bands, bool]:
    """Return the bands of two arms, and whether the other arm stands first in them.

    One critical value, of the largest |t| over both curves and their difference at all k held,
    serves all; near 0 and 1 a curve's band is the interval of a share at the level of that value.

    Parameters
    ----------
    pair : Pair
    replicates : int
        Of the bootstrap of problems, clusters drawn whole.
    confidence : float
        With which all bands hold at once.
    """
    profiles, exchanged = oriented(pair)
    ks, counts = held_ks(pair.n), profiles.counts
    first, second = (curve_at(counts[i], counts[i + 1], ks) for i in (0, 2))
    values = profiles.mean(np.concatenate([first, second, first - second], axis=1))
    mean, se = profiles.mean_and_se(values)
    seed, units = content_seed(*profiles.content()), profiles.units.shape[0]
    draws = tuple(each @ (values - mean) for each in drawn_units(profiles, seed))
    sample = Sample(mean, se, units, np.arange(len(mean)), draws)
    critical = simultaneous_band(sample, replicates, confidence, seed).critical
    arms, third = slice(0, 2 * len(ks)), slice(2 * len(ks), None)
    level = float(1 - 2 * ndtr(-critical))
    ends = [
        np.concatenate(parts).reshape(3, -1)
        for parts in zip(
            share_interval(mean[arms], se[arms], units, level),
            difference_interval(
                mean[third], se[third], units, multiplier=critical, miss=1 - confidence
            ),
            strict=True,
        )
    ]
    return Bands(ks, *ends), exchanged


def bound_ks(n: int, steps: int) -> Integers:
    """Return k from n to `REACH` n, so many steps an octave."""
    octaves = int(math.log2(REACH))
    grid = n * 2.0 ** (np.arange(steps * octaves + 1) / steps)
    return np.unique(np.rint(grid).astype(np.int64))
