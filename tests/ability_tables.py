"""What changed between two models, by counts: tables of new ability and of sharpening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.new_ability.compute import gain_by_rate_rows, new_ability_rows
from boundary.analyses.new_ability.tables import GAIN_BY_RATE, NEW_ABILITY
from boundary.analyses.sharpening.compute import problem_rows, sharpening_row
from boundary.analyses.sharpening.tables import SHARPENING, SHARPENING_PROBLEMS
from boundary.analysis.pairs import Pair
from boundary.analysis.questions import Questions
from boundary.analysis.sharpening import sharpening
from boundary.tables import check

#: Counts by benchmark and model; the first model is the base.
Arms = Mapping[str, Mapping[str, np.ndarray]]


def pairs_of(arms: Arms, n: int) -> list[Pair]:
    """Return every other model of a benchmark beside its base."""
    pairs = []
    for benchmark, models in arms.items():
        (base, first), *others = models.items()
        size = np.full(len(first), n, dtype=np.int64)
        for model, correct in others:
            names = {"comparison": f"{base} vs {model}", "base": base, "other": model}
            labels = names | {
                "benchmark": benchmark,
                "protocol": "paper",
                "other_protocol": "paper",
            }
            ids, questions = [f"q{i}" for i in range(len(first))], Questions.distinct(len(first))
            pairs.append(Pair(labels, ids, questions, size, first, size, correct))
    return pairs


def ability_tables(arms: Arms, n: int) -> dict[str, pl.DataFrame]:
    """Return the tables of both analyses, as their jobs write them."""
    rows: dict[str, list[dict[str, Any]]] = {
        "new_ability": [],
        "gain_by_rate": [],
        "sharpening": [],
    }
    problems = []
    for pair in pairs_of(arms, n):
        line = sharpening(pair)
        rows["new_ability"] += new_ability_rows(pair, line)
        rows["gain_by_rate"] += gain_by_rate_rows(pair)
        rows["sharpening"].append(sharpening_row(pair, line))
        problems.append(problem_rows(pair, line))
    schemas = {table.name: table for table in (NEW_ABILITY, GAIN_BY_RATE, SHARPENING)}
    made = {
        name: pl.DataFrame(
            rows[name], schema={key: column.type for key, column in table.columns.items()}
        )
        for name, table in schemas.items()
    }
    made["sharpening_problems"] = pl.concat(problems)
    schemas["sharpening_problems"] = SHARPENING_PROBLEMS
    return {name: check(frame, schemas[name], name) for name, frame in made.items()}
