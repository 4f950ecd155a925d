"""The JSON of a comparison: its keys, and that every reader takes it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

from boundary import strict_json
from boundary.comparison.document import document, dumps
from boundary.comparison.result import compare_sides
from comparison_sides import counts_of, deepscaler, made_side

KEYS = [
    *("benchmark", "base", "other", "pass_at_k", "verdict", "verdict_fixed", "guard", "k_cross"),
    *("ci_low", "ci_high", "k_max", "diff_at_1", "diff_at_1_ci", "diff_at_k_max"),
    *(
        "band_low_at_k_max",
        "band_high_at_k_max",
        "regions",
        "first_loss",
        "sets",
        "n_problems",
        "n",
        "note",
    ),
]


def test_a_comparison_as_json() -> None:
    result = compare_sides(deepscaler())
    content = document(result)
    assert list(content) == ["version", "inputs", "comparisons"]
    assert [side["label"] for side in content["inputs"]] == ["base", "rl"]
    assert {"path", "sha256", "format", "judged_by", "remarks"} <= {*content["inputs"][0]}
    (comparison,) = content["comparisons"]
    assert list(comparison) == KEYS
    row, band = result.outcomes[0].verdict, result.outcomes[0].curve.band
    assert comparison["k_cross"] == row.k_cross
    assert comparison["band_low_at_k_max"] == band.low[63]
    assert comparison["diff_at_1_ci"] == [band.ci_low[0], band.ci_high[0]]
    assert comparison["regions"][0] == {"from": 1, "to": 10, "what": "gain"}
    first, last = comparison["pass_at_k"]["base"]
    assert (first["k"], last["k"], round(last["value"], 6)) == (1, 64, 0.870349)
    other = comparison["pass_at_k"]["other"][1]
    assert math.isclose(last["value"] - other["value"], comparison["diff_at_k_max"])
    assert other["ci"][0] < other["value"] < other["ci"][1]
    assert comparison["first_loss"] == {"first": 11, "last": 60}
    assert comparison["sets"] == {"both": 911, "base_only": 33, "other_only": 12, "neither": 104}
    assert (comparison["n_problems"], comparison["n"]) == (1060, 128)
    assert strict_json.loads(dumps(content)) == json.loads(json.dumps(content))


def test_open_ends_are_null() -> None:
    base = made_side("a", {"b": counts_of([1, 2] * 60)})
    other = made_side("o", {"b": counts_of([7, 8] * 60)})
    result = compare_sides([base, other])
    assert math.isinf(result.outcomes[0].verdict.ci_high)
    (comparison,) = document(result)["comparisons"]
    assert (comparison["ci_low"], comparison["ci_high"]) == (4.0, None)
    assert "Infinity" not in dumps(document(result))


def test_names_of_any_bytes_are_plain_ascii() -> None:
    base = made_side("a\u202e", {"b": counts_of([1, 2])})
    other = replace(made_side("o", {"b": counts_of([1, 2])}), path=Path("\udcff.csv"))
    text = dumps(document(compare_sides([base, other])))
    assert text.isascii()
    assert [side["path"] for side in strict_json.loads(text)["inputs"]][1] == "\ufffd.csv"
