"""pass@k of every arm of a study."""

from __future__ import annotations

import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.passk import passk_table
from boundary.tables import PASSK


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the passk table of a study."""
    return {PASSK.name: passk_table(inputs.enough, confidence=inputs.confidence)}
