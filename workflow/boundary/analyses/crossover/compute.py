"""The differences and the verdict of every comparison."""

from __future__ import annotations

import polars as pl

from boundary.analyses.crossover import CrossoverOptions
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.differences import differences_frame
from boundary.comparison_tables import CROSSOVERS, DIFFERENCES


def compute(inputs: ScoreInputs, options: CrossoverOptions) -> dict[str, pl.DataFrame]:
    """Return the tables of differences and crossovers of a study."""
    if not inputs.compared:
        return {}
    return {
        DIFFERENCES.name: pl.concat(differences_frame(each.curve) for each in inputs.compared),
        CROSSOVERS.name: pl.concat(inputs.verdicts, how="diagonal"),
    }
