"""Verdicts of several comparisons at once: Holm's correction over the cells of a study.

Eighteen comparisons at 5 % each show some difference that is none in 60 % of studies.
Holm's step-down test (1979, Scandinavian Journal of Statistics 6, 65-70) holds the chance
of any false verdict at the level of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boundary.analysis.crossover import band_verdict
from boundary.analysis.differences import DifferenceCurve
from boundary.analysis.intervals import ROUNDING


def holm_verdicts(curves: Sequence[DifferenceCurve]) -> list[str]:
    """Return the verdict of each comparison that stands among all of them.

    The cells are taken in the order of their p-values; the j-th of C has a band at
    the level α/(C − j + 1), and its verdict is that of this band.  From the first
    cell on whose band decides no k, all are undetermined.

    Parameters
    ----------
    curves : sequence of DifferenceCurve
        One a cell, all at the same confidence, with replicates enough that α/C of
        them are at least one (`replicates_for`).
    """
    order = sorted(range(len(curves)), key=lambda cell: _place(curves[cell]))
    verdicts = ["undetermined"] * len(curves)
    for done, cell in enumerate(order):
        curve = curves[cell]
        level = 1 - (1 - curve.confidence) / (len(curves) - done)
        low, high = curve.band.limits(curve.band.critical_at(level), level)
        verdicts[cell] = band_verdict(low[: curve.inside], high[: curve.inside])
        if verdicts[cell] == "undetermined":
            break
    return verdicts


def holm_adjusted(p: Sequence[float | None]) -> list[float | None]:
    """Return the smallest level at which each of several tests still rejects, None for none.

    The j-th smallest p of C times C − j + 1, and no less than those before it.
    """
    known = sorted((value, place) for place, value in enumerate(p) if value is not None)
    adjusted: list[float | None] = [None] * len(p)
    largest = 0.0
    for done, (value, place) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - done)))
        adjusted[place] = largest
    return adjusted


def replicates_for(cells: int, confidence: float) -> int:
    """Return how many replicates the strictest level of so many cells needs at least."""
    return int(np.ceil(cells / (1 - confidence) - 1e-9))


def _place(curve: DifferenceCurve) -> tuple[float, float, tuple[str, ...]]:
    """Return what orders the cells: p-value, largest |t|, and names where both are equal."""
    band, stop = curve.band, curve.inside
    diff, se = np.abs(band.mean[:stop]), band.se[:stop]
    known = (diff > ROUNDING) & np.isfinite(se)
    diff, se = diff[known], se[known]
    # Where all problems agree there is no t, and what was not seen alone bounds D.
    t = np.divide(diff, se, out=np.full(len(diff), np.inf), where=se > 0)
    exceeding = len(band.peaks) - np.searchsorted(band.peaks, t)
    p = np.where(se > 0, (exceeding + 1) / (len(band.peaks) + 1), 0.0)
    p = np.maximum(p, np.exp(-band.units * np.log1p(diff)))
    return float(p.min(initial=1.0)), -float(t.max(initial=0.0)), tuple(curve.pair.labels.values())
