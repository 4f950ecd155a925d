"""Schema of right answers by whether the steps before them are right."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, real, share, table, text
from boundary.tables import SCORED

#: Problems by the share of a scorer's own scored responses that are right, up to this.
DIFFICULTIES = {"none": 0.0, "up to 1/8": 0.125, "up to 1/2": 0.5, "above 1/2": 1.0}
ALL = "all"

PHASES = table(
    "phases",
    (*SCORED, "difficulty"),
    {
        **SCORED,
        "difficulty": text(among=(ALL, *DIFFICULTIES)),
        "n_problems": count(),
        "n_solving": count(),
        "n_whole": count(),
        **around(share(null=True), "whole"),
        "n_without_z": count(),
        "problems_whole": count(),
        **around(real(null=True), "z_whole"),
        "problems_accident": count(),
        **around(real(null=True), "z_accident"),
        **around(real(null=True), "diff"),
        "p_holm": share(null=True),
    },
    at_most("n_whole", "n_solving"),
    at_most("n_problems", "n_solving"),
)

TABLES: dict[str, Table] = {PHASES.name: PHASES}
