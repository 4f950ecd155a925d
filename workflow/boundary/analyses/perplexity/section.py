"""What the report says of perplexity."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from boundary.report.cells import (
    ROWS_SHOWN,
    Cell,
    Summary,
    arm_of,
    bracket_of,
    number_of,
    summary,
    text_of,
)


def perplexity(frame: pl.DataFrame) -> Summary:
    """Summarise the perplexity table over problems."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "scored by": text_of("scorer"),
        "responses of": arm_of("source_model", "protocol"),
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
    }
    about = (
        "Perplexity per token of one model's responses under another; surprisal is −log p of the "
        "whole response in nats. Every problem weighs the same: the median of problems' medians, "
        "the mean of their means. shared: on the problems to which every model scored by that "
        "scorer has a response of the kind, so that these rows compare the same problems. Rows "
        "in which every response weighs the same (unit: responses) stand in the CSV. Low "
        "perplexity does not mean that k draws would reach a response."
    )
    kept = frame.filter(pl.col("unit") == "problems")
    made = summary("perplexity", "Perplexity over problems", about, kept, columns)
    return replace(made, hidden=frame.height - min(kept.height, ROWS_SHOWN))


#: Tables of the page, by the table that each shows.
SUMMARIES = {"perplexity": perplexity}
