"""The length of a problem at which a model solves half: a logistic curve in log2(length).

The form of METR (Kwa et al. 2025, arXiv 2503.14499): a weighted logistic regression of
success on log2(length), whose slope alone is penalised; weights sum to 1, so that a penalty
λ adds λ/2·slope² to the mean loss (scikit-learn's C = 1/λ).  Success may be a share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr, stdtrit

from boundary.analysis.bootstrap import weight_blocks
from boundary.analysis.intervals import Floats, Integers

#: Newton steps, and halvings of one that goes too far.
STEPS, HALVINGS = 60, 12
#: Shares and losses that differ by less are equal; a step so short is the last, as the error
#: after it is of the order of its square.
TOLERANCE, CLOSE = 1e-12, 1e-6


@dataclass(frozen=True)
class Curves:
    """Logistic curves in log2(length), logit = intercept + slope · log2(length).

    Attributes
    ----------
    intercept, slope : float64 arrays [R]
        NaN where nothing or everything is solved, or all problems have one length.
    mean : float64 array [R]
        Weighted share that is solved.
    """

    intercept: Floats
    slope: Floats
    mean: Floats

    @property
    def horizon(self) -> Floats:
        """Length at which half is solved, ``[R]``.

        Where no curve falls with length it is infinite or 0, by whether more than half is
        solved in all.
        """
        falls = self.slope < -TOLERANCE
        ends = np.where(self.mean > 0.5, np.inf, 0.0)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return np.where(falls, np.exp2(-self.intercept / self.slope), ends)


def logistic_curves(
    lengths: Floats,
    shares: Floats,
    weights: Floats,
    penalty: float,
    near: Curves | None = None,
) -> Curves:
    """Fit a curve to each set of weights.

    Newton's method on the convex loss, a step that raises it halved.

    Parameters
    ----------
    lengths, shares : float64 arrays [M]
        Length of each problem, above 0, and the share of its attempts that succeed.
    weights : float64 array [R, M]
        Not negative; of each row only the ratios count.
    penalty : float
        λ, above 0: without it, lengths that part success from failure have no finite slope.
    near : Curves, optional
        One curve to begin at.
    """
    distinct, place = np.unique(lengths, return_inverse=True)
    member = np.zeros((len(lengths), len(distinct)))
    member[np.arange(len(lengths)), place] = 1.0
    total = weights.sum(axis=1, keepdims=True)
    width = len(distinct)
    sums = weights @ np.concatenate([member, member * shares[:, None]], axis=1) / total
    held, solved = sums[:, :width], sums[:, width:]
    mean = solved.sum(axis=1)
    several = (held > 0).sum(axis=1) > 1
    fitted = several & (mean > TOLERANCE) & (mean < 1 - TOLERANCE)
    centre = np.log2(distinct).mean()  # the intercept bears no penalty, so that x may be moved
    begin = np.stack([logit(mean[fitted]), np.zeros(int(fitted.sum()))], axis=1)
    if near is not None and np.isfinite(near.slope[0]):
        begin[:] = near.intercept[0] + near.slope[0] * centre, near.slope[0]
    at = np.full((len(weights), 2), np.nan)
    at[fitted] = _newton(np.log2(distinct) - centre, solved[fitted], held[fitted], penalty, begin)
    return Curves(at[:, 0] - at[:, 1] * centre, at[:, 1], mean)


def _newton(x: Floats, solved: Floats, held: Floats, penalty: float, at: Floats) -> Floats:
    """Return intercept and slope of each row, ``[R, 2]``, from where they begin."""
    powers = np.stack([np.ones_like(x), x, x**2], axis=1)

    def loss(at: Floats, rows: Integers) -> Floats:
        score = at @ powers[:, :2].T
        each = held[rows] * np.logaddexp(0.0, score) - solved[rows] * score
        total: Floats = each.sum(axis=1) + penalty / 2 * at[:, 1] ** 2
        return total

    at = at.copy()
    rows = np.arange(len(at))
    before = loss(at, rows)
    for _ in range(STEPS):
        if not len(rows):
            break
        now = at[rows]
        p = expit(now @ powers[:, :2].T)
        expected = held[rows] * p
        g0, g1 = ((solved[rows] - expected) @ powers[:, :2]).T
        h00, h01, h11 = ((expected * (1 - p)) @ powers).T
        g1, h11 = g1 - penalty * now[:, 1], h11 + penalty
        size = h00 * h11 - h01**2
        step = np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0], axis=1) / size[:, None]
        after = loss(now + step, rows)
        for _ in range(HALVINGS):
            worse = after > before + TOLERANCE
            if not worse.any():
                break
            step[worse] /= 2
            after[worse] = loss((now + step)[worse], rows[worse])
        at[rows] = now + step
        moves = np.abs(step).max(axis=1) > CLOSE
        rows, before = rows[moves], after[moves]
    return at


def resampled(cluster: Integers | None, m: int, replicates: int, seed: int) -> Floats:
    """Return how often each replicate draws each problem, ``[replicates, m]``.

    Clusters are drawn with replacement, and as many problems as each has within it.

    Parameters
    ----------
    cluster : int64 array [m], optional
        Cluster of each problem; by default each is its own.
    m, replicates, seed : int
    """
    units = m if cluster is None else int(cluster.max()) + 1
    drawn = np.concatenate([*weight_blocks(units, replicates, seed)]).astype(np.int64)
    if cluster is None:
        return drawn.astype(np.float64)
    rng = np.random.default_rng([seed, 1])
    weights = np.zeros((replicates, m))
    for unit in range(units):
        members = np.flatnonzero(cluster == unit)
        share = np.full(len(members), 1 / len(members))
        weights[:, members] = rng.multinomial(drawn[:, unit] * len(members), share)
    return weights


def ends(values: Floats, units: int, confidence: float) -> tuple[float, float]:
    """Return percentiles of replicates, as far out as few problems demand.

    A bootstrap of C units has (C − 1)/C of their variance and normal tails in place of
    Student's, for which the levels are moved outwards (Hesterberg 2015, The American
    Statistician 69, 371-386).

    Parameters
    ----------
    values : float64 array [R]
    units : int
        Problems drawn independently, at least 2: clusters where there are any.
    confidence : float
    """
    reach = stdtrit(units - 1, 0.5 + confidence / 2) * math.sqrt(units / (units - 1))
    tail = float(ndtr(-reach))
    low = np.quantile(values, tail, method="lower")
    high = np.quantile(values, 1 - tail, method="higher")
    return float(low), float(high)


def ratio_ends(
    base: Floats, other: Floats, span: tuple[float, float], units: int, confidence: float
) -> tuple[float, float]:
    """Return percentiles of other over base, which take nothing of curves beyond the data.

    Of a horizon beyond them no more is known than on which side it lies: the lower end
    takes the least ratio that a replicate allows, the upper end the largest.

    Parameters
    ----------
    base, other : float64 arrays [R]
        Horizons of the same replicates.
    span : tuple of float
        The shortest and the longest problem.
    units, confidence
        As of `ends`.
    """
    shortest, longest = span
    (base_least, base_most), (other_least, other_most) = (
        (
            np.where(each < shortest, 0.0, np.minimum(each, longest)),
            np.where(each > longest, np.inf, np.maximum(each, shortest)),
        )
        for each in (base, other)
    )
    with np.errstate(divide="ignore"):
        least, most = other_least / base_most, other_most / base_least
    return ends(least, units, confidence)[0], ends(most, units, confidence)[1]
