"""Whether the log-odds of one model are spread more widely than another's, and what stands out.

Sampling more surely what was likely, and less what was not, moves log-odds apart:
the slope of the other model's log-odds on the base's is then above 1
(`boundary.analysis.log_odds`).  A problem of which a model solves more samples
than the line and the other model's count allow is one for a person to read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from boundary.analysis.differences import oriented
from boundary.analysis.intervals import ROUNDING, Floats
from boundary.analysis.log_odds import Law, cell_likelihood
from boundary.analysis.log_odds_fit import fit_law, row_weights, standard_errors
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Profiles, distinct_columns

#: Problems of which a model has several right and several wrong samples, below which no line is
#: fitted, and how many are several: elsewhere counts tell an end of log-odds alone.
FEWEST, SEVERAL = 10, 2
#: Correlation below which the log-odds of two models have no common line.
LEAST_ALIKE = 0.3
#: Standard error of the logarithm of the slope that no number of samples removes: in simulations,
#: rates that follow no normal law moved the slope by 1 to 3 % (docs/statistics.md).
FORM = 0.03
#: False discovery rates of problems that stand out: of those that a claim may rest on, and of
#: candidates for a person to read.
FALSE_DISCOVERIES, FALSE_CANDIDATES = 0.01, 0.1


@dataclass(frozen=True)
class Line:
    """The line of log-odds, of the other model on the base.

    Attributes
    ----------
    slope, low, high : float
        sd(y)/sd(x) with an interval over problems, which spans that without the
        problems that both models fail, or both solve, in every sample.
    shift : float
        Log-odds of the other model where those of the base are 0.
    correlation : float
    off : float
        Share of problems off the line.
    sharper : str or None
        base or other, where its rates are further apart than scatter about the
        line alone would put them: the slope of its log-odds in regression on the
        other model's, which scatter only lessens, is above 1 by its interval, with
        and without those problems.
    """

    slope: float
    low: float
    high: float
    shift: float
    correlation: float
    off: float
    sharper: str | None


@dataclass(frozen=True)
class Side:
    """One model's problems against the line and the other model's counts.

    Attributes
    ----------
    expected : float64 array [M]
        Share of its samples that the line expects to be correct.
    p : float64 array [M]
        Probability of as many correct ones or more as there are.
    """

    expected: Floats
    p: Floats

    @property
    def beyond(self) -> NDArray[np.bool_]:
        """Which problems exceed the line, at a false discovery rate of `FALSE_DISCOVERIES`."""
        return discoveries(self.p, FALSE_DISCOVERIES)

    @property
    def candidates(self) -> NDArray[np.bool_]:
        """Which problems are to be read, at a false discovery rate of `FALSE_CANDIDATES`."""
        return discoveries(self.p, FALSE_CANDIDATES)


@dataclass(frozen=True)
class Sharpening:
    """What the counts of two models say of sharpening.

    Attributes
    ----------
    line : Line or None
    base, other : Side or None
        What stands out of it, problem by problem.
    note : str or None
        Why there is no line.
    """

    line: Line | None = None
    base: Side | None = None
    other: Side | None = None
    note: str | None = None


def sharpening(pair: Pair, confidence: float = 0.95) -> Sharpening:
    """Fit the line of log-odds to the problems that two models share.

    Ids that ask the same question are one problem, each of equal weight in it.

    Parameters
    ----------
    pair : Pair
    confidence : float
        Level of the interval of the slope, by t with as many degrees of freedom
        as there are independent problems, less one.

    Returns
    -------
    Sharpening
        Exchanging base and other exchanges the sides and turns the slope over.
    """
    profiles, exchanged = oriented(pair)
    counts, rows = profiles.counts, row_weights(profiles)
    several = np.minimum(counts[[1, 3]], counts[[0, 2]] - counts[[1, 3]]) >= SEVERAL
    first, second = (several @ rows).tolist()
    if min(first, second) < FEWEST - ROUNDING:
        base, other = (second, first) if exchanged else (first, second)
        return Sharpening(
            note=f"no line: base has {base:.3g} and other {other:.3g} problems with {SEVERAL} "
            f"right and {SEVERAL} wrong samples, {FEWEST} are needed"
        )
    fit = _fit(profiles, exchanged, confidence)
    if isinstance(fit, str):
        return Sharpening(note=f"no line: {fit}")
    line, ends = fit.line, _at_ends(pair)
    if ends.any():
        rest = _fit(*oriented(pair.where(~ends)), confidence)
        if isinstance(rest, str):
            return Sharpening(
                note=f"no line without problems that both always solve or fail: {rest}"
            )
        line = _spanning(line, rest.line)
    return Sharpening(line, *_sides(fit.law, pair, exchanged))


class _Fit(NamedTuple):
    law: Law
    line: Line


def _fit(profiles: Profiles, exchanged: bool, confidence: float) -> _Fit | str:
    """Return the law of profiles and its line; a text that says why there is none."""
    counts, rows = profiles.counts, row_weights(profiles)
    x, y = cell_likelihood(*counts[:2]), cell_likelihood(*counts[2:])
    law = fit_law(counts, x, y, rows)
    if law.correlation < LEAST_ALIKE:
        return f"log-odds of the models correlate by {law.correlation:.2f} only"
    if law.spread_bounded:
        return "the problems of a model are too alike, or too far apart, for a slope"
    units = profiles.units.shape[0]
    errors = standard_errors(law, x, y, profiles, _gradients(law)) if units > 1 else None
    if errors is None:
        return "the counts do not determine its slope"
    t = float(stdtrit(units - 1, 0.5 + confidence / 2))
    return _Fit(law, _line(law, exchanged, t * np.hypot(errors, FORM)))


def _spanning(line: Line, rest: Line) -> Line:
    """Return a line with the interval of both, and a sharper model where both name it."""
    sharper = line.sharper if line.sharper == rest.sharper else None
    return replace(
        line, low=min(line.low, rest.low), high=max(line.high, rest.high), sharper=sharper
    )


def _at_ends(pair: Pair) -> NDArray[np.bool_]:
    """Return of which problems both models have no right sample, or both no wrong one.

    How far out their log-odds stand only the normal law says.  Where it is wrong, as some
    are out of reach and the rest are alike, a shift of all problems passes for a slope.
    """
    n, correct = pair.counts[[0, 2]], pair.counts[[1, 3]]
    ends = (correct == 0).all(axis=0) | (correct == n).all(axis=0)
    of_problem: NDArray[np.bool_] = pair.questions.mean(1.0 * ends) >= 1 - ROUNDING
    return of_problem


def _sides(law: Law, pair: Pair, exchanged: bool) -> tuple[Side, Side]:
    """Return the problems of base and other against a law, the means over the ids of each."""
    ordered = pair.counts[[2, 3, 0, 1]] if exchanged else pair.counts
    counts, place, _ = distinct_columns(ordered)
    x, y = cell_likelihood(*counts[:2]), cell_likelihood(*counts[2:])
    mean = pair.questions.mean
    first, second = (
        Side(*(mean(each[place]) for each in predicted))
        for predicted in (law.exchanged().predict(y, *counts[:2]), law.predict(x, *counts[2:]))
    )
    return (second, first) if exchanged else (first, second)


def _gradients(law: Law) -> Floats:
    """Return derivatives by theta of the logarithms of three slopes, ``[3, 5]``.

    Of the axis, of y in regression on x and of x on y: s, ρ·s and ρ/s.
    """
    rho = law.correlation
    by_rho = (1 - rho**2) / rho
    return np.array([[0, 0, -1, 1, 0], [0, 0, -1, 1, by_rho], [0, 0, 1, -1, by_rho]])


def _line(law: Law, exchanged: bool, reach: Floats) -> Line:
    """Return the line of the other model on the base, whichever of them stands first in a law."""
    slopes = np.log(law.correlation) + np.array([1, -1]) * law.log_slope
    first, second = ("other", "base") if exchanged else ("base", "other")
    sharper = second if slopes[0] > reach[1] else first if slopes[1] > reach[2] else None
    turned = law.exchanged() if exchanged else law
    ends = (turned.log_slope + sign * reach[0] for sign in (0, -1, 1))
    slope, low, high = (math.exp(value) for value in ends)
    return Line(slope, low, high, turned.shift, turned.correlation, turned.off, sharper)


def discoveries(p: Floats, rate: float) -> NDArray[np.bool_]:
    """Return which p-values are discoveries at a false discovery rate.

    Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B 57,
    289-300); where no hypothesis is false, there is any with at most this
    probability.
    """
    order = np.sort(p)
    below = np.flatnonzero(order <= rate * np.arange(1, len(p) + 1) / len(p))
    return p <= (order[below[-1]] if len(below) else -1.0)
