"""Schemas of what is said of D(k) beyond n, and of why no more is."""

from __future__ import annotations

from boundary.checking import Table, count, ends, real, share, table, text
from boundary.comparison_tables import PAIR, PAIR_KEY

SIDES = ("base", "other")

EXTRAPOLATION = table(
    "extrapolation",
    (*PAIR_KEY, "k"),
    {
        **PAIR,
        "k": count(least=1),
        **ends(real(null=True), "bound", "envelope"),
        "ahead": text(null=True, among=SIDES),
        "n": count(least=1),
        "n_problems": count(least=1),
    },
)

EXTRAPOLATION_GATES = table(
    "extrapolation_gates",
    PAIR_KEY,
    {
        **PAIR,
        "ahead": text(null=True, among=SIDES),
        "ahead_to": count(null=True, least=1),
        "thinned": count(null=True, least=1),
        "thinnings": count(null=True),
        "covered": share(null=True),
        "covered_k": count(null=True, least=1),
        "n": count(least=1),
        "n_problems": count(least=1),
        "n_independent": count(least=1),
        "permitted": text(null=True),
        "note": text(null=True),
    },
)

TABLES: dict[str, Table] = {each.name: each for each in (EXTRAPOLATION, EXTRAPOLATION_GATES)}
