"""Schema of sampling efficiency."""

from __future__ import annotations

from boundary.checking import Table, count, ends, flag, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

EFFICIENCY = table(
    "efficiency",
    PAIR_KEY,
    {
        **PAIR,
        "k": count(least=1),
        "base_pass_at_k": share(),
        "other_pass_at_1": share(),
        "gap": real(),
        **ends(real(), "ci"),
        "weaker": text(null=True, need=False, among=("base", "other")),
        **{name: real(null=True, need=False) for name in ("budget", "budget_low", "budget_high")},
        "n_problems": count(least=1),
        "flagged": flag(),
    },
)

TABLES: dict[str, Table] = {EFFICIENCY.name: EFFICIENCY}
