"""What the report says of the vote."""

from __future__ import annotations

import polars as pl

from boundary.report.by_k import by_k
from boundary.report.cells import Cell, Summary, arm_of, number_of, summary, text_of


def majority(frame: pl.DataFrame) -> Summary:
    """Summarise maj@k, a row a model."""
    wide, shown = by_k(frame, "majority", ["n_min", "n_problems"])
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        **shown,
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "How often the right answer has the most votes among k samples, with pointwise intervals "
        "over problems. All right answers are one; ties count in equal shares. *: k > n/2."
    )
    return summary("majority", "Majority vote", about, wide, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"majority": majority}
