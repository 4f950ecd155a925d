"""What may be said of each comparison beyond n, and why no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.extrapolation.tables import EXTRAPOLATION, EXTRAPOLATION_GATES
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.extrapolation import COVERED, FEWEST_SOLVED, THINNINGS, Extrapolation, Gate
from boundary.analysis.frames import column_types
from boundary.analysis.mixing_bounds import bands_of, bound_ks
from boundary.analysis.pairs import Pair

#: Samples and independent problems below which nothing is said beyond n.
FEWEST_SAMPLES, FEWEST_PROBLEMS = 64, 10
#: Samples and problems beyond which families are not fitted: fits would take many seconds.
MOST_SAMPLES, MOST_PROBLEMS = 4096, 20_000
#: Bootstrap replicates of the bands, and values of k an octave at which there are bounds.
REPLICATES, STEPS = 10_000, 4
#: The last k at which a model is ahead is looked for to one part in so many.
PART = 64
#: How many times n an envelope reaches without bounds beside it.
ALONE = 2
Ends = tuple[float, float]


def extrapolated(pair: Pair, confidence: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the rows of EXTRAPOLATION of one comparison, and that of EXTRAPOLATION_GATES.

    Parameters
    ----------
    pair : Pair
    confidence : float
        With which all bands hold at once, and level of the interval of each family.
    """
    n, units = pair.n, pair.questions.units
    known = {**pair.labels, "n": n, "n_problems": pair.m}
    row: dict[str, Any] = {**known, "n_independent": units}
    few = f"n = {n}, fewer than {FEWEST_SAMPLES} samples" * (n < FEWEST_SAMPLES)
    few = few or f"{units} independent problems, fewer than {FEWEST_PROBLEMS}" * (
        units < FEWEST_PROBLEMS
    )
    if few:
        return [], {**row, "note": f"nothing is said beyond n: {few}"}
    ks, bound = [int(k) for k in bound_ks(n, STEPS)], _bounds(pair, confidence)
    bounds = {k: ends for k in ks if (ends := bound(k))}
    if len(bounds) < len(ks):
        bounds, ks = {}, [k for k in ks if k <= ALONE * n]
    envelopes, judged = _envelopes(pair, confidence, ks)
    row |= judged
    ahead = {k: _ahead(ends) for k, ends in bounds.items()}
    if not bounds:
        alone = "no distributions of rates have curves within the bands"
        row["note"] = "; ".join(filter(None, (alone, row["note"])))
    elif ahead[n]:
        row |= {"ahead": ahead[n], "ahead_to": _ahead_to(ahead, bound)}
    rows = [
        {
            **known,
            "k": k,
            **dict(zip(("bound_low", "bound_high"), bounds.get(k, ()), strict=False)),
            **dict(zip(("envelope_low", "envelope_high"), envelopes.get(k, ()), strict=False)),
            "ahead": ahead.get(k),
        }
        for k in ks
        if k in bounds or k in envelopes
    ]
    return rows, row


def _bounds(pair: Pair, confidence: float) -> Callable[[int], Ends | None]:
    """Return what bounds base − other at a k."""
    bands, exchanged = bands_of(pair, REPLICATES, confidence)

    def bound(k: int) -> Ends | None:
        ends = bands.limits(k)
        return (0.0 - ends[1], 0.0 - ends[0]) if ends and exchanged else ends

    return bound


def _ahead(ends: Ends | None) -> str | None:
    if ends is None or ends[0] <= 0 <= ends[1]:
        return None
    return "base" if ends[0] > 0 else "other"


def _ahead_to(ahead: dict[int, str | None], bound: Callable[[int], Ends | None]) -> int:
    """Return the last k to which the model that is ahead at the first k surely stays so."""
    ks = list(ahead)
    lost = next((place for place, k in enumerate(ks) if ahead[k] != ahead[ks[0]]), None)
    if lost is None:
        return ks[-1]
    low, high = ks[lost - 1], ks[lost]
    while high - low > max(1, low // PART):
        middle = (low + high) // 2
        if _ahead(bound(middle)) == ahead[ks[0]]:
            low = middle
        else:
            high = middle
    return low


def _envelopes(
    pair: Pair, confidence: float, ks: list[int]
) -> tuple[dict[int, Ends], dict[str, Any]]:
    """Return the envelope at each k, none where it is refused, and what the gate comes to."""
    large = f"of more than {MOST_SAMPLES} samples" * (pair.n > MOST_SAMPLES)
    large = large or f"of more than {MOST_PROBLEMS} problems" * (pair.m > MOST_PROBLEMS)
    if large:
        return {}, {"note": f"families are not fitted to sets {large}"}
    asked = Extrapolation(pair, confidence)
    if asked.solved < FEWEST_SOLVED:
        why = f"an arm solves fewer than {FEWEST_SOLVED} problems"
        return {}, {"note": f"not extrapolable from these samples: {why}"}
    gate = asked.gate()
    judged: dict[str, Any] = {"thinned": gate.n, "thinnings": gate.fitted}
    judged |= {"covered": gate.covered, "covered_k": gate.k, "note": None}
    if not gate.passed:
        why = f"not extrapolable from these samples: {_failed(gate)}"
        return {}, {**judged, "note": why}
    low, high = asked.envelope(np.array(ks))
    ends = zip((low + 0.0).tolist(), (high + 0.0).tolist(), strict=True)
    return dict(zip(ks, ends, strict=True)), judged


def _failed(gate: Gate) -> str:
    """Say why families may not be asked."""
    if gate.covered is None:
        return (
            f"thinned to {gate.n}, an arm solves fewer than {FEWEST_SOLVED} problems in "
            f"{THINNINGS - gate.fitted} of {THINNINGS} thinnings"
        )
    return (
        f"thinned to {gate.n}, the families hold the known change to k = {gate.k} in "
        f"{100 * gate.covered:.0f} % of {gate.fitted} thinnings, not in {100 * COVERED:.0f} %"
    )


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return both tables of a study; none without a comparison."""
    if not inputs.compared:
        return {}
    rows, gates = [], []
    for each in inputs.compared:
        made, gate = extrapolated(each.pair, inputs.confidence)
        rows += made
        gates.append({**gate, "permitted": each.of.permitted})
    return {
        EXTRAPOLATION.name: pl.DataFrame(rows, schema=column_types(EXTRAPOLATION)),
        EXTRAPOLATION_GATES.name: pl.DataFrame(gates, schema=column_types(EXTRAPOLATION_GATES)),
    }
