"""What the report says of perplexity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from boundary.report.cells import (
    ROWS_SHOWN,
    SCORED,
    Cell,
    Summary,
    bracket_of,
    number_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import arm_named, visible
from boundary.rows import Row
from boundary.wording import number


def perplexity(frame: pl.DataFrame) -> Summary:
    """Summarise the perplexity table over problems."""
    columns: dict[str, Cell] = {
        **SCORED,
        "which": text_of("responses"),
        "problems": text_of("scope"),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "median perplexity": number_of("median_perplexity"),
        "interval of median": bracket_of("median_ci"),
        "mean perplexity": number_of("mean_perplexity"),
        "interval of mean": bracket_of("mean_ci"),
        "mean surprisal": number_of("mean_surprisal"),
        "interval of surprisal": bracket_of("surprisal_ci"),
        "mean tokens": number_of("mean_tokens"),
        "interval of tokens": bracket_of("tokens_ci"),
    }
    about = (
        "Perplexity per token of one model's responses under another; surprisal is −log p of the "
        "whole response in nats. Every problem weighs the same: the median of problems' medians, "
        "the mean of their means. shared: on the problems to which every model scored by that "
        "scorer has a response of the kind, so that these rows compare the same problems. Rows "
        "in which every response weighs the same (unit: responses) stand in the CSV. Low "
        "perplexity does not mean that k draws would reach a response. beyond: right responses to "
        "problems of which the scorer's own scored responses solve none."
    )
    kept = frame.filter(pl.col("unit") == "problems")
    made = summary("perplexity", "Perplexity over problems", about, kept, columns)
    return replace(made, hidden=frame.height - min(kept.height, ROWS_SHOWN))


def rescored(frame: pl.DataFrame) -> Summary:
    """Summarise what was scored against what was sampled."""
    columns: dict[str, Cell] = {
        **SCORED,
        "responses": number_of("n_responses"),
        "scored in part": number_of("in_part"),
        "one vocabulary": lambda row: _yes_no(row["same_vocabulary"]),
        "scored by other tokens": number_of("other_tokens"),
        "own sums compared": number_of("compared"),
        "largest difference": number_of("largest_difference"),
        "largest per token": number_of("largest_per_token"),
        "bits per byte": number_of("bits_per_byte"),
        "interval of bits": bracket_of("bits"),
    }
    about = (
        "Whether scored responses are the sampled ones. Scored in part: longer than the scorer's "
        "context, left out of every other table. Scored by other tokens: sampled tokens are not "
        "stored and the text divides into another number of them. Own sums: log-probabilities of "
        "a model's own responses against those of their sampling, whose largest difference in nats "
        "should be rounding. Bits per byte of text compare scorers of different vocabularies, "
        "which log-probabilities per token do not."
    )
    return summary("rescored", "Scored against sampled", about, frame, columns)


def _yes_no(value: bool | None) -> str:
    return "not known" if value is None else "yes" if value else "no"


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Say where scores are not those of the responses that were sampled: tag and sentence."""
    del confidence
    if "rescored" not in tables:
        return []
    return [line for row in tables["rescored"].iter_rows(named=True) for line in _rescored(row)]


def _rescored(row: Row) -> Iterator[tuple[Tag, str]]:
    named = arm_named(row, "source_model")
    under = f"{named} under {visible(row['scorer'])}"
    if (row["largest_per_token"] or 0) > LARGEST:
        off = number(row["largest_per_token"])
        yield (
            "warning",
            f"{named}: of {row['compared']:,} responses that it scored itself, one differs from "
            f"its sampling by {off} nats per token, which is no rounding: engine, dtype or "
            f"weights are not the same.",
        )
    if row["in_part"]:
        count = f"{row['in_part']:,} of {row['n_responses']:,} responses"
        text = f"{under}: {count} are longer than the scorer's context and left out."
        yield "warning", text
    if row["other_tokens"]:
        count = f"{row['other_tokens']:,} of {row['sampled_known']:,} responses"
        text = f"{under}: {count} were scored by other tokens than were sampled."
        yield "note", text
    if row["same_vocabulary"] is False:
        yield "note", f"{under}: vocabularies differ; compare bits per byte and no perplexities."


#: Nats per token beyond which a difference is no rounding, of bfloat16 either.
LARGEST = 0.05
#: Tables of the page, by the table that each shows.
SUMMARIES = {"perplexity": perplexity, "rescored": rescored}
