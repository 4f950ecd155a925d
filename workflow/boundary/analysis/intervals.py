"""Intervals shared by the analyses: of a share, and of a difference.

Every interval of this package treats the problems as a sample from a
super-population (Miller 2024, arXiv 2411.00640), so its unit is the problem.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import betaincinv, ndtri, stdtr, stdtrit

from boundary.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Values closer than this agree: what remains is rounding of double precision.
ROUNDING = 1e-12
#: Beyond so many effective problems an interval is narrower than what was not seen.
MOST_EFFECTIVE = 1e9


def z_value(confidence: float) -> float:
    """Return the two-sided normal quantile, 1.959964 at a confidence of 0.95.

    Raises
    ------
    InputError
        When the confidence is not strictly between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise InputError(f"A confidence of {confidence} is not between 0 and 1; 0.95 is usual.")
    return float(ndtri(0.5 + confidence / 2))


def unseen_share(m: float, miss: float) -> float:
    """Bound the share of a population of which m draws have shown nothing.

    The exact one-sided Clopper-Pearson bound for 0 of m: 1 − miss^(1/m), about
    3/m at ``miss`` = 0.05.

    Parameters
    ----------
    m : float
        Problems seen.
    miss : float
        Probability with which the bound may be wrong, such as 0.05.
    """
    return -math.expm1(math.log(miss) / m)


def mean_and_se(values: Floats, cluster: Integers | None = None) -> tuple[Floats, Floats]:
    """Return mean and standard error over problems, the first axis.

    Parameters
    ----------
    values : float64 array [M] or [M, K]
        One value a problem.
    cluster : int64 array [M], optional
        Cluster of each problem, 0 … C − 1; by default each is its own.

    Returns
    -------
    mean, se : float64 arrays [K] (or scalars for one column)
        se = sd/√M with M − 1 degrees of freedom, and where clusters are known the
        larger of this and the cluster-robust √(C/(C−1) Σ_c S_c²)/M, S_c the sum of
        a cluster's deviations from the mean (Liang and Zeger 1986); 0 where all
        problems agree to rounding, infinite for C = 1, where none exists.
    """
    m = values.shape[0]
    mean = values.mean(axis=0)
    if m == 1 or (cluster is not None and cluster.max() == 0):
        return mean, np.full_like(mean, np.inf)
    se = values.std(axis=0, ddof=1) / math.sqrt(m)
    if cluster is not None:
        units = int(cluster.max()) + 1
        member = csr_matrix((np.ones(m), (cluster, np.arange(m))), shape=(units, m))
        se = np.maximum(se, clustered_se(member @ (values - mean), m))
    return mean, np.where(np.ptp(values, axis=0) <= ROUNDING, 0.0, se)


def clustered_se(sums: Floats, m: int) -> Floats:
    """Return the cluster-robust standard error of a mean over m problems.

    Parameters
    ----------
    sums : float64 array [C] or [C, K]
        Of each cluster, the sum of its problems' deviations from the mean.
    m : int
        Problems.
    """
    units = len(sums)
    se: Floats = np.sqrt((sums**2).sum(axis=0) * (units / (units - 1))) / m
    return se


def unseen_ends(
    mean: Floats, units: float, miss: float, bounds: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return how far a mean may lie from what was seen, because a kind was not seen at all.

    A kind of problems that makes up a share π = `unseen_share` of the population
    is missed by all the problems with probability ``miss``.  It may have any
    value within the bounds, so that the mean may lie at π of the way to either.

    Parameters
    ----------
    mean : float64 array [K]
    units : float
        Problems drawn independently: clusters where there are any.
    miss : float
    bounds : tuple of float
        The range of one problem's value: (0, 1), or (−1, 1) for a difference.
    """
    pi = unseen_share(units, miss)
    return mean - pi * (mean - bounds[0]), mean + pi * (bounds[1] - mean)


def share_interval(
    mean: Floats, se: Floats, units: int, confidence: float
) -> tuple[Floats, Floats]:
    """Return the interval of a mean of values within [0, 1].

    Clopper-Pearson at the effective number of problems (`_effective_size`; Korn and
    Graubard 1998, Survey Methodology 24, 193-201).  Values of 0 and 1 alone have as
    many as there are problems, and so the exact interval.  Where all problems agree
    on a value between, it is `unseen_ends` in place of a point.

    Parameters
    ----------
    mean, se : float64 arrays [K]
        As of `mean_and_se`; an infinite se gives [0, 1].
    units : int
        Problems drawn independently: clusters where there are any.
    confidence : float
    """
    tail = (1 - confidence) / 2
    mean, open_ended = np.clip(mean, 0.0, 1.0), np.isinf(se)
    size = _effective_size(mean, np.where(open_ended, 1.0, se), units, confidence)
    low, high = clopper_pearson(mean * size, size, confidence)
    reach_low, reach_high = unseen_ends(mean, units, tail, (0.0, 1.0))
    agree = se == 0
    low = np.where(open_ended, 0.0, np.where(agree, np.minimum(low, reach_low), low))
    high = np.where(open_ended, 1.0, np.where(agree, np.maximum(high, reach_high), high))
    return low, high


def clopper_pearson(hits: Floats, trials: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the exact interval of a share, hits of trials (Clopper and Pearson 1934).

    Parameters
    ----------
    hits, trials : float64 arrays [K]
        Need not be whole numbers.
    confidence : float
    """
    tail = (1 - confidence) / 2
    misses = trials - hits
    # betaincinv is undefined at a parameter of 0, where the end is that of the range.
    low = np.where(hits > 0, betaincinv(np.maximum(hits, ROUNDING), misses + 1, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, ROUNDING), 1 - tail), 1.0)
    return low, high


