"""What the report says of best of k."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.best_of.tables import RANKS
from boundary.report.by_k import by_k
from boundary.report.cells import Cell, Summary, arm_of, number_of, summary, text_of
from boundary.report.left_out import left_out
from boundary.report.one_answer import one_answer, paired
from boundary.report.tags import Tag


def best_of(frame: pl.DataFrame) -> Summary:
    """Summarise best of k, a row a model and rank."""
    wide, shown = by_k(frame, "best_of", ["rank", "unranked", "n_min", "n_problems"])
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "chosen by": lambda row: RANKS[row["rank"]],
        **shown,
        "without rank": number_of("unranked"),
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "How often the response that ranks highest among k is right, ties counting in equal "
        "shares, with pointwise intervals over problems. At k = 1 it is pass@1; no rank reaches "
        "more than pass@k. Responses without a rank come last. *: k > n/2."
    )
    return summary("best_of", "Best of k", about, wide, columns)


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Warn of models that have pass@k and no best of k, as their responses have no rank."""
    del confidence
    return left_out(
        tables,
        "best_of",
        "Ranks of best of k",
        "their responses have no score and no log-probability. Import files that tell one of "
        "them, or sample the models here.",
    )


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what one answer from many samples comes to."""
    if "best_of_pairs" not in tables:
        return {}
    return one_answer(tables["best_of_pairs"].filter(rank="logprob"), "the likeliest")


#: Tables of the page, by the table that each shows.
SUMMARIES = {
    "best_of": best_of,
    "best_of_pairs": lambda frame: paired("best_of_pairs", "Best of N of two models", frame, RANKS),
}
