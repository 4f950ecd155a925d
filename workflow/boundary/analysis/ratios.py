"""Ratios of two sums over problems, such as the share of what one model solves that another does.

Problems are a sample from a super-population, so that the ratio of two sums has the
linearised variance C/(C − 1) Σ (part − r·whole)² / (Σ whole)² over the C units that were
drawn independently.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from boundary.analysis.intervals import (
    ROUNDING,
    Floats,
    clopper_pearson,
    difference_interval,
    z_value,
)
from boundary.decisions import FEWEST_IN_RATIO

Interval = tuple[float, float, float]
Nothing = tuple[None, None, None]


def ratio_interval(
    whole: Floats, part: Floats, confidence: float = 0.95, looks: int = 1
) -> Interval | Nothing:
    """Return Σ part / Σ whole with an interval over problems, three None for too few.

    Clopper-Pearson at the effective number of problems s(1 − s)/variance, s the share, less
    the cost of having estimated the variance from m of them (Korn and Graubard 1998, Survey
    Methodology 24, 193-201), m = (Σ whole)²/Σ whole² (Kish 1965); and at most at m times
    ``looks``.

    Parameters
    ----------
    whole, part : float64 arrays [C]
        Of each problem, or summed over a cluster; 0 ≤ part ≤ whole.
    confidence : float
    looks : int
        How often each problem was looked at.
    """
    total, share, error, effective = _ratio(whole, part)
    if min(total, effective) < FEWEST_IN_RATIO:
        return None, None, None
    share = min(share, 1.0)
    size = most = looks * effective
    tail = (1 - confidence) / 2
    if error > ROUNDING**2:
        quantile = float(stdtrit(effective - 1, 1 - tail))
        size = min(share * (1 - share) / error * (z_value(confidence) / quantile) ** 2, most)
    low, high = clopper_pearson(np.array(share * size), np.array(size), confidence)
    return share, float(low), float(high)


def change_interval(whole: Floats, change: Floats, confidence: float = 0.95) -> Interval | Nothing:
    """Return Σ change / Σ whole with an interval over problems, three None for too few.

    The normal interval with the quantile of Student's t, as wide as a difference's at least
    (`intervals.difference_interval`), at the m problems of `ratio_interval`.

    Parameters
    ----------
    whole, change : float64 arrays [C]
        Of each problem, or summed over a cluster; −whole ≤ change ≤ whole.
    confidence : float
    """
    total, ratio, error, effective = _ratio(whole, change)
    if min(total, effective) < FEWEST_IN_RATIO:
        return None, None, None
    quantile = float(stdtrit(effective - 1, 0.5 + confidence / 2))
    mean, se = np.array([ratio]), np.sqrt([error])
    low, high = difference_interval(
        mean, se, int(effective), multiplier=quantile, miss=1 - confidence
    )
    return ratio, float(low[0]), float(high[0])


def _ratio(whole: Floats, part: Floats) -> tuple[float, float, float, float]:
    """Return the sum of the whole, the ratio, its variance and Kish's number of units."""
    total, units = float(whole.sum()), len(whole)
    if total <= 0 or units < 2:
        return total, 0.0, 0.0, 0.0
    ratio = float(part.sum()) / total
    error = float(((part - ratio * whole) ** 2).sum()) * units / (units - 1) / total**2
    return total, ratio, error, total**2 / float((whole**2).sum())
