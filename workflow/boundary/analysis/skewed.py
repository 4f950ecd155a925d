"""An interval of a mean whose values lie skewed, as what trials cost does.

Student's t is symmetric, and a mean of few large values among many small ones lies below the
truth more often than above.  Hall (J. R. Stat. Soc. B 54, 1992, p. 221) transforms it: with γ
the skewness of the values, x = t/√n turns into (3/γ)·((1 + γ(x − γ/(6n)))^(1/3) − 1).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from boundary.analysis.intervals import Floats
from boundary.analysis.questions import Questions


def skewed_interval(values: Floats, questions: Questions, confidence: float) -> tuple[float, float]:
    """Return the ends of an interval of the mean over questions.

    Parameters
    ----------
    values : float64 array [R]
        By row.
    questions : Questions
        Of the rows, two independent ones at least; of clusters the skewness is that of their sums.
    confidence : float
    """
    (mean,), (se,) = questions.mean_and_se(values[:, None])
    apart = questions.mean(values) - mean
    sums = apart if questions.cluster is None else np.bincount(questions.cluster, apart)
    spread = math.sqrt(float((sums**2).mean()))
    skew = float(((sums / spread) ** 3).mean()) if spread > 0 else 0.0
    slope = skew / math.sqrt(questions.units)
    t = float(stdtrit(questions.units - 1, 0.5 + confidence / 2))
    high, low = (_transformed(end, slope) for end in (-t, t))
    return float(mean - se * low), float(mean - se * high)


def _transformed(t: float, slope: float) -> float:
    """Return what Student's t turns into, with a slope of γ/√n; t itself where it is 0."""
    if abs(slope) < 1e-6:
        return t
    return 3 / slope * (float(np.cbrt(1 + slope * (t - slope / 6))) - 1)
