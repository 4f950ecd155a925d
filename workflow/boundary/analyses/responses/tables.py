"""Schemas of how responses ended."""

from __future__ import annotations

from boundary.checking import Table, count, ends, real, share, table, text
from boundary.columns import ARM, ARM_KEY

RESPONSES = table(
    "responses",
    ARM_KEY,
    {
        **ARM,
        "n_problems": count(least=1),
        "n_responses": count(least=1),
        "truncated": count(null=True),
        "truncated_share": share(null=True),
        **ends(share(null=True), "truncated_ci"),
        "empty": count(null=True),
        "empty_share": share(null=True),
        "no_answer": count(null=True),
        "no_answer_share": share(null=True),
        "distinct_responses": count(null=True),
        "duplicate_share": share(null=True),
        "mean_tokens": real(null=True),
        "mean_tokens_drawn": real(null=True, need=False),
        "accepted_share": share(null=True, need=False),
        **ends(share(null=True, need=False), "accepted_ci"),
        "violations": count(null=True, need=False),
        "tricked": count(null=True, need=False),
        "reduced": count(null=True, need=False),
        "n_unset": count(null=True, need=False),
    },
)

#: What a response that has an outcome came to.
OUTCOMES = ("right", "wrong", "no_answer")

TRUNCATION = table(
    "truncation",
    (*ARM_KEY, "outcome"),
    {
        **ARM,
        "outcome": text(among=OUTCOMES),
        "responses": count(),
        "truncated": count(),
        "share": share(null=True),
        "ci_low": share(null=True),
        "ci_high": share(null=True),
        "n_problems": count(),
    },
)

TABLES: dict[str, Table] = {each.name: each for each in (RESPONSES, TRUNCATION)}
