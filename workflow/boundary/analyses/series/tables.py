"""Schema of checkpoints along training."""

from __future__ import annotations

from boundary.checking import Table, count, ends, flag, real, share, table, text
from boundary.columns import ARM

SERIES = table(
    "series",
    ("series", "benchmark", "step", "k"),
    {
        "series": text(),
        **ARM,
        "step": count(),
        "k": count(least=1),
        "pass_at_k": share(),
        "se": real(),
        **ends(share(), "ci"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

TABLES: dict[str, Table] = {SERIES.name: SERIES}
