"""The figure that the page begins with: of the comparison with the clearest verdict."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from boundary.report.lead import clearest, tables_of
from boundary.rows import VerdictRow
from verdict_rows import verdict_row


def chosen(*changes: dict[str, Any]) -> str:
    rows = [vars(verdict_row(comparison=str(i), **change)) for i, change in enumerate(changes)]
    row = clearest(pl.DataFrame(rows, infer_schema_length=None))
    assert row is not None
    return row.comparison


def difference(value: float, half: float) -> dict[str, float]:
    return {
        "diff_at_k_max": value,
        "diff_ci_low": value - half,
        "diff_ci_high": value + half,
    }


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ([{"guard": "small-set", **difference(0.9, 0.1)}, difference(0.1, 0.1)], "1"),
        ([{"verdict": "undetermined", **difference(0.9, 0.1)}, difference(0.1, 0.1)], "1"),
        ([difference(0.1, 0.01), difference(0.5, 0.1)], "0"),
        ([difference(0.2, 0.1), difference(-0.5, 0.1)], "1"),
        ([difference(0.2, 0.1), difference(-0.2, 0.1)], "0"),
        ([difference(0.5, math.inf), difference(0.1, 0.1)], "1"),
        ([difference(0.0, 0.0), difference(0.1, 0.1)], "1"),
    ],
)
def test_the_clearest_has_no_guard_and_reaches_farthest(
    changes: list[dict[str, Any]], first: str
) -> None:
    assert chosen(*changes) == first


def test_exchanging_the_sides_changes_no_choice() -> None:
    changes = [difference(0.2, 0.1), difference(-0.5, 0.1), difference(0.3, 0.2)]
    swapped = [difference(-each["diff_at_k_max"], 0.1) for each in changes[:2]]
    assert chosen(*changes) == chosen(*swapped, difference(-0.3, 0.2))


def test_there_may_be_nothing_to_choose(tables: dict[str, pl.DataFrame]) -> None:
    assert clearest(tables["crossovers"].clear()) is None


def test_the_panel_is_of_one_comparison_and_benchmark(tables: dict[str, pl.DataFrame]) -> None:
    row = VerdictRow.of(tables["crossovers"].row(1, named=True))
    panel = tables_of(row, tables)
    assert panel["crossovers"].height == 1
    assert panel["passk"]["benchmark"].unique().to_list() == [row.benchmark]
    assert {*panel["passk"]["model"].unique()} == {row.base, row.other}
    assert panel["responses"].height == 2
