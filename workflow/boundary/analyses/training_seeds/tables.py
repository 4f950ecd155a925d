"""Schemas of the differences over training seeds, and of the runs that they are of."""

from __future__ import annotations

from boundary.checking import Table, around, count, ends, flag, real, table, text
from boundary.comparison_tables import CROSSOVER_COLUMNS

#: Which of the two models of a comparison the recipe trained.
SIDES = ("base", "other")

#: What a recipe is held against on one benchmark.
AGAINST = {
    "recipe": text(),
    "reference": text(),
    "benchmark": text(),
    "protocol": text(),
    "reference_protocol": text(),
    "side": text(among=SIDES),
}

TRAINING_SEEDS = table(
    "training_seeds",
    (*AGAINST, "k"),
    {
        **AGAINST,
        "k": count(least=1),
        "diff": real(),
        **ends(real(null=True), "ci"),
        **ends(real(), "problems"),
        **around(real(null=True), "seed_sd"),
        "problem_sd": real(null=True),
        "residual_sd": real(null=True),
        "k_max": count(least=1),
        "n_seeds": count(least=1),
        "n_problems": count(least=1),
        "n_independent": count(least=1),
        "n_min": count(least=1),
        "flagged": flag(),
        "note": text(null=True),
    },
)

TRAINING_RUNS = table(
    "training_runs",
    (*AGAINST, "model"),
    {
        **AGAINST,
        "model": text(),
        "comparison": text(),
        **{
            name: CROSSOVER_COLUMNS[name]
            for name in (
                *("verdict", "guard", "k_max", "diff_at_1", "diff_at_k_max", "diff_ci_low"),
                *("diff_ci_high", "n_problems", "permitted"),
            )
        },
    },
)

TABLES: dict[str, Table] = {TRAINING_SEEDS.name: TRAINING_SEEDS, TRAINING_RUNS.name: TRAINING_RUNS}
