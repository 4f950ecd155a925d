"""One answer from many samples beside one sample of the model ahead: who, at which N, exchanged."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.report.one_answer import one_answer

PAIR = {"comparison": "c", "benchmark": "x", "protocol": "p", "other_protocol": "p"}


def curve(model: str, *shares: float) -> pl.DataFrame:
    rows = [
        {"k": 1 << i, "majority": at, "ci_low": at - 0.1, "ci_high": at + 0.1, "flagged": i > 2}
        for i, at in enumerate(shares)
    ]
    labels = {"model": model, "benchmark": "x", "protocol": "p", "n_problems": 40}
    return pl.DataFrame(rows).with_columns(**{key: pl.lit(of) for key, of in labels.items()})


@pytest.mark.parametrize("sides", [("b", "o"), ("o", "b")])
def test_the_model_behind_answers_once_from_many(sides: tuple[str, str]) -> None:
    tables = {"crossovers": pl.DataFrame({**PAIR, "base": sides[0], "other": sides[1]})}
    both = pl.concat([curve("b", 0.2, 0.3, 0.5, 0.7), curve("o", 0.6, 0.6, 0.6, 0.6)])
    text = one_answer(tables, both, "majority", "the vote")["c", "x"]
    assert text == (
        "By the vote of N = 4 samples b is right on 50.0 % [40.0 %, 60.0 %] of problems, beside "
        "60.0 % [50.0 %, 70.0 %] by one sample of o; the first N with no lower an estimate is 8 "
        "(unpaired; M = 40)."
    )
    fewer = both.with_columns(n_problems=pl.when(model="o").then(30).otherwise("n_problems"))
    assert "M = 40 and 30)" in one_answer(tables, fewer, "majority", "the vote")["c", "x"]
    low = pl.concat([curve("b", 0.2, 0.3, 0.3, 0.3), curve("o", 0.6)])
    assert "; no N up to 8 has as high" in one_answer(tables, low, "majority", "x")["c", "x"]


def test_nothing_is_said_of_one_model_or_of_models_that_are_level() -> None:
    tables = {"crossovers": pl.DataFrame({**PAIR, "base": "b", "other": "o"})}
    alone = curve("b", 0.2, 0.3, 0.4)
    assert one_answer(tables, alone, "majority", "x") == {}
    assert one_answer(tables, pl.concat([alone, curve("o", 0.2, 0.9)]), "majority", "x") == {}
    assert one_answer(tables, pl.concat([curve("b", 0.2), curve("o", 0.4)]), "majority", "x") == {}
