"""Schemas of what was retained, learned and forgotten."""

from __future__ import annotations

from boundary.checking import Table, amount, around, count, ends, flag, real, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import PAIR, PAIR_KEY

#: Solved by both; by the other model alone; by the base alone; by neither.
KINDS = ("retained", "learned", "forgotten", "never")
#: Shares of what the base, and what the other, solves, and their harmonic mean (2507.14843).
SHARES = ("srr", "ndr", "sds")
ENDS = ("_low", "_high")

SETS_AT_K = {
    **{
        each: column
        for name in KINDS
        for each, column in {
            name: amount(),
            f"{name}_share": share(),
            **ends(share(null=True), name),
        }.items()
    },
    "net": real(),
    **ends(real(null=True), "net"),
    **around(share(null=True), *SHARES),
    **around(real(null=True), "nscr"),
    "n_problems": count(least=1),
    "n_min": count(least=1),
    "flagged": flag(),
}

SOLVED_SETS = table(
    "solved_sets",
    (*PAIR_KEY, "key", "value", "k"),
    {
        **PAIR,
        "key": text(),
        "value": text(),
        "k": count(least=1),
        **SETS_AT_K,
        "net_p": share(null=True),
        "net_holm": share(null=True),
        "decided": flag(null=True),
    },
)

SOLVED_STEPS = table(
    "solved_steps",
    ("series", "benchmark", "step", "k"),
    {
        "series": text(),
        "first": text(),
        **ARM,
        "step": count(),
        "k": count(least=1),
        **SETS_AT_K,
    },
)

UNSEEN = table(
    "unseen",
    ARM_KEY,
    {
        **ARM,
        "solved": amount(),
        "once": amount(),
        "twice": amount(),
        **around(amount(null=True), "new"),
        "unreliable": flag(),
        "chao": amount(),
        **ends(amount(null=True), "chao"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "n_max": count(least=1),
    },
)

TABLES: dict[str, Table] = {each.name: each for each in (SOLVED_SETS, SOLVED_STEPS, UNSEEN)}
