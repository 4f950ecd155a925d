"""Schemas of what is solved within rounds, tokens or dollars a trial."""

from __future__ import annotations

from boundary.checking import Table, amount, around, count, ends, flag, real, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import PAIR, PAIR_KEY
from boundary.used import SPENT, USED

#: What a trial uses, by the column of scores that tells it of correct ones.
UNITS = dict(zip(("rounds", "tokens", "dollars"), USED.values(), strict=True))
#: What all trials of a problem cost, by the column of scores that tells their mean.
SPENT_IN = dict(zip(("tokens", "dollars"), SPENT.values(), strict=True))
#: Sides of a comparison.
SIDES = ("base", "other")

ROUNDS = table(
    "rounds",
    (*ARM_KEY, "unit", "budget", "k"),
    {
        **ARM,
        "unit": text(among=tuple(UNITS)),
        "budget": real(),
        "k": count(least=1),
        "pass_at_k": share(),
        **ends(share(), "ci"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

ROUND_DIFFERENCES = table(
    "round_differences",
    (*PAIR_KEY, "unit", "budget", "k"),
    {
        **PAIR,
        "unit": text(among=tuple(UNITS)),
        "budget": real(),
        "k": count(least=1),
        "diff": real(),
        **ends(real(), "ci"),
        "n_problems": count(least=1),
        "flagged": flag(),
    },
)

ROUND_GAPS = table(
    "round_gaps",
    (*PAIR_KEY, "unit"),
    {
        **PAIR,
        "unit": text(among=tuple(UNITS)),
        "budget": real(),
        "k": count(least=2),
        **around(real(), "diff_at_1", "diff_at_k", "change"),
        **{f"ahead_at_{k}": text(null=True, among=SIDES) for k in ("1", "k")},
        "closes": flag(),
        "n_problems": count(least=1),
    },
)

TRIAL_COSTS = table(
    "trial_costs",
    (*ARM_KEY, "unit", "k"),
    {
        **ARM,
        "unit": text(among=tuple(SPENT_IN)),
        "k": count(least=1),
        "spent": amount(),
        **ends(amount(null=True), "spent"),
        "pass_at_k": share(),
        **ends(share(), "ci"),
        "n_problems": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
    },
)

TABLES: dict[str, Table] = {
    each.name: each for each in (ROUNDS, ROUND_DIFFERENCES, ROUND_GAPS, TRIAL_COSTS)
}
