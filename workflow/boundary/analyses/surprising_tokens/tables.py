"""Schema of the tokens of the least typical responses."""

from __future__ import annotations

from boundary.checking import Table, count, real, table, text
from boundary.tables import LIKELIHOODS, SCORED

SURPRISING_TOKENS = table(
    "surprising_tokens",
    (*LIKELIHOODS.key, "place"),
    {
        **SCORED,
        "problem_id": text(),
        "sample_index": count(),
        "z": real(),
        "n_tokens": count(),
        "place": count(),
        "text": text(),
        "logprob": real(),
        "rank": count(null=True),
        "contribution": real(null=True),
    },
)

TABLES: dict[str, Table] = {SURPRISING_TOKENS.name: SURPRISING_TOKENS}
