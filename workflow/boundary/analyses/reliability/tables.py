"""Schemas of reliability: of several samples at once, and of shares of problems."""

from __future__ import annotations

from boundary.checking import Table, count, flag, share, table, text
from boundary.columns import ARM, ARM_KEY

#: What is asked of k samples: so many right among them, of those that there are or of fresh
#: ones; or the mean over all such demands from half of them upwards.
MEASURES = ("g_pass", "mg_pass", "tail_pass")
#: Shares of k samples that must be right; 1 is pass^k.
THRESHOLDS = (0.5, 0.75, 1.0)
#: Success rates that a problem's must reach to be covered.
RATES = (0.1, 0.25, 0.5, 0.75, 0.9)


RELIABILITY = table(
    "reliability",
    (*ARM_KEY, "measure", "threshold", "k"),
    {
        **ARM,
        "measure": text(among=MEASURES),
        "threshold": share(),
        "k": count(least=1),
        "value": share(),
        "ci_low": share(),
        "ci_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

COVER = table(
    "cover",
    (*ARM_KEY, "rate"),
    {
        **ARM,
        "rate": share(),
        "cover": share(),
        "ci_low": share(),
        "ci_high": share(),
        "smoothed": share(),
        "smoothed_low": share(),
        "smoothed_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
    },
)

TABLES: dict[str, Table] = {RELIABILITY.name: RELIABILITY, COVER.name: COVER}
