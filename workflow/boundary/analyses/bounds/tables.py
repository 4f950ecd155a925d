"""Schema of verdicts by what responses are taken for that were not graded to their end."""

from __future__ import annotations

from boundary.checking import Table, count, flag, table, text
from boundary.comparison_tables import (
    CROSSOVER_COLUMNS,
    CROSSOVER_RULES,
    PAIR,
    PAIR_KEY,
    earlier_version,
)

#: What wrong responses might have been right, by the column of scores that counts them; no
#: response is counted in two.
KINDS = {
    "unset": "n_unset",
    "truncated": "truncated_wrong",
    "timed_out": "timed_out",
    "errored": "errored",
}
#: All of these together.
ALL = "all"
#: What such responses are taken for, with the sides of which they are right: as everywhere else,
#: all right, and those of one model alone.
TAKEN: dict[str, tuple[str, ...]] = {
    "wrong": (),
    "right": ("base", "other"),
    "base-right": ("base",),
    "other-right": ("other",),
}

BOUNDS = table(
    "bounds",
    (*PAIR_KEY, "kind", "taken"),
    {
        **PAIR,
        "kind": text(among=(*KINDS, ALL)),
        "taken": text(among=tuple(TAKEN)),
        **CROSSOVER_COLUMNS,
        "robust": flag(),
        "base_ungraded": count(),
        "base_responses": count(least=1),
        "other_ungraded": count(),
        "other_responses": count(least=1),
    },
    *CROSSOVER_RULES,
    earlier=earlier_version,
)

TABLES: dict[str, Table] = {BOUNDS.name: BOUNDS}
