"""What the report says of masks."""

from __future__ import annotations

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


def masks(frame: pl.DataFrame) -> Summary:
    """Summarise perplexity and surprisal with and without masks."""
    columns: dict[str, Cell] = {
        **SCORED,
        "which": text_of("responses"),
        "mask": lambda row: row["mask"].replace("_", " "),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "without a place": number_of("n_unplaced"),
        "tokens masked": share_of("masked_share"),
        "perplexity": number_of("perplexity"),
        "masked": number_of("masked_perplexity"),
        "ratio": number_of("perplexity_ratio"),
        "interval of ratio": bracket_of("perplexity_ratio_ci"),
        "surprisal": number_of("surprisal"),
        "masked surprisal": number_of("masked_surprisal"),
        "log10 P": number_of("log10_probability"),
    }
    about = (
        "Of the first responses to each problem, which are scored token by token; every problem "
        "weighs the same, and perplexity is exp of the mean surprisal per token. Masked: the same "
        "without the tokens of a mask: copied, runs of five or more words of the question; after "
        "answer, all text behind the last place of the answer; answer, that place. Without a "
        "place: responses in which the graded answer does not stand as text, left out of that "
        "mask. Surprisal is −log p of the whole response in nats, log10 P the same in powers of "
        "ten. Where the interval of the ratio lies above 1, what is masked lowers the perplexity."
    )
    made = frame.filter(pl.col("n_responses") > 0)
    title = "Perplexity without copied text, and without the answer"
    return summary("masks", title, about, made, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"masks": masks}
