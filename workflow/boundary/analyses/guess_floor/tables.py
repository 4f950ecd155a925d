"""Schemas of the guess floor, and of what lies above it."""

from boundary.checking import Table, count, ends, flag, real, table
from boundary.columns import ARM, ARM_KEY, PASSK_COLUMNS
from boundary.comparison_tables import PAIR, PAIR_KEY

GUESS_FLOOR = table(
    "guess_floor", (*ARM_KEY, "k"), {**ARM, **PASSK_COLUMNS, "bias": real(null=True)}
)

_INTERVAL = {
    "se": real(null=True),
    **ends(real(null=True), "ci"),
    "n_problems": count(least=1),
    "n_min": count(least=1),
    "flagged": flag(),
    "floor_flagged": flag(),
}

EXCESS = table(
    "excess",
    (*ARM_KEY, "k"),
    {
        **ARM,
        "k": count(least=1),
        "excess": real(null=True),
        **_INTERVAL,
        "floor_bias": real(null=True),
    },
)

EXCESS_GAIN = table(
    "excess_gain",
    (*PAIR_KEY, "k"),
    {
        **PAIR,
        "k": count(least=1),
        "base_excess": real(),
        "other_excess": real(),
        "gain": real(),
        **_INTERVAL,
    },
)

TABLES: dict[str, Table] = {entry.name: entry for entry in (GUESS_FLOOR, EXCESS, EXCESS_GAIN)}
