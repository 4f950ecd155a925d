"""What simulated models retained, learned and forgot, by a stratum too."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from boundary.analyses.solved_sets.compute import pair_rows
from boundary.analysis.pairs import pair_arms


def solved_tables(arms: Mapping[str, Mapping[str, np.ndarray]], n: int) -> dict[str, pl.DataFrame]:
    """Return the table of ``arms[benchmark][model] = counts``; the first model is the base."""
    frames = []
    for benchmark, models in arms.items():
        base, *others = models
        scores = {
            model: pl.DataFrame({"problem_id": np.arange(len(counts)).astype(str)}).with_columns(
                pl.lit(model).alias("model"),
                pl.lit(benchmark).alias("benchmark"),
                pl.lit("paper").alias("protocol"),
                pl.lit(n, dtype=pl.Int64).alias("n"),
                pl.Series("correct", counts, dtype=pl.Int64),
                pl.Series("strata", [f'{{"level":"{i % 3}"}}' for i in range(len(counts))]),
            )
            for model, counts in models.items()
        }
        for model in others:
            frames.append(pair_rows(pair_arms(scores[base], scores[model], f"{base} vs {model}")))
    return {"solved_sets": pl.concat(frames)}
