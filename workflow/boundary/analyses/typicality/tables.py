"""Schemas of how typical responses are of a scorer."""

from __future__ import annotations

from boundary.checking import Table, around, at_most, count, real, share, table, text
from boundary.tables import SCORED

#: Quantiles of z, under which every problem weighs the same.
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}

TYPICALITY = table(
    "typicality",
    (*SCORED, "responses"),
    {
        **SCORED,
        "responses": text(among=("all", "correct", "wrong")),
        "n_responses": count(),
        "n_without_z": count(),
        "n_impossible": count(),
        "n_problems": count(),
        **around(real(null=True), "mean_z"),
        "sd_z": real(null=True),
        **{name: real(null=True) for name in QUANTILES},
        **around(share(null=True), "above_two"),
    },
    at_most("n_without_z", "n_responses"),
    at_most("n_impossible", "n_responses"),
)

ATYPICAL = table(
    "atypical",
    (*SCORED, "place"),
    {
        **SCORED,
        "place": count(least=1),
        "n_distinct": count(least=1),
        "problem_id": text(),
        "sample_index": count(),
        "z": real(),
        "surprisal": real(),
        "n_tokens": count(least=1),
    },
    at_most("place", "n_distinct"),
)

TABLES: dict[str, Table] = {TYPICALITY.name: TYPICALITY, ATYPICAL.name: ATYPICAL}
