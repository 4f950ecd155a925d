"""Sets of solved problems: what one model solves and the other does not."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import polars as pl

from boundary.analyses.coverage.joint_prior import pair_prior
from boundary.analyses.coverage.posterior import problem_rates
from boundary.analyses.coverage.regained import Regained, regained
from boundary.analyses.coverage.sets import chances, solved_sets
from boundary.analyses.coverage.tables import COVERAGE, COVERAGE_PROBLEMS
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.frames import column_types
from boundary.analysis.pairs import Pair
from boundary.comparison_tables import SETS


def coverage_tables(pair: Pair, confidence: float = 0.95) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the 2×2 table of solved problems and the set of every problem.

    The 2×2 table is that of `boundary.analyses.coverage.sets`.  Ids that ask the same question
    are one problem, which stands under the first of them.

    Parameters
    ----------
    pair : Pair
    confidence : float
        Level of the intervals of shares regained (`regained`).

    Returns
    -------
    coverage : polars.DataFrame
        One row of COVERAGE.  n_min and n_max are the fewest and the most samples
        of an id that sets and test speak of, n_base and n_other the smallest n of
        each arm.  Its note is of the sets alone: what is to be said of the pair
        stands in CROSSOVERS.
    problems : polars.DataFrame
        COVERAGE_PROBLEMS, one row a shared problem; ``set`` counts all samples.
    """
    base, other = chances(pair)
    sets = solved_sets(pair, base, other)
    prior = pair_prior(pair)
    again = regained(pair, prior, confidence)
    row = {
        **pair.labels,
        **asdict(sets),
        **_regained_columns("base_only", again[0]),
        **_regained_columns("other_only", again[1]),
        "permitted": None,
    }
    base_solves, other_solves = pair.solved
    seen = np.where(base_solves, np.where(other_solves, 0, 1), np.where(other_solves, 2, 3))
    total, first = pair.questions.total, pair.questions.first
    problems = pl.DataFrame(
        {
            "problem_id": pl.Series(pair.problem_ids)[first],
            "set": pl.Series(SETS)[seen],
            "base_correct": total(pair.base_correct),
            "base_n": total(pair.base_n),
            "other_correct": total(pair.other_correct),
            "other_n": total(pair.other_n),
            "base_at_n": base,
            "other_at_n": other,
            "solved_next": np.fmax(again[0].chances, again[1].chances),
            **problem_rates(pair, confidence),
            "strata": None if pair.strata is None else pair.strata[first],
        },
        nan_to_null=True,
    ).with_columns(
        pl.col("settled_after").cast(pl.Int64),
        pl.col("strata").cast(pl.String),
        *(pl.lit(value).alias(name) for name, value in pair.labels.items()),
    )
    return pl.DataFrame([row], schema=column_types(COVERAGE)), problems.select(
        list(COVERAGE_PROBLEMS.columns)
    )


def _regained_columns(name: str, side: Regained) -> dict[str, float | bool | None]:
    return {
        f"{name}_halves": side.halves,
        f"{name}_regained": side.share,
        f"{name}_regained_low": side.low,
        f"{name}_regained_high": side.high,
        f"{name}_half_predicted": side.half_predicted,
        f"{name}_calibrated": side.calibrated,
        f"{name}_predicted": side.predicted,
    }


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the coverage tables of a study."""
    sets, problems = [], []
    for each in inputs.compared:
        coverage, solved = coverage_tables(each.pair, inputs.confidence)
        permitted = pl.lit(each.of.permitted, dtype=pl.String)
        sets.append(coverage.with_columns(permitted=permitted))
        problems.append(solved)
    if not sets:
        return {}
    return {COVERAGE.name: pl.concat(sets), COVERAGE_PROBLEMS.name: pl.concat(problems)}
