"""Schema of verdicts by what trials without outcome are taken for."""

from __future__ import annotations

from boundary.checking import Table, count, table, text
from boundary.comparison_tables import (
    CROSSOVER_COLUMNS,
    CROSSOVER_RULES,
    PAIR,
    PAIR_KEY,
    earlier_version,
)

#: What such trials are taken for, with the sides of which they are right: as everywhere else,
#: all right, and those of one model alone.
TAKEN: dict[str, tuple[str, ...]] = {
    "wrong": (),
    "right": ("base", "other"),
    "base-right": ("base",),
    "other-right": ("other",),
}

UNSET = table(
    "unset",
    (*PAIR_KEY, "taken"),
    {
        **PAIR,
        "taken": text(among=tuple(TAKEN)),
        **CROSSOVER_COLUMNS,
        "base_n_unset": count(),
        "base_n_trials": count(least=1),
        "other_n_unset": count(),
        "other_n_trials": count(least=1),
    },
    *CROSSOVER_RULES,
    earlier=earlier_version,
)

TABLES: dict[str, Table] = {UNSET.name: UNSET}
