"""The spread of a study."""

from __future__ import annotations

import polars as pl
from boundary.analyses.toy_spread import SpreadOptions

from boundary.analyses.score_inputs import ScoreInputs
from boundary.columns import ARM_KEY


def compute(inputs: ScoreInputs, options: SpreadOptions) -> dict[str, pl.DataFrame]:
    """Return the lowest and the highest share of correct responses of each arm."""
    share = pl.col("correct") / pl.col("n")
    rows = inputs.enough.filter(pl.col("n") >= options.least_n)
    spread = rows.group_by(ARM_KEY).agg(
        lowest=share.min(), highest=share.max(), n_problems=pl.len().cast(pl.Int64)
    )
    return {"toy_spread": spread}
