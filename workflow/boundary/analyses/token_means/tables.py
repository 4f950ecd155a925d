"""Schema of what a scorer says of tokens in the mean."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, real, share, table, text
from boundary.tables import SCORED

#: Means of log-probabilities in nats a token, by the LIKELIHOODS column that sums each.
SUMS = {
    "sampled": "logprob_sum",
    "likeliest": "top_logprob_sum",
    "expected": "entropy_sum",
}

TOKEN_MEANS = table(
    "token_means",
    (*SCORED, "responses", "unit"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "unit": text(among=("problems", "tokens")),
        "n_responses": count(),
        "n_impossible": count(),
        "n_problems": count(),
        "n_tokens": count(),
        **around(real(null=True), *SUMS),
        **around(share(null=True), "share_likeliest"),
    },
    at_most("n_impossible", "n_responses"),
)

TABLES: dict[str, Table] = {TOKEN_MEANS.name: TOKEN_MEANS}
