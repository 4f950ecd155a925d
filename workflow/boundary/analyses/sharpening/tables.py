"""Schemas of the line of log-odds and of the problems beside it."""

from __future__ import annotations

from boundary.checking import Table, around, count, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

#: The model whose rates are further apart, or that solves more of a problem than the line allows.
SIDES = ("base", "other")

SHARPENING = table(
    "sharpening",
    PAIR_KEY,
    {
        **PAIR,
        **around(real(null=True), "slope"),
        "shift": real(null=True),
        "correlation": real(null=True),
        "off_line": share(null=True),
        "sharper": text(null=True, among=SIDES),
        "other_beyond": count(null=True),
        "base_beyond": count(null=True),
        "n_problems": count(least=1),
        "n_base": count(least=1),
        "n_other": count(least=1),
        "permitted": text(null=True),
        "note": text(null=True),
    },
)

SHARPENING_PROBLEMS = table(
    "sharpening_problems",
    (*PAIR_KEY, "problem_id"),
    {
        **PAIR,
        "problem_id": text(),
        "base_correct": count(),
        "base_n": count(least=1),
        "other_correct": count(),
        "other_n": count(least=1),
        "other_expected": share(),
        "other_p": share(),
        "base_expected": share(),
        "base_p": share(),
        "beyond": text(null=True, among=SIDES),
    },
)

TABLES: dict[str, Table] = {
    SHARPENING.name: SHARPENING,
    SHARPENING_PROBLEMS.name: SHARPENING_PROBLEMS,
}
