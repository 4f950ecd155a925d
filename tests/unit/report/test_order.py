"""The study's order on the page, whatever the alphabet says."""

from __future__ import annotations

from typing import Any

import polars as pl

from boundary.jobs.pages import Overview
from boundary.report.order import in_study_order
from verdict_rows import verdict_row


def study(**more: Any) -> Overview:
    told = {"study": "s", "confidence": 0.95, "models": [{"name": "z", "role": "base"}]}
    return Overview.model_validate(told | more)


def crossovers(*names: tuple[str, str]) -> dict[str, pl.DataFrame]:
    rows = [vars(verdict_row(comparison=name, benchmark=on)) for name, on in names]
    return {"crossovers": pl.DataFrame(rows, infer_schema_length=None)}


def test_rows_come_in_the_order_of_comparisons_and_benchmarks() -> None:
    names = [(name, on) for name in ("a", "b") for on in ("aime24", "math500")]
    told = study(comparisons=["b", "a"], benchmarks=["math500", "aime24"])
    frame = in_study_order(crossovers(*names), told)["crossovers"]
    assert frame.select("comparison", "benchmark").rows() == names[::-1]
    again = frame.sort("benchmark", "comparison").select("benchmark", "comparison").rows()
    assert again == [(on, name) for on in ("math500", "aime24") for name in ("b", "a")]


def test_names_that_the_study_does_not_list_come_last_by_the_alphabet() -> None:
    held = crossovers(("d", "x"), ("c", "x"), ("b", "x"))
    frame = in_study_order(held, study(comparisons=["d"]))["crossovers"]
    assert frame["comparison"].to_list() == ["d", "b", "c"]


def test_comparisons_may_be_called_by_their_titles() -> None:
    told = study(comparisons=["b", "a"], pairs={"a": {"title": "one"}, "b": {"title": "two"}})
    held = crossovers(("a", "x"), ("b", "x"))
    assert in_study_order(held, told, titles=True)["crossovers"]["comparison"].to_list() == [
        "two",
        "one",
    ]


def test_columns_of_models_may_be_held_against_each_other() -> None:
    held = crossovers(("a", "x"))
    frame = in_study_order(held, study())["crossovers"]
    assert frame.filter(pl.col("base") == pl.col("other")).is_empty()
    assert frame.filter(pl.col("base") == "gold").is_empty()
