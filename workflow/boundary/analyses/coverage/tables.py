"""Schemas of the sets of solved problems."""

from __future__ import annotations

from boundary.checking import Column, Table, amount, around, count, flag, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY, SETS


def _regained(only: str) -> dict[str, Column]:
    """Return what becomes of the problems that one model alone solves."""
    return {
        f"{only}_halves": amount(),
        **around(share(null=True), f"{only}_regained"),
        f"{only}_half_predicted": share(null=True),
        f"{only}_calibrated": flag(null=True),
        f"{only}_predicted": share(null=True),
    }


COVERAGE = table(
    "coverage",
    PAIR_KEY,
    {
        **PAIR,
        **{name: amount() for name in SETS},
        "mcnemar_p": share(),
        "n_min": count(least=1),
        "n_max": count(least=1),
        "n_base": count(least=1),
        "n_other": count(least=1),
        "n_problems": count(least=1),
        **_regained("base_only"),
        **_regained("other_only"),
        "permitted": text(null=True, need=False),
        "note": text(null=True),
    },
)

COVERAGE_PROBLEMS = table(
    "coverage_problems",
    (*PAIR_KEY, "problem_id"),
    {
        **PAIR,
        "problem_id": text(),
        "set": text(among=SETS),
        "base_correct": count(),
        "base_n": count(least=1),
        "other_correct": count(),
        "other_n": count(least=1),
        "base_at_n": share(),
        "other_at_n": share(),
        "solved_next": share(null=True),
        **around(share(null=True), "base_rate", "other_rate"),
        "settled_after": count(null=True),
        "strata": text(null=True),
    },
)

TABLES: dict[str, Table] = {COVERAGE.name: COVERAGE, COVERAGE_PROBLEMS.name: COVERAGE_PROBLEMS}
