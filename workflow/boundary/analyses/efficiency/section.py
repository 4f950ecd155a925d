"""What the report says of efficiency."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    bracket_of,
    number_of,
    points_of,
    share_of,
    summary,
)
from boundary.report.verdicts import side_of
from boundary.rows import Row
from boundary.wording import k_interval, number, points


def _budget(row: Row) -> str:
    """Say how many samples of the weaker model one of the other is worth."""
    if row.get("weaker") is None:
        return "–"
    worth = number(row["budget"]) if row["budget"] is not None else f"over {number(row['k'])}"
    ends = k_interval(row["budget_low"], row["budget_high"])
    return f"{worth} of {side_of(row, row['weaker'])} {ends}"


def efficiency(frame: pl.DataFrame) -> Summary:
    """Summarise the efficiency table."""
    columns: dict[str, Cell] = {
        **PAIR,
        "k": number_of("k"),
        "base pass@k": share_of("base_pass_at_k"),
        "other pass@1": share_of("other_pass_at_1"),
        "gap": points_of("gap"),
        "interval": bracket_of("ci", points),
        "one sample is worth": _budget,
        "M": number_of("n_problems"),
        "flagged": lambda row: "k > n/2" if row["flagged"] else "–",
    }
    about = (
        "Sampling-efficiency gap ΔSE: the base's pass@k less the other model's pass@1, in "
        "percentage points. The smaller, the more of the base's boundary one sample reaches. "
        "Worth: how many samples of the model with the lower pass@1 solve as much as one of the "
        "other, from the last number that surely solves less to the first that surely solves more."
    )
    return summary("efficiency", "Sampling efficiency", about, frame, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"efficiency": efficiency}
