"""Schema of the accuracy histogram."""

from __future__ import annotations

from boundary.checking import Table, count, ends, share, table, text
from boundary.columns import ARM, ARM_KEY

HISTOGRAM = table(
    "histogram",
    (*ARM_KEY, "bin"),
    {
        **ARM,
        "bin": count(),
        "label": text(),
        "low": share(),
        "high": share(),
        "problems": count(),
        "share": share(),
        **ends(share(), "ci"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
    },
)

TABLES: dict[str, Table] = {HISTOGRAM.name: HISTOGRAM}
