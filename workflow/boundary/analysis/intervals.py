"""Intervals shared by the analyses: normal, Clopper-Pearson, Wilson.

Every interval of this package treats the problems as a sample from a
super-population (Miller 2024, arXiv 2411.00640), so its unit is the problem.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from boundary.errors import InputError

Floats = NDArray[np.float64]

#: Values closer than this agree: what remains is rounding of double precision.
ROUNDING = 1e-12


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


def unseen_share(m: int, miss: float) -> float:
    """Bound the share of a population of which m draws have shown nothing.

    The exact one-sided Clopper-Pearson bound for 0 of m: 1 − miss^(1/m), about
    3/m at ``miss`` = 0.05.

    Parameters
    ----------
    m : int
        Problems seen.
    miss : float
        Probability with which the bound may be wrong, such as 0.05.
    """
    return -math.expm1(math.log(miss) / m)


def mean_and_se(values: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard error over problems, the first axis.

    Parameters
    ----------
    values : float64 array [M] or [M, K]
        One value a problem.

    Returns
    -------
    mean, se : float64 arrays [K] (or scalars for one column)
        se = sd/√M with M − 1 degrees of freedom; 0 where all problems agree to
        rounding, infinite for M = 1, where no standard error exists.
    """
    m = values.shape[0]
    mean = values.mean(axis=0)
    if m == 1:
        return mean, np.full_like(mean, np.inf)
    se = values.std(axis=0, ddof=1) / math.sqrt(m)
    return mean, np.where(np.ptp(values, axis=0) <= ROUNDING, 0.0, se)


def mean_interval(
    mean: Floats,
    se: Floats,
    m: int,
    *,
    multiplier: float | Floats,
    miss: float,
    bounds: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Return mean ± multiplier·se within bounds, never collapsed to a point.

    Where all m problems agree (se = 0) the normal interval has no width.  There
    a share of at most π = `unseen_share` of the population may differ, by as
    much as the bounds allow, which for a value at a bound is the Clopper-Pearson
    limit for m of m.  The same limit is the least width while the mean lies
    within 1/m of the range from a bound, where the normal approximation knows
    of less than one problem.

    Parameters
    ----------
    mean, se : float64 arrays [K]
        As of `mean_and_se`; an infinite se gives the bounds themselves.
    m : int
        Problems.
    multiplier : float or float64 array [K]
        A normal quantile, or the critical value of a simultaneous band.
    miss : float
        Error probability of the limit for agreeing problems.
    bounds : tuple of float
        The range of one problem's value: (0, 1), or (−1, 1) for a difference.
    """
    lowest, highest = bounds
    low, high = mean - multiplier * se, mean + multiplier * se
    pi = unseen_share(m, miss)
    span = (highest - lowest) / m
    agree = se == 0
    start = np.where(agree, mean, highest)
    reach = np.minimum(low, start - pi * (start - lowest))
    low = np.where(agree | (mean > highest - span), reach, low)
    start = np.where(agree, mean, lowest)
    reach = np.maximum(high, start + pi * (highest - start))
    high = np.where(agree | (mean < lowest + span), reach, high)
    return np.clip(low, lowest, highest), np.clip(high, lowest, highest)


def wilson_interval(
    successes: NDArray[Any], total: int, confidence: float
) -> tuple[Floats, Floats]:
    """Return the Wilson score interval of a share (Wilson 1927).

    Parameters
    ----------
    successes : integer array
        Successes of each share.
    total : int
        Trials, the same for all.
    """
    z = z_value(confidence)
    share = np.asarray(successes, dtype=np.float64) / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z / scale * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
