"""What the report says of log-probabilities per token."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from boundary.report.cells import (
    ROWS_SHOWN,
    SCORED,
    Cell,
    Summary,
    bracket_of,
    number_of,
    share_of,
    summary,
    text_of,
)


def token_means(frame: pl.DataFrame) -> Summary:
    """Summarise log-probabilities per token over problems."""
    columns: dict[str, Cell] = {
        **SCORED,
        "which": text_of("responses"),
        "M": number_of("n_problems"),
        "responses": number_of("n_responses"),
        "tokens": number_of("n_tokens"),
        "sampled": number_of("sampled"),
        "interval of sampled": bracket_of("sampled"),
        "likeliest": number_of("likeliest"),
        "interval of likeliest": bracket_of("likeliest"),
        "expected (−H)": number_of("expected"),
        "interval of expected": bracket_of("expected"),
        "tokens that are the likeliest": share_of("share_likeliest"),
        "interval of these": bracket_of("share_likeliest"),
        "impossible": number_of("n_impossible"),
    }
    about = (
        "Mean log-probability per token, in nats: of the tokens of responses, of the scorer's "
        "likeliest token at each place, and what it expects of a token that it draws itself "
        "there, its negative entropy. Sampled below expected: less likely than the scorer's own "
        "draws on the same path. Sampled and likeliest of two sources alone do not say whose "
        "responses are the less typical, as their paths may differ in entropy. Every problem "
        "weighs the same; rows in which every token does (unit: tokens) stand in the CSV. No "
        "expectation where the engine that scored has no entropies; responses that the scorer "
        "cannot produce (impossible) are left out."
    )
    kept = frame.filter(unit="problems")
    made = summary("token_means", "Log-probability per token", about, kept, columns)
    return replace(made, hidden=frame.height - min(kept.height, ROWS_SHOWN))


#: Tables of the page, by the table that each shows.
SUMMARIES = {"token_means": token_means}
