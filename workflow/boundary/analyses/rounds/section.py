"""What the report says of success within rounds, tokens and dollars."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.rounds.tables import SPENT_IN
from boundary.columns import ARM_KEY
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    arm_of,
    estimate_of,
    number_of,
    summary,
    text_of,
)
from boundary.report.tags import Tag
from boundary.report.text import share, visible
from boundary.report.verdicts import side_of
from boundary.rows import Row


def gaps(frame: pl.DataFrame) -> Summary:
    """Summarise how differences at full budget move with k."""
    columns: dict[str, Cell] = {
        **PAIR,
        "T counts": text_of("unit"),
        "full T": number_of("budget"),
        "D at one trial": estimate_of("diff_at_1"),
        "K": number_of("k"),
        "D at K trials": estimate_of("diff_at_k"),
        "change": estimate_of("change"),
        "says": _says,
        "M": number_of("n_problems"),
    }
    about = (
        "Base less other, in points of pass@(k, T) at a T that cuts no right trial, at one trial "
        "and at K, with pointwise intervals over problems. A difference that closes with k is one "
        "of efficiency, the more so where none is left; one that is still there at K is, up to K, "
        "one of what can be solved."
    )
    return summary("round_gaps", "Within rounds", about, frame, columns)


def _says(row: Row) -> str:
    """Say who is ahead at one trial and at K, and whether the difference closes."""
    if row["ahead_at_1"] is None and row["ahead_at_k"] is None:
        return "undecided"
    names = [
        f"{side_of(row, side)} ahead at {k}"
        for side, k in ((row["ahead_at_1"], "one"), (row["ahead_at_k"], "K"))
        if side is not None
    ]
    return ", ".join([*names, *["closes"] * row["closes"]])


def costs(frame: pl.DataFrame) -> Summary:
    """Summarise coverage at cost, a row a model and k."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": arm_of("model", "protocol"),
        "k": number_of("k"),
        "cost in": text_of("unit"),
        "k trials cost": _spent,
        "pass@k": _solved,
        "n": number_of("n_min"),
        "M": number_of("n_problems"),
    }
    about = (
        "What k trials of a problem cost together, wrong ones included, on average over problems, "
        "and how often one of them is right, both with pointwise intervals over problems. All k "
        "run to their end: who stops at the first success pays less. *: k > n/2."
    )
    return summary("trial_costs", "Coverage at cost", about, frame, columns)


def _spent(row: Row) -> str:
    low, high = (row[f"spent_{end}"] for end in ("low", "high"))
    interval = "no interval from one problem" if low is None else f"[{low:,.4g}, {high:,.4g}]"
    return f"{row['spent']:,.4g} {interval}"


def _solved(row: Row) -> str:
    flag = "*" * row["flagged"]
    return f"{share(row['pass_at_k'])}{flag} [{share(row['ci_low'])}, {share(row['ci_high'])}]"


def checks(tables: Mapping[str, pl.DataFrame], confidence: float) -> list[tuple[Tag, str]]:
    """Warn of models whose right trials tell what they cost, and of which some other does not."""
    del confidence
    if "rounds" not in tables or "trial_costs" not in tables:
        return []
    keys = [*ARM_KEY, "unit"]
    counted = tables["rounds"].filter(pl.col("unit").is_in(list(SPENT_IN))).select(keys).unique()
    silent = counted.join(tables["trial_costs"], on=keys, how="anti").sort(keys)
    return [
        (
            "warning",
            f"Coverage at cost leaves out {visible(model)} ({visible(protocol)}) on "
            f"{visible(benchmark)}: some of its trials that are not right tell no {unit}.",
        )
        for model, benchmark, protocol, unit in silent.rows()
    ]


#: Tables of the page, by the table that each shows.
SUMMARIES = {"round_gaps": gaps, "trial_costs": costs}
