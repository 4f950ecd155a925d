"""What the report says of the vote."""

from __future__ import annotations

import polars as pl

from boundary.columns import ARM_KEY
from boundary.report.cells import Cell, Summary, arm_of, number_of, summary, text_of
from boundary.rows import Row
from boundary.wording import percent

#: Numbers of votes that the page shows, where there are so many.
SHOWN = (1, 4, 16, 64, 256, 1024)


def majority(frame: pl.DataFrame) -> Summary:
    """Summarise maj@k, a row a model."""
    values = frame.filter(pl.col("k").is_in(SHOWN)).with_columns(
        shown=pl.struct("majority", "ci_low", "ci_high", "flagged")
    )
    facts = [*ARM_KEY, "n_min", "n_problems"]
    wide = values.pivot(on="k", index=facts, values="shown").sort("benchmark", *ARM_KEY)
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        **{f"k = {k}": _cell(f"{k}") for k in SHOWN if f"{k}" in wide.columns},
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "How often the right answer has the most votes among k samples, with pointwise intervals "
        "over problems. All right answers are one; ties count in equal shares. *: k > n/2."
    )
    return summary("majority", "Majority vote", about, wide, columns)


def _cell(column: str) -> Cell:
    def cell(row: Row) -> str:
        value = row[column]
        if value is None or value["majority"] is None:
            return "–"
        ends = f"[{percent(value['ci_low'])}, {percent(value['ci_high'])}]"
        return f"{percent(value['majority'])} {ends}{'*' if value['flagged'] else ''}"

    return cell


#: Tables of the page, by the table that each shows.
SUMMARIES = {"majority": majority}
