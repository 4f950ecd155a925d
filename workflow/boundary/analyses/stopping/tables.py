"""Schema of where problems stopped."""

from __future__ import annotations

from boundary.checking import Table, count, real, share, table
from boundary.columns import ARM, ARM_KEY

STOPPING = table(
    "stopping",
    (*ARM_KEY, "look"),
    {
        **ARM,
        "look": count(least=1),
        "problems": count(),
        "samples": count(),
        "n_max": count(least=1),
        "first_look": count(least=1),
        "stop_after": count(least=1),
        "n_problems": count(least=1),
        "share": share(),
        "tokens_share": share(null=True),
        "fixed_se_ratio": real(null=True),
    },
)

TABLES: dict[str, Table] = {STOPPING.name: STOPPING}
