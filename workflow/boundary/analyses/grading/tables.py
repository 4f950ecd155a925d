"""Schemas of pass@k and verdicts under other rules of grading."""

from __future__ import annotations

from boundary.analyses.grading import CURVES
from boundary.checking import Table, count, table, text
from boundary.comparison_tables import (
    CROSSOVER_COLUMNS,
    CROSSOVER_RULES,
    GRADING_RULES,
    PAIR,
    PAIR_KEY,
    earlier_version,
)
from boundary.tables import PASSK

GRADING = table(
    "grading",
    (*PAIR_KEY, "rule"),
    {
        **PAIR,
        "rule": text(among=GRADING_RULES),
        **CROSSOVER_COLUMNS,
        "base_problems_changed": count(),
        "base_responses_changed": count(),
        "other_problems_changed": count(),
        "other_responses_changed": count(),
    },
    *CROSSOVER_RULES,
    earlier=earlier_version,
)

TABLES: dict[str, Table] = {**dict.fromkeys(CURVES, PASSK), GRADING.name: GRADING}
