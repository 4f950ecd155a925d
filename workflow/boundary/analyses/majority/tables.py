"""Schema of maj@k."""

from __future__ import annotations

from boundary.checking import Table, count, flag, share, table
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import one_answer_table

VOTE = {"vote": "the vote (maj@N)"}

MAJORITY = table(
    "majority",
    (*ARM_KEY, "k"),
    {
        **ARM,
        "k": count(least=1),
        "majority": share(),
        "ci_low": share(),
        "ci_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

MAJORITY_PAIRS = one_answer_table("majority_pairs", tuple(VOTE))

TABLES: dict[str, Table] = {each.name: each for each in (MAJORITY, MAJORITY_PAIRS)}
