"""Schema of best of k."""

from __future__ import annotations

from boundary.checking import Table, count, flag, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import one_answer_table

#: By what responses rank, and what a page calls it.
RANKS = {
    "verifier": "the verifier (pass@k)",
    "score": "the file's score",
    "logprob": "log-probability",
    "mean_logprob": "log-probability a token",
}

BEST_OF = table(
    "best_of",
    (*ARM_KEY, "rank", "k"),
    {
        **ARM,
        "rank": text(among=tuple(RANKS)),
        "k": count(least=1),
        "best_of": share(),
        "ci_low": share(),
        "ci_high": share(),
        "unranked": count(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

BEST_OF_PAIRS = one_answer_table("best_of_pairs", tuple(RANKS))

TABLES: dict[str, Table] = {each.name: each for each in (BEST_OF, BEST_OF_PAIRS)}
