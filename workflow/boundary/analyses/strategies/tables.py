"""Schemas of the strategies with which responses begin."""

from boundary.checking import Table, count, ends, real, share, table, text
from boundary.columns import ARM, ARM_KEY

#: Whether two families get a strategy alike: told apart, the same within a margin, or neither.
READS, SAME, OPEN = "reads", "same", "open"

STRATEGIES = table(
    "strategies",
    (*ARM_KEY, "family", "word"),
    {
        **ARM,
        "family": text(),
        "word": text(),
        "share": share(),
        "se": real(),
        **ends(share(), "ci"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "n_max": count(least=1),
    },
)

STRATEGY_DIFFERENCES = table(
    "strategy_differences",
    (*ARM_KEY, "word", "family", "other_family"),
    {
        **ARM,
        "word": text(),
        "family": text(),
        "other_family": text(),
        "share": share(),
        "other_share": share(),
        "difference": real(),
        **ends(real(), "ci"),
        "confidence": share(),
        "margin": share(),
        "outcome": text(among=(READS, SAME, OPEN)),
        "n_problems": count(least=1),
        "n_problems_other": count(least=1),
    },
)

TABLES: dict[str, Table] = {entry.name: entry for entry in (STRATEGIES, STRATEGY_DIFFERENCES)}
