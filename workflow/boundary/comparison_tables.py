"""One schema for every table of comparisons, of two arms on the problems they share."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from boundary.checking import Table, around, count, ends, flag, real, rule, share, table, text
from boundary.decisions import CROSSOVER_VERDICTS, DECIDES, GUARDS, RETIRED_VERDICTS
from boundary.extraction import FENCED, RULES

#: When two answers are the same: by the project's rules, by one that mimics the paper's
#: grader, and only where a second engine agrees with the first.
EQUALITY_RULES = ("strict", "lenient", "agreed")
#: Which program of a response is run: that of the project's rules, or the last fenced block.
PROGRAM_RULES = (EQUALITY_RULES[0], FENCED)
#: Who judges: our grader, or the tool of another that wrote responses with its verdicts.
THEIRS = "theirs"
JUDGE_RULES = (EQUALITY_RULES[0], THEIRS)
#: Every way to grade: those, and the project's rules on other things for answers.
GRADING_RULES = (*EQUALITY_RULES, *RULES, FENCED, THEIRS)
#: The column of scores in which each of them counts.
COUNTED = {EQUALITY_RULES[0]: "correct", **{rule: f"correct_{rule}" for rule in GRADING_RULES[1:]}}
#: Which models solve a problem.
SETS = ("both", "base_only", "other_only", "neither")

PAIR = {
    "comparison": text(),
    "base": text(),
    "other": text(),
    "benchmark": text(),
    "protocol": text(),
    "other_protocol": text(),
}
PAIR_KEY = ("comparison", "benchmark")

DIFFERENCES = table(
    "differences",
    (*PAIR_KEY, "k"),
    {
        **PAIR,
        "k": count(least=1),
        "diff": real(),
        "se": real(),
        **ends(real(), "ci", "band"),
        "fixed_se": real(null=True),
        **ends(real(null=True), "fixed"),
        "n_problems": count(least=1),
        "flagged": flag(),
    },
)


def one_answer_table(name: str, ranks: Sequence[str]) -> Table:
    """Return the schema of one answer made of N samples, by how it is made."""
    return table(
        name,
        (*PAIR_KEY, "rank", "k"),
        {
            **PAIR,
            "rank": text(among=tuple(ranks)),
            "k": count(least=1),
            **around(share(), "base_right", "other_right"),
            **around(real(), "diff", "base_lead", "other_lead"),
            "n_problems": count(least=1),
            "n_min": count(least=1),
            "flagged": flag(),
        },
    )


CROSSOVER_COLUMNS = {
    "k_cross": real(null=True),
    **ends(real(null=True), "ci"),
    "verdict": text(among=CROSSOVER_VERDICTS),
    "verdict_fixed": text(null=True, among=CROSSOVER_VERDICTS),
    "decides": text(among=DECIDES),
    "verdict_holm": text(null=True, among=CROSSOVER_VERDICTS),
    "holm_cells": count(null=True, least=2),
    "guard": text(null=True),
    "regions": text(null=True),
    "k_max": count(least=1),
    "diff_at_1": real(),
    "diff_at_k_max": real(),
    **ends(real(), "diff_ci"),
    "min_detectable_diff": real(),
    "n_problems": count(least=1),
    "n_independent": count(least=1),
    "n_discordant": count(),
    "base_solved": count(),
    "other_solved": count(),
    "n_copied": count(),
    "permitted": text(null=True),
    "note": text(null=True),
}
_FAVOURED = pl.col("regions").str.extract(r"(base|other):\d+-\d+$")
_REACHED = pl.col("regions").str.extract(r"-(\d+)$").cast(pl.Int64)
_BOTH = pl.col("regions").str.contains("base:") & pl.col("regions").str.contains("other:")
CROSSOVER_RULES = (
    rule(
        "verdict is what regions and k_max come to",
        ("regions", "verdict", "k_max"),
        pl.col("verdict")
        == pl.when(_FAVOURED.is_null())
        .then(pl.lit("undetermined"))
        .when(_BOTH & (_FAVOURED == "base"))
        .then(pl.lit("crossover"))
        .when(_BOTH)
        .then(pl.lit("reverse"))
        .when(pl.col("k_max") == _REACHED)
        .then(_FAVOURED + "-ahead-to-K")
        .otherwise(_FAVOURED + "-ahead-early"),
    ),
    rule(
        f"guard among {', '.join(GUARDS)}",
        ("guard",),
        pl.col("guard").str.split(";").list.eval(pl.element().is_in(GUARDS)).list.all(),
    ),
    rule(
        "verdict_holm and holm_cells both, or neither",
        ("verdict_holm", "holm_cells"),
        pl.col("verdict_holm").is_null() == pl.col("holm_cells").is_null(),
    ),
)


def earlier_version(frame: pl.DataFrame, missing: list[str]) -> str | None:
    """Say that a table holds verdicts of the rule before the guards stood beside them."""
    if "verdict" not in frame.columns:
        return None
    old = [name for name in RETIRED_VERDICTS if name in frame["verdict"].cast(pl.String)]
    if not old and "regions" not in missing:
        return None
    named = "; ".join(f"{name} is now {RETIRED_VERDICTS[name]}" for name in old)
    return (
        f"an earlier version of this tool made this table, by another rule"
        f"{f' ({named})' if named else ''}; no row can be taken over, as the new rule needs the "
        f"counts. Make the table anew from the scores: snakemake rebuilds that of a study, and "
        f"boundary crossover one of its own. CHANGELOG.md has the map of names."
    )


CROSSOVERS = table(
    "crossovers",
    PAIR_KEY,
    # The level of the band, where a plan of looks sets one of its own.
    {**PAIR, **CROSSOVER_COLUMNS, "band_level": share(null=True, need=False)},
    *CROSSOVER_RULES,
    earlier=earlier_version,
)
