"""The tables of a study made from scores in memory, as `boundary analyse` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from boundary.analyses.diversity.compute import measured
from boundary.analyses.diversity.tables import MEASURES
from boundary.analyses.grading.compute import graded_otherwise
from boundary.analyses.parts import schemas
from boundary.analyses.registry import analyses
from boundary.analyses.run_scores import tables_of
from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.jobs.reading import ComparisonRow, SeriesRow
from boundary.tables import SCORES, check

#: Schemas of the tables that every study has.
STUDY_TABLES = {
    name: table
    for entry in analyses().values()
    if entry.needs == "scores" and not entry.spare and entry.on
    for name, table in schemas(entry.name).items()
}


def compared(base: str, other: str) -> dict[str, Any]:
    """Return the comparison of two models for `study_tables`, and the series of both."""
    arm = {"benchmark": "bench", "protocol": "paper"}
    points = [{"model": base, "step": 0}, {"model": other, "step": 1}]
    return {
        "comparisons": [{"comparison": "c", "base": base, "other": other, **arm}],
        "series": [{"series": "s", **arm, "points": points}],
    }


def study_tables(scores: pl.DataFrame, spec: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """Return every table that the scores have something for, by name.

    ``spec`` has ``comparisons``, ``series`` and the keywords of `ScoreInputs`, all optional;
    a comparison may have ``permitted`` and ``note`` too.
    """
    scores = check(scores, SCORES, "scores of the study")
    settings = dict(spec)
    comparisons = [_admitted(row) for row in settings.pop("comparisons", None) or []]
    series = [SeriesRow.model_validate(row) for row in settings.pop("series", None) or []]
    inputs = ScoreInputs(scores, comparisons, series, **settings)
    graded = graded_otherwise(scores)
    has = {"grading": graded, "chain": _chains(scores), "training_seeds": False}
    has["format_gain"] = graded or scores["no_answer"].count() > 0
    has["extrapolation"] = False  # a second a comparison, and it shares nothing with others
    has["diversity"] = any(measured(scores)[name].count() for name in MEASURES)
    has["temperature_envelope"] = "grids" in spec
    has["controls"] = "controls" in spec
    options = {
        name: entry.options()
        for name, entry in analyses().items()
        if entry.needs == "scores" and has.get(name, True)
    }
    return {
        name: frame for made in tables_of(inputs, options).values() for name, frame in made.items()
    }


def _admitted(row: ComparisonRow | Mapping[str, Any]) -> Admitted:
    if isinstance(row, ComparisonRow):
        return Admitted(row)
    names, remarks = dict(row), ("permitted", "note")
    given = {name: names.pop(name, None) for name in remarks}
    return Admitted(ComparisonRow.model_validate(names), **given)


def _chains(scores: pl.DataFrame) -> bool:
    return "chain_correct" in scores.columns and scores["chain_correct"].count() > 0


#: A comparison of two arms of `arm`, for `study_tables`.
NAMES = {"comparison": "c", "benchmark": "bench", "protocol": "p", "base": "b", "other": "o"}


def arm(model: str, correct: Any, n: int) -> pl.DataFrame:
    """Return scores of a model with n samples a problem, of which nothing is known but c."""
    nothing = dict.fromkeys(("truncated", "no_answer", "distinct_answers"), pl.Int64)
    nothing |= {"majority_correct": pl.Boolean, "mean_tokens": pl.Float64}
    return pl.DataFrame({"correct": correct}).with_columns(
        *(
            pl.lit(value).alias(name)
            for name, value in (("model", model), ("benchmark", "bench"), ("protocol", "p"))
        ),
        pl.format("q{}", pl.int_range(pl.len())).alias("problem_id"),
        pl.lit(n, dtype=pl.Int64).alias("n"),
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in nothing.items()),
    )
