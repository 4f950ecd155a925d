"""pass@k of answers whose chain was judged correct too."""

from __future__ import annotations

import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.passk import passk_table

COUNTED = "chain_correct"


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return pass@k of such answers, where the scores count them."""
    scores = inputs.scores
    if COUNTED not in scores.columns or not scores[COUNTED].count():
        return {}
    return {"passk_chain": passk_table(inputs.enough, COUNTED, inputs.confidence)}
