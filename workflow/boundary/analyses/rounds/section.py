"""What the report says of success within rounds, tokens and dollars."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.text import visible
from boundary.rows import Row


def gaps(frame: pl.DataFrame) -> Summary:
    """Summarise how differences at full budget move with k."""
    columns: dict[str, Cell] = {
        **PAIR,
        "T counts": text_of("unit"),
        "full T": number_of("budget"),
        "D at one trial": estimate_of("diff_at_1"),
        "K": number_of("k"),
        "D at K trials": estimate_of("diff_at_k"),
        "change": estimate_of("change"),
        "says": _says,
        "M": number_of("n_problems"),
    }
    about = (
        "Base less other, in points of pass@(k, T) at a T that cuts no right trial, at one trial "
        "and at K, with pointwise intervals over problems. A difference that closes with k is one "
        "of efficiency, the more so where none is left; one that is still there at K is, up to K, "
        "one of what can be solved."
    )
    return summary("round_gaps", "Within rounds", about, frame, columns)


def _says(row: Row) -> str:
    """Say who is ahead at one trial and at K, and whether the difference closes."""
    if row["ahead_at_1"] is None and row["ahead_at_k"] is None:
        return "undecided"
    names = [
        f"{visible(row[side])} ahead at {k}"
        for side, k in ((row["ahead_at_1"], "one"), (row["ahead_at_k"], "K"))
        if side is not None
    ]
    return ", ".join([*names, *["closes"] * row["closes"]])


#: Tables of the page, by the table that each shows.
SUMMARIES = {"round_gaps": gaps}
