"""The lengths of one arm."""

from __future__ import annotations

import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.record import Options


def compute(arm: ArmInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the mean length of right and of wrong responses, a block in memory at a time."""
    key = ["problem_id", "sample_index"]
    blocks = [
        samples.select(*key, "n_tokens").join(verdicts.select(*key, "correct"), on=key)
        for samples, verdicts in arm.samples()
    ]
    lengths = (
        pl.concat(blocks)
        .group_by("correct")
        .agg(mean_tokens=pl.col("n_tokens").mean(), responses=pl.len().cast(pl.Int64))
    )
    labels = [pl.lit(value).alias(name) for name, value in arm.labels.items()]
    return {"toy_lengths": lengths.select(*labels, "correct", "mean_tokens", "responses")}
