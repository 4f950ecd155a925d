"""What the report says of responses within reach of a sampler."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.report.cells import (
    SCORED,
    Cell,
    Summary,
    bracket_of,
    number_of,
    share_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import arm_named
from boundary.rows import Row
from boundary.wording import number


def reachability(frame: pl.DataFrame) -> Summary:
    """Summarise which responses lie within each scorer's nuclei."""
    columns: dict[str, Cell] = {
        **SCORED,
        "which": text_of("responses"),
        "T": number_of("temperature"),
        "top_p": number_of("top_p"),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "mean tokens": number_of("mean_tokens"),
        "reachable": _range_of("reachable"),
        "interval": bracket_of("reachable"),
        "scorer's own": share_of("yardstick_reachable"),
        "tokens within": _range_of("tokens_inside"),
        "interval of tokens": bracket_of("tokens_inside"),
        "scorer's own tokens": share_of("yardstick_tokens_inside"),
        "median tokens before the first outside": number_of("median_before_outside"),
    }
    about = (
        "Reachable: every token lies in the scorer's nucleus at that temperature and top_p, so "
        "that this sampler could give the response at all. It is mostly a matter of length, as "
        "one token outside is enough: beside it stand the scorer's own responses, as the study "
        "drew them, and the share of tokens within. Near 100 % for the base and another model's "
        "right responses: none of their tokens is new to its sampler. Low for that model and the "
        "base's right responses: they were pruned. Shares are over problems, each of the same "
        "weight; a range where the engine could not decide. Samplers with top_p 1 cut nothing off "
        "and are left out."
    )
    return summary("reachability", "Reachability over problems", about, frame, columns)


def _range_of(column: str) -> Cell:
    """Show a share, or between what it lies."""
    low, high = share_of(column), share_of(f"{column}_at_most")
    return lambda row: low(row) if low(row) == high(row) else f"{low(row)}–{high(row)}"


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Warn where a model's own responses are out of reach of the sampler that drew them."""
    del confidence
    table = tables.get("reachability")
    if table is None:
        return []
    drawn = table.filter(
        pl.col("scorer") == pl.col("source_model"), pl.col("drew_responses"), responses="all"
    )
    return [_scored_as_drawn(row) for row in drawn.iter_rows(named=True)]


def _scored_as_drawn(row: Row) -> tuple[Tag, str]:
    arm = arm_named(row, "scorer")
    outside, undecided = row["n_outside"], row["n_undecided"]
    within = row["n_responses"] - outside - undecided
    open_ones = f" ({number(undecided)} are undecided)" if undecided else ""
    sampler = f"temperature {row['temperature']:g} and top_p {row['top_p']:g}"
    if not outside:
        return "same", (
            f"Likelihoods of {arm}: {number(within)} of its {number(row['n_responses'])} scored "
            f"responses lie within the nucleus of {sampler}, from which they were drawn{open_ones}."
        )
    return "warning", (
        f"Likelihoods of {arm}: {number(outside)} of its {number(row['n_responses'])} scored "
        f"responses hold a token outside the nucleus of {sampler}, from which they were "
        f"drawn{open_ones}. Scoring and sampling disagree there: by another precision, as text is "
        "tokenised otherwise than it was sampled, or as a stop string of the prompt ended them and "
        "the model's own end is scored; reachability of others is off by as much."
    )


#: Tables of the page, by the table that each shows.
SUMMARIES = {"reachability": reachability}
