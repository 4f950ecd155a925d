"""The success of one model, estimated from the right responses of another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boundary.analysis.intervals import Floats, z_value

#: An estimate is withheld below so many effective responses.  As their number is at most
#: 1/share², none has more than 32 % of the weight where it is given.
FEWEST_EFFECTIVE = 10.0


@dataclass(frozen=True)
class Importance:
    """An importance-weighted estimate, and how many responses it rests on.

    Attributes
    ----------
    estimate : float
        Σ w / n.
    low, high : float, optional
        Normal interval over responses; None where they show no spread.
    jensen : float
        C / n · exp(mean log ratio of the right responses): at most the estimate, and in
        expectation of its logarithm at most ln p.
    effective : float
        Effective sample size of the right responses, (Σ w)² / Σ w².
    largest_share : float
        Share of the largest weight in the sum of weights.
    refused : str
        Why the estimate must not be used; empty where it may.
    """

    estimate: float
    low: float | None
    high: float | None
    jensen: float
    effective: float
    largest_share: float
    refused: str


def importance(log_ratios: Floats, n: int, confidence: float) -> Importance:
    """Estimate p = Σ over right y of π(y) from n draws of another distribution.

    Each right response drawn weighs w = π(y) / π_other(y), each wrong one 0.  The
    mean is unbiased where the other can draw all that the first can, but where one
    lucky draw carries a weight of 1/p it is far above p: hence the refusal.

    Parameters
    ----------
    log_ratios : float64 array [C]
        ln π(y) − ln π_other(y) of the right responses.
    n : int
        Draws, right or wrong.
    confidence : float
    """
    right, mean = len(log_ratios), float(log_ratios.mean()) if len(log_ratios) else 0.0
    log_ratios = log_ratios[np.isfinite(log_ratios)]  # of −inf: a weight of 0
    if not len(log_ratios):
        return Importance(0.0, None, None, 0.0, 0.0, 0.0, "no right response")
    # Ratios, and so effective size and share, do not depend on the scale, which may underflow.
    top = float(log_ratios.max())
    weights = np.exp(log_ratios - top)
    total, squares = float(weights.sum()), float((weights**2).sum())
    effective, largest = total**2 / squares, float(weights.max()) / total
    scale = math.exp(min(top, 700.0))
    estimate = total / n * scale
    jensen = right / n * math.exp(min(mean, 700.0))
    low = high = None
    variance = (squares - total**2 / n) / (n - 1) if n > 1 else 0.0
    if variance > 1e-12 * squares:
        reach = z_value(confidence) * math.sqrt(variance / n) * scale
        low, high = max(0.0, estimate - reach), estimate + reach
    refused = "few effective responses" if effective < FEWEST_EFFECTIVE else ""
    return Importance(estimate, low, high, jensen, effective, largest, refused)
