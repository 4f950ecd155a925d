"""The line of log-odds of each comparison, and its problems beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analyses.sharpening.tables import SHARPENING, SHARPENING_PROBLEMS
from boundary.analysis.frames import column_types
from boundary.analysis.pairs import Pair
from boundary.analysis.sharpening import Sharpening


def sharpening_row(pair: Pair, made: Sharpening) -> dict[str, Any]:
    """Return the row of SHARPENING of one comparison."""
    row: dict[str, Any] = {
        **pair.labels,
        "n_problems": pair.m,
        "n_base": int(pair.base_n.min()),
        "n_other": int(pair.other_n.min()),
        "note": made.note,
    }
    if made.line and made.base and made.other:
        row |= {
            "slope": made.line.slope,
            "slope_low": made.line.low,
            "slope_high": made.line.high,
            "shift": made.line.shift,
            "correlation": made.line.correlation,
            "off_line": made.line.off,
            "sharper": made.line.sharper,
            "other_beyond": int(made.other.candidates.sum()),
            "base_beyond": int(made.base.candidates.sum()),
        }
    return row


def problem_rows(pair: Pair, made: Sharpening) -> pl.DataFrame:
    """Return the rows of SHARPENING_PROBLEMS of one comparison; none without a line."""
    types = column_types(SHARPENING_PROBLEMS)
    if not (made.base and made.other):
        return pl.DataFrame(schema=types)
    total = pair.questions.total
    beyond = np.where(made.other.candidates, 2, np.where(made.base.candidates, 1, 0))
    frame = pl.DataFrame(
        {
            "problem_id": pl.Series(pair.problem_ids)[pair.questions.first],
            "base_correct": total(pair.base_correct),
            "base_n": total(pair.base_n),
            "other_correct": total(pair.other_correct),
            "other_n": total(pair.other_n),
            "other_expected": made.other.expected,
            "other_p": made.other.p,
            "base_expected": made.base.expected,
            "base_p": made.base.p,
            "beyond": pl.Series([None, "base", "other"])[beyond],
        }
    ).with_columns(pl.lit(value).alias(name) for name, value in pair.labels.items())
    return frame.select(list(types))


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return both tables of a study; none without a comparison."""
    if not inputs.compared:
        return {}
    rows, problems = [], []
    for each, made in zip(inputs.compared, inputs.sharpening, strict=True):
        rows.append({**sharpening_row(each.pair, made), "permitted": each.of.permitted})
        problems.append(problem_rows(each.pair, made))
    return {
        SHARPENING.name: pl.DataFrame(rows, schema=column_types(SHARPENING)),
        SHARPENING_PROBLEMS.name: pl.concat(problems),
    }
