"""Schemas of log-probabilities, joined with verdicts and summarised."""

from __future__ import annotations

from boundary.checking import Table, count, ends, flag, real, table, text
from boundary.tables import LIKELIHOODS, SCORED

#: Right responses to problems of which the scorer's own scored responses solve none.
BEYOND = "beyond"

PERPLEXITY = table(
    "perplexity",
    (*SCORED, "responses", "unit", "scope"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong", BEYOND)),
        "unit": text(among=("problems", "responses")),
        "scope": text(among=("all", "shared")),
        "n_responses": count(),
        "n_problems": count(),
        "median_perplexity": real(null=True),
        **ends(real(null=True), "median_ci"),
        "mean_perplexity": real(null=True),
        **ends(real(null=True), "mean_ci"),
        "mean_surprisal": real(null=True),
        **ends(real(null=True), "surprisal_ci"),
        "mean_tokens": real(null=True),
        **ends(real(null=True), "tokens_ci"),
    },
)

#: What was scored against what was sampled.
RESCORED = table(
    "rescored",
    tuple(SCORED),
    {
        **SCORED,
        "n_responses": count(),
        "in_part": count(),
        "left_out_tokens": count(),
        "same_vocabulary": flag(null=True),
        "sampled_known": count(),
        "other_tokens": count(),
        "compared": count(),
        "largest_difference": real(null=True),
        "largest_per_token": real(null=True),
        "n_problems": count(),
        "bits_per_byte": real(null=True),
        **ends(real(null=True), "bits"),
    },
)

TABLES: dict[str, Table] = {
    PERPLEXITY.name: PERPLEXITY,
    RESCORED.name: RESCORED,
    LIKELIHOODS.name: LIKELIHOODS,
}
