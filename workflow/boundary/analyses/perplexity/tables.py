"""Schemas of log-probabilities, joined with verdicts and summarised."""

from __future__ import annotations

from boundary.checking import Table, count, real, table, text
from boundary.tables import LIKELIHOODS, SCORED

PERPLEXITY = table(
    "perplexity",
    (*SCORED, "responses", "unit", "scope"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "unit": text(among=("problems", "responses")),
        "scope": text(among=("all", "shared")),
        "n_responses": count(),
        "n_problems": count(),
        "median_perplexity": real(null=True),
        "median_ci_low": real(null=True),
        "median_ci_high": real(null=True),
        "mean_perplexity": real(null=True),
        "mean_ci_low": real(null=True),
        "mean_ci_high": real(null=True),
        "mean_surprisal": real(null=True),
        "surprisal_ci_low": real(null=True),
        "surprisal_ci_high": real(null=True),
    },
)

TABLES: dict[str, Table] = {PERPLEXITY.name: PERPLEXITY, LIKELIHOODS.name: LIKELIHOODS}
