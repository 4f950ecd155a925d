"""Schema of how responses ended."""

from __future__ import annotations

from boundary.checking import Table, count, real, share, table
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
        "truncated_ci_low": share(null=True),
        "truncated_ci_high": share(null=True),
        "empty": count(null=True),
        "empty_share": share(null=True),
        "no_answer": count(null=True),
        "no_answer_share": share(null=True),
        "distinct_responses": count(null=True),
        "duplicate_share": share(null=True),
        "mean_tokens": real(null=True),
        "violations": count(null=True, need=False),
        "tricked": count(null=True, need=False),
        "reduced": count(null=True, need=False),
        "n_unset": count(null=True, need=False),
    },
)

TABLES: dict[str, Table] = {RESPONSES.name: RESPONSES}
