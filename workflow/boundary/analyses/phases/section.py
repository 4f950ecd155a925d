"""What the report says of right answers by the algorithm and by accident."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.cells import (
    SCORED,
    Cell,
    Summary,
    estimate_of,
    number_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import arm_named
from boundary.rows import Row
from boundary.wording import number, p_value, percent, with_interval


def phases(frame: pl.DataFrame) -> Summary:
    """Summarise the phases table."""
    columns: dict[str, Cell] = {
        **SCORED,
        "solved by the scorer": text_of("difficulty"),
        "M": number_of("n_problems"),
        "right answers": number_of("n_solving"),
        "by the algorithm": estimate_of("whole", percent),
        "z, by the algorithm": estimate_of("z_whole", number),
        "M of these": number_of("problems_whole"),
        "z, by accident": estimate_of("z_accident", number),
        "M of those": number_of("problems_accident"),
        "accident − algorithm": estimate_of("diff", number),
        "p (Holm)": lambda row: "–" if row["p_holm"] is None else p_value(row["p_holm"]),
        "without z": number_of("n_without_z"),
    }
    about = (
        "By the algorithm: every step before the right answer is the one that the problem asks "
        "for. By accident: the answer is right and some step is not, or there is none; a trace "
        "that follows another known algorithm and ends right counts here. z as in the typicality "
        "table: high z are responses that the scorer would rarely write so. Problems are divided "
        "by the share of the scorer's own scored responses that are right. Every problem weighs "
        "the same; intervals are over problems. p is of no difference of z over all problems."
    )
    return summary("phases", "Right by the algorithm or by accident", about, frame, columns)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say of each scorer's own right answers how many follow the algorithm, and how z differs."""
    table = tables.get("phases")
    if table is None:
        return []
    scored_by_self = table.filter(pl.col("scorer") == pl.col("source_model"), difficulty="all")
    return [
        ("note", _sentence(row, confidence))
        for row in scored_by_self.sort("benchmark", "scorer", "protocol").iter_rows(named=True)
    ]


def _sentence(row: Row, confidence: float) -> str:
    arm = arm_named(row, "scorer")
    first = (
        f"{with_interval(row, 'whole', percent)} of the right answers of {arm} follow the "
        f"algorithm step by step, each of {number(row['n_problems'])} problems weighing the same "
        f"({number(row['n_solving'])} right answers); the others end right by accident."
    )
    if row["p_holm"] is None:
        return f"{first} Whether these are less typical of it was not tested: too few of either."
    diff = with_interval(row, "diff", number)
    if row["p_holm"] >= 1 - confidence:
        return f"{first} Whether accidents are more or less typical of it is open (z {diff} apart)."
    word = "less" if row["diff"] > 0 else "more"
    return (
        f"{first} Accidents are {word} typical of it: z differs by {diff}, "
        f"{p_value(row['p_holm'])} after Holm's adjustment."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"phases": phases}
