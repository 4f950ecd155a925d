"""Schemas of what is solved for equal costs."""

from __future__ import annotations

from boundary.checking import Table, count, flag, real, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import PAIR, PAIR_KEY

#: What costs are counted in: tokens always; the others where the study says what one costs.
UNITS = ("tokens", "price", "seconds")

EQUAL_COST = table(
    "equal_cost",
    (*ARM_KEY, "unit", "budget"),
    {
        **ARM,
        "unit": text(among=UNITS),
        "budget": real(),
        "solved": share(),
        "ci_low": share(),
        "ci_high": share(),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

COST_CROSSINGS = table(
    "cost_crossings",
    (*PAIR_KEY, "unit"),
    {
        **PAIR,
        "unit": text(among=UNITS),
        "crossing": real(null=True),
        "crossing_low": real(null=True),
        "crossing_high": real(null=True),
        "budget": real(),
        "diff": real(),
        "ci_low": real(),
        "ci_high": real(),
        "n_problems": count(least=1),
    },
)

LENGTH_CAPS = table(
    "length_caps",
    (*ARM_KEY, "tokens"),
    {
        **ARM,
        "tokens": count(least=1),
        "pass_at_1": share(),
        "ci_low": share(),
        "ci_high": share(),
        "cut_correct": share(null=True),
        "cut_wrong": share(null=True),
        "n_problems": count(least=1),
    },
)

TABLES: dict[str, Table] = {each.name: each for each in (EQUAL_COST, COST_CROSSINGS, LENGTH_CAPS)}
