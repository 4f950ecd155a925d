"""A comparison as JSON: what `--json` prints and ``result.json`` holds."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pydantic import JsonValue

from boundary import __version__
from boundary.comparison.regions import first_loss, stretches
from boundary.comparison.result import Outcome, Rate, Result
from boundary.comparison.side import Side
from boundary.comparison_tables import SETS


def document(result: Result) -> dict[str, JsonValue]:
    """Return a comparison as an object of strict JSON; docs/compare.md explains each key."""
    return {
        "version": __version__,
        "inputs": [_input(side) for side in result.sides],
        "comparisons": [_comparison(outcome) for outcome in result.outcomes],
    }


def dumps(content: Mapping[str, JsonValue]) -> str:
    """Return strict JSON, in which no character of a name or path is raw beyond ASCII."""
    return json.dumps(content, indent=2, allow_nan=False)


def _input(side: Side) -> JsonValue:
    return {
        "path": os.fsencode(side.path).decode(errors="replace"),
        "sha256": side.sha256,
        "format": side.format,
        "label": side.label,
        "judged_by": dict(side.judged_by),
        "remarks": list(side.remarks),
    }


def _comparison(outcome: Outcome) -> JsonValue:
    row, curve = outcome.verdict, outcome.curve
    band, last = curve.band, curve.inside - 1
    return {
        "benchmark": row.benchmark,
        "base": row.base,
        "other": row.other,
        "pass_at_k": {"base": _rates(outcome.base), "other": _rates(outcome.other)},
        "verdict": row.verdict,
        "verdict_fixed": row.verdict_fixed,
        "guard": row.guard,
        "k_cross": row.k_cross,
        "ci_low": _finite(row.ci_low),
        "ci_high": _finite(row.ci_high),
        "k_max": row.k_max,
        "diff_at_1": row.diff_at_1,
        "diff_at_1_ci": [float(band.ci_low[0]), float(band.ci_high[0])],
        "diff_at_k_max": row.diff_at_k_max,
        "band_low_at_k_max": float(band.low[last]),
        "band_high_at_k_max": float(band.high[last]),
        "regions": [
            {"from": part.first, "to": part.last, "what": part.what} for part in stretches(row)
        ],
        "first_loss": asdict(first_loss(row)),
        "sets": {name: _number(getattr(outcome.sets, name)) for name in SETS},
        "n_problems": row.n_problems,
        "n": outcome.n,
        "note": row.note,
    }


def _rates(rates: Sequence[Rate]) -> JsonValue:
    return [{"k": r.k, "value": r.value, "ci": [r.low, r.high]} for r in rates]


def _number(problems: float) -> float:
    """Return a number of problems, which is expected and may be none that is whole."""
    return int(problems) if problems.is_integer() else problems


def _finite(value: float | None) -> float | None:
    """Return an end of an interval; null where it is open above."""
    return None if value is None or math.isinf(value) else value