def _effective_size(mean: Floats, se: Floats, units: int, confidence: float) -> Floats:
    """Return how many problems of 0 or 1 would have this mean and this standard error.

    m(1 − m)/se²·C/(C − 1), C the units: C for values of 0 and 1, more where the values
    lie between.  What it has beyond C is lessened by (z/t)², as se is estimated from C
    units.  It is C while the mean lies within 1/C of 0 or 1, where the data know of less
    than one problem at odds with the rest, and grows to its full size, geometrically,
    where they know of two: no interval is the narrower for a mean that is nearer to a bound.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.minimum(mean * (1 - mean) / (se**2 * ((units - 1) / units)), MOST_EFFECTIVE)
    at_bound = (mean <= ROUNDING) | (mean >= 1 - ROUNDING)
    size = np.where(at_bound, units, np.where(se == 0, MOST_EFFECTIVE, size))
    if units > 1:
        z, t = z_value(confidence), float(stdtrit(units - 1, 0.5 + confidence / 2))
        size = np.maximum(size * (z / t) ** 2, np.minimum(size, units))
    at_odds = np.clip(units * np.minimum(mean, 1 - mean) - 1, 0.0, 1.0)
    return np.where(size > units, units * (size / units) ** at_odds, size)


def widen_to_monotone(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the ends of intervals along a curve that cannot fall, themselves not falling.

    A lower end is lowered to those that follow it and an upper end raised to
    those before it, so that each interval still holds what it held.
    """
    return np.minimum.accumulate(low[::-1])[::-1], np.maximum.accumulate(high)


def difference_interval(
    mean: Floats, se: Floats, units: float, *, multiplier: float, miss: float
) -> tuple[Floats, Floats]:
    """Return mean ± multiplier·se of values within [−1, 1], as wide as `unseen_ends` at least.

    Parameters
    ----------
    mean, se : float64 arrays [K]
        As of `mean_and_se`; an infinite se gives [−1, 1].
    units : float
        Problems drawn independently: clusters where there are any.
    multiplier : float
        A normal quantile, or the critical value of a simultaneous band.
    miss : float
        Error probability of `unseen_ends`.
    """
    reach_low, reach_high = unseen_ends(mean, units, miss, (-1.0, 1.0))
    low = np.minimum(mean - multiplier * se, reach_low)
    high = np.maximum(mean + multiplier * se, reach_high)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def difference_and_p(
    mean: float,
    se: float,
    units: int,
    confidence: float,
    bounds: tuple[float, float] = (-1.0, 1.0),
) -> tuple[float, float, float]:
    """Return the interval of a mean difference by Student's t, and the p of a mean of 0.

    The interval is as wide as `unseen_ends` at least, and p no smaller than what was not
    seen allows: p is below 1 − confidence where the interval excludes 0, and only there.

    Parameters
    ----------
    mean, se : float
        As of `mean_and_se`; an infinite se leaves the mean open, with a p of 1.
    units : int
        Problems drawn independently: clusters where there are any.
    confidence : float
    bounds : tuple of float
        The range of one problem's value, around 0.
    """
    if not math.isfinite(se):
        return *bounds, 1.0
    t, miss = float(stdtrit(units - 1, 0.5 + confidence / 2)), 1 - confidence
    low, high = (float(end) for end in unseen_ends(np.asarray(mean), units, miss, bounds))
    low, high = min(low, mean - t * se), max(high, mean + t * se)
    p = 2 * float(stdtr(units - 1, -abs(mean) / se)) if se > 0 else float(mean == 0)
    far = bounds[0] if mean > 0 else bounds[1]
    unseen = (far / (far - mean)) ** units if mean else 1.0
    return max(low, bounds[0]), min(high, bounds[1]), max(p, unseen)
