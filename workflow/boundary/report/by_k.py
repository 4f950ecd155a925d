"""Curves over k as rows of a table of the page: a column a k."""

from __future__ import annotations

import polars as pl

from boundary.columns import ARM_KEY
from boundary.report.cells import Cell
from boundary.rows import Row
from boundary.wording import percent

#: The k that the page shows, where there are so many.
SHOWN = (1, 4, 16, 64, 256, 1024)


def by_k(frame: pl.DataFrame, value: str, facts: list[str]) -> tuple[pl.DataFrame, dict[str, Cell]]:
    """Return a row a curve, and the columns that show it at each k.

    Parameters
    ----------
    frame : polars.DataFrame
        ``k``, the value, ``ci_low``, ``ci_high``, ``flagged``, and what tells curves apart.
    value : str
        Column of the estimate.
    facts : list of str
        What else stands in a row, as ``model``, ``benchmark`` and ``protocol`` do.
    """
    values = frame.filter(pl.col("k").is_in(SHOWN)).with_columns(
        shown=pl.struct(pl.col(value).alias("value"), "ci_low", "ci_high", "flagged")
    )
    wide = values.pivot(on="k", index=[*ARM_KEY, *facts], values="shown")
    cells = {f"k = {k}": _cell(f"{k}") for k in SHOWN if f"{k}" in wide.columns}
    return wide.sort("benchmark", *ARM_KEY, *facts), cells


def _cell(column: str) -> Cell:
    def cell(row: Row) -> str:
        value = row[column]
        if value is None or value["value"] is None:
            return "–"
        ends = f"[{percent(value['ci_low'])}, {percent(value['ci_high'])}]"
        return f"{percent(value['value'])} {ends}{'*' if value['flagged'] else ''}"

    return cell
