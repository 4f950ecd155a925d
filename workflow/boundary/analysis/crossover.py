"""The decision rule: whether the base overtakes, and where.

Three separate answers, each with the error control that its question needs: a
point (the last upward sign change of D), an interval (the pointwise test
inverted) and a verdict (the simultaneous band).  See docs/statistics.md.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.bootstrap import Band
from boundary.analysis.differences import DifferenceCurve
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import ROUNDING, Floats, z_value
from boundary.analysis.reliance import Reliance, reliance
from boundary.comparison_tables import CROSSOVERS
from boundary.decisions import DECIDES, Region, regions_text

#: A verdict is said to be near the line when so many Monte Carlo standard deviations of the
#: critical value would change it, and no verdict is given from fewer replicates.
MONTE_CARLO_ERRORS = 3
LEAST_REPLICATES = 10_000
Z_POWER = 0.84  # normal quantile of a power of 80 %


@dataclass(frozen=True)
class SignChange:
    """Where D changes sign: ``up`` when the base overtakes; k interpolated in log k."""

    k: float
    up: bool
    before: int
    after: int


@dataclass(frozen=True)
class Crossover(Reliance):
    """Outcome of the decision rule; the fields are columns of CROSSOVERS.

    Attributes
    ----------
    k_cross : float or None
        Last upward sign change on 1..k_max; None without one.
    ci_low, ci_high : float or None
        Its interval; 0 and inf are open ends; None when no k is compatible
        with a crossing.
    verdict : str
        Of the simultaneous band; a name of `boundary.decisions.CROSSOVER_VERDICTS`.
    regions : str or None
        The k that the band decides, as of `boundary.decisions.regions_text`.
    k_max : int
        Largest k considered.
    diff_at_1, diff_at_k_max, diff_ci_low, diff_ci_high : float
        D = base − other, with the pointwise interval at k_max.
    min_detectable_diff : float
        (1.96 + 0.84)·SE(k_max): what a test at 5 % finds with a power of 80 %.
    n_problems : int
    note : str or None
    verdict_fixed : str or None
        The same for this fixed benchmark, its responses sampled anew; None for a
        k_max beyond n/2, up to which alone that can be told.
    decides : str
        Whose verdict the study leans on, see `boundary.decisions.DECIDES`.
    verdict_holm : str or None
        The same after Holm's correction over ``holm_cells`` comparisons.
    """

    k_cross: float | None
    ci_low: float | None
    ci_high: float | None
    verdict: str
    regions: str | None
    k_max: int
    diff_at_1: float
    diff_at_k_max: float
    diff_ci_low: float
    diff_ci_high: float
    min_detectable_diff: float
    n_problems: int
    note: str | None
    verdict_fixed: str | None = None
    decides: str = DECIDES[0]
    verdict_holm: str | None = None
    holm_cells: int | None = None


def decide(curve: DifferenceCurve) -> Crossover:
    """Apply the decision rule to a comparison.

    Parameters
    ----------
    curve : DifferenceCurve

    Returns
    -------
    Crossover
    """
    stop, band = curve.inside, curve.band
    ks, diff = curve.ks[:stop], band.mean[:stop]
    changes = sign_changes(ks, diff)
    upward = [change for change in changes if change.up]
    point = upward[-1] if upward else None
    low, high, interval_notes = _interval(ks, band, point)
    regions = decided_regions(ks, band.low[:stop], band.high[:stop])
    verdict = band_verdict(band.low[:stop], band.high[:stop])
    notes = []
    if len(changes) > len(upward) or len(upward) > 1:  # a single one is k_cross itself
        listed = ", ".join(
            f"{'up' if change.up else 'down'} at k={change.k:.4g}" for change in changes
        )
        notes.append(f"sign changes: {listed}")
    if point is None and diff[-1] < -ROUNDING and verdict != "other-ahead-to-K":
        notes.append(f"D is below 0 at K and never turns upward: no k× up to {curve.k_max}")
    notes += interval_notes
    if 2 * curve.k_max > curve.pair.n:
        notes.append(f"flagged: k_max {curve.k_max} exceeds n/2 (n={curve.pair.n})")
    if band.se[stop - 1] == 0:
        notes.append(
            "all problems agree at K, so that the data show no spread from which to say what "
            "difference could be detected"
        )
    sampled_twice = 2 * curve.k_max <= curve.pair.n
    fixed = band_verdict(curve.fixed.low, curve.fixed.high) if sampled_twice else None
    if near := _near_the_line(curve, verdict):
        notes.append(near)
    notes += curve.pair.notes()
    z = round(z_value(curve.confidence), 2)
    return Crossover(
        k_cross=point.k if point else None,
        ci_low=low,
        ci_high=high,
        verdict=verdict,
        regions=regions_text(regions),
        k_max=curve.k_max,
        diff_at_1=float(diff[0]),
        diff_at_k_max=float(diff[-1]),
        diff_ci_low=float(band.ci_low[stop - 1]),
        diff_ci_high=float(band.ci_high[stop - 1]),
        min_detectable_diff=(z + Z_POWER) * float(band.se[stop - 1]),
        n_problems=curve.pair.m,
        note="; ".join(notes) or None,
        verdict_fixed=fixed,
        **asdict(reliance(curve.pair, band.units)),
    )


def _near_the_line(curve: DifferenceCurve, verdict: str) -> str | None:
    """Say that other bootstrap draws could give another verdict, if they could."""
    stop, band = curve.inside, curve.band
    step = MONTE_CARLO_ERRORS * band.critical_error
    for critical in (band.critical - step, band.critical + step):
        low, high = band.limits(critical, curve.confidence)
        moved = band_verdict(low[:stop], high[:stop])
        if moved != verdict:
            return (
                f"near the line: at a critical value of {critical:.3f} in place of "
                f"{band.critical:.3f}, within {MONTE_CARLO_ERRORS} Monte Carlo standard deviations "
                f"of the bootstrap, the verdict would be {moved}"
            )
    return None


def crossover_frame(curve: DifferenceCurve, crossover: Crossover) -> pl.DataFrame:
    """Return the outcome as one row of CROSSOVERS."""
    row = {**curve.pair.labels, **asdict(crossover)}
    types = column_types(CROSSOVERS)
    del types["band_level"]  # a plan of looks adds it
    return pl.DataFrame([row], schema=types)


def sign_changes(ks: NDArray[np.int64], diff: Floats) -> list[SignChange]:
    """Return every change of sign of D, ascending in k.

    D is a signed sum of exponentials in k, so there may be several.  Zeros (to
    rounding) separate the signs without having one: touching zero is no
    crossing; passing through zeros crosses in their middle, in log k.

    Parameters
    ----------
    ks : int64 array [K]
    diff : float64 array [K]
    """
    signs = np.where(np.abs(diff) <= ROUNDING, 0, np.sign(diff))
    signed = np.flatnonzero(signs)
    changes = []
    for left, right in pairwise(signed):
        if signs[left] == signs[right]:
            continue
        if right == left + 1:
            share = diff[left] / (diff[left] - diff[right])
            place = math.log(ks[left]) + share * math.log(ks[right] / ks[left])
        else:
            place = math.log(ks[left + 1] * float(ks[right - 1])) / 2
        changes.append(
            SignChange(math.exp(place), bool(signs[right] > 0), int(ks[left]), int(ks[right]))
        )
    return changes


def band_verdict(low: Floats, high: Floats) -> str:
    """Return the verdict of a simultaneous band over ascending k.

    A k is decided where the band excludes 0.  Exchanging base and other
    negates the band and with it the verdict: ``crossover`` and ``reverse``,
    ``base-ahead-…`` and ``other-ahead-…`` change places.

    Parameters
    ----------
    low, high : float64 arrays [K]
        The band of D = base − other; its last entry is that of K.
    """
    ahead = _ahead(low, high)
    decided = ahead[ahead != 0]
    if not decided.size:
        return "undetermined"
    last = decided[-1]
    if (decided != last).any():
        return "crossover" if last > 0 else "reverse"
    return f"{_SIDES[last]}-ahead-{'to-K' if ahead[-1] else 'early'}"


def decided_regions(ks: NDArray[np.int64], low: Floats, high: Floats) -> list[Region]:
    """Return the stretches of the grid at which the band excludes 0, ascending in k.

    Parameters
    ----------
    ks : int64 array [K]
    low, high : float64 arrays [K]
        The band of D = base − other.
    """
    ahead = _ahead(low, high)
    runs = np.split(np.arange(len(ks)), np.flatnonzero(np.diff(ahead)) + 1)
    return [
        Region(_SIDES[ahead[run[0]]], int(ks[run[0]]), int(ks[run[-1]]))
        for run in runs
        if ahead[run[0]]
    ]


_SIDES = {1: "base", -1: "other"}


def _ahead(low: Floats, high: Floats) -> NDArray[np.int64]:
    """Return 1 where the band lies above 0, −1 where it lies below, else 0."""
    return np.asarray(low > 0, dtype=np.int64) - (high < 0)


def _interval(
    ks: NDArray[np.int64], band: Band, point: SignChange | None
) -> tuple[float | None, float | None, list[str]]:
    """Return the ends of the kept set, and what must be said about it."""
    stop, k_max = len(ks), int(ks[-1])
    diff = band.mean[:stop]
    test = _pointwise_test(band)
    kept = (test[0][:stop] <= 0) & (test[1][:stop] >= 0)
    notes: list[str] = []
    if point is None:
        if diff[-1] < -ROUNDING and not kept[-1]:
            # Clearly behind at K: whatever is kept at small k, the base has yet
            # to overtake, if it ever does.
            return float(k_max), math.inf, notes
        if not kept.any():
            return None, None, notes
    places = np.flatnonzero(kept)
    if np.any(np.diff(places) > 1):
        notes.append(f"interval disconnected: {_runs(ks, places)}")
    low, high = math.inf, -math.inf
    if places.size:
        first, last = int(places[0]), int(places[-1])
        low = _edge(ks, test, first - 1, first) if first else 0.0
        high = _edge(ks, test, last + 1, last) if last + 1 < stop else math.inf
    if point is not None and not low <= point.k <= high:
        # A jump from clearly below to clearly above within one step of the grid.
        low, high = min(low, point.before), max(high, point.after)
    return low, high, notes


def _pointwise_test(band: Band) -> tuple[Floats, Floats]:
    """Return the intervals of the normal test that is inverted, [K] each.

    Without the reach of `intervals.unseen_ends`, with which intervals of k× cover
    more than they say, but where all problems agree and no test exists.
    """
    z = z_value(band.confidence)
    with np.errstate(invalid="ignore"):
        half = z * band.se
    agree = band.se == 0
    low = np.where(agree, band.ci_low, band.mean - half)
    return low, np.where(agree, band.ci_high, band.mean + half)


def _edge(ks: NDArray[np.int64], test: tuple[Floats, Floats], rejected: int, kept: int) -> float:
    """Return where the pointwise interval begins to hold 0, between two neighbours in k.

    k_cross is a real number: whole ends would cut up to a step off either side,
    which for a short interval costs most of its coverage.
    """
    limit = test[1] if test[1][rejected] < 0 else test[0]
    share = limit[rejected] / (limit[rejected] - limit[kept])
    return math.exp(math.log(ks[rejected]) + share * math.log(ks[kept] / ks[rejected]))


def _runs(ks: NDArray[np.int64], places: NDArray[np.intp]) -> str:
    """Return runs of consecutive grid points as text, such as ``9-31, 50-64``."""
    groups = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return ", ".join(f"{ks[group[0]]}-{ks[group[-1]]}" for group in groups)
