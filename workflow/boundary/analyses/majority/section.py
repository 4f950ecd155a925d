"""What the report says of the vote."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.majority.tables import VOTE
from boundary.report.by_k import by_k
from boundary.report.cells import Cell, Summary, arm_of, number_of, summary, text_of
from boundary.report.left_out import left_out
from boundary.report.one_answer import one_answer, paired
from boundary.report.tags import Tag


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


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Warn of models that have pass@k and no vote, as no answer of theirs is known."""
    del confidence
    return left_out(
        tables,
        "majority",
        "Majority votes",
        "no answers of their responses are known, or problems of this kind have none to vote on. "
        "Import files that tell answers, or sample the models here.",
    )


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what one answer from many samples comes to."""
    return one_answer(tables["majority_pairs"], "the vote") if "majority_pairs" in tables else {}


#: Tables of the page, by the table that each shows.
SUMMARIES = {
    "majority": majority,
    "majority_pairs": lambda frame: paired("majority_pairs", "The vote of two models", frame, VOTE),
}
