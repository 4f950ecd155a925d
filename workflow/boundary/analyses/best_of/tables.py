"""Schema of best of k."""

from __future__ import annotations

from boundary.checking import Table, count, flag, share, table, text
from boundary.columns import ARM, ARM_KEY

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

TABLES: dict[str, Table] = {BEST_OF.name: BEST_OF}
