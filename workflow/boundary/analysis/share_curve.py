"""A share of each problem by k, as a table shows it: mean, interval, n, M and the flag."""

from __future__ import annotations

from typing import Any

import numpy as np

from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.questions import Questions


def powers_of_two(n: int) -> list[int]:
    """Return the powers of two up to n."""
    return [1 << power for power in range(n.bit_length())]


def share_curve(
    name: str, values: Floats, ks: list[int], questions: Questions, n_min: int, confidence: float
) -> dict[str, Any]:
    """Return columns of a table with a row a k.

    Parameters
    ----------
    name : str
        Column of the mean.
    values : float64 array [R, K]
        Shares from 0 to 1, a row a problem.
    ks : list of int [K]
    questions : Questions
        Of the rows.
    n_min : int
        Samples that every problem has; beyond half of it a k is flagged.
    confidence : float
        Of intervals over problems, pointwise (`share_interval`).
    """
    mean, se = questions.mean_and_se(values)
    low, high = share_interval(mean, se, questions.units, confidence)
    return {
        "k": ks,
        name: np.clip(mean, 0.0, 1.0),
        "ci_low": low,
        "ci_high": high,
        "n_problems": questions.m,
        "n_min": n_min,
        "flagged": [2 * k > n_min for k in ks],
    }
