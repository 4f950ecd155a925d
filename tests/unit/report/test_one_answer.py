"""One answer from many samples beside one sample of the model ahead: who, at which N, exchanged."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.report.one_answer import one_answer, paired

PAIR = {"comparison": "c", "benchmark": "x", "protocol": "p", "other_protocol": "p"}
SHARES = {"b": (0.2, 0.3, 0.5, 0.7), "o": (0.6, 0.6, 0.6, 0.6)}


def pairs(base: str, other: str, shares: dict[str, tuple[float, ...]] = SHARES) -> pl.DataFrame:
    rows = []
    for i, (left, right) in enumerate(zip(shares[base], shares[other], strict=True)):
        values = {
            "base_right": left,
            "other_right": right,
            "diff": left - right,
            "base_lead": left - shares[other][0],
            "other_lead": right - shares[base][0],
        }
        row = {"rank": "vote", "k": 1 << i, "flagged": i > 2, "n_problems": 40, "n_min": 8}
        for name, value in values.items():
            row |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1}
        rows.append({**PAIR, "base": base, "other": other, **row})
    return pl.DataFrame(rows)


@pytest.mark.parametrize("sides", [("b", "o"), ("o", "b")])
def test_the_model_behind_answers_once_from_many(sides: tuple[str, str]) -> None:
    assert one_answer(pairs(*sides), "the vote")["c", "x"] == (
        "By the vote of N = 4 samples b is right on 50.0 % [40.0 %, 60.0 %] of problems, beside "
        "60.0 % [50.0 %, 70.0 %] by one sample of o: −10.0 [−20.0, +0.0] points, paired over "
        "M = 40 problems; the first N with no lower an estimate is 8."
    )
    low = SHARES | {"b": (0.2, 0.3, 0.3, 0.3)}
    assert "; no N up to 8 has as high" in one_answer(pairs(*sides, low), "x")["c", "x"]


def test_one_model_under_two_protocols_is_told_by_them() -> None:
    cold = pairs("b", "o").with_columns(other=pl.lit("b"), other_protocol=pl.lit("cold"))
    text = one_answer(cold, "the vote")["c", "x"]
    assert "samples b (p) is right on" in text
    assert "by one sample of b (cold): " in text


def test_nothing_is_said_of_models_that_are_level_or_of_single_samples() -> None:
    level = SHARES | {"b": (0.6, 0.3, 0.3, 0.3)}
    assert one_answer(pairs("b", "o", level), "x") == {}
    assert one_answer(pairs("b", "o").head(1), "x") == {}
    assert one_answer(pairs("b", "o").clear(), "x") == {}


def test_the_page_has_the_differences_up_to_half_of_n() -> None:
    table = paired("t", "Title", pairs("b", "o"), {"vote": "the vote"})
    assert [row[5] for row in table.rows] == ["4"]
    assert table.rows[0][4:] == [
        "the vote",
        "4",
        "50.0 % [40.0 %, 60.0 %]",
        "60.0 % [50.0 %, 70.0 %]",
        "−10.0 [−20.0, +0.0]",
        "−10.0 [−20.0, +0.0]",
        "+40.0 [+30.0, +50.0]",
        "40",
        "8",
    ]
