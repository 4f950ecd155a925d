"""The problems that several arms share, and what each arm has of them, in one order."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from boundary.analysis.stopped import Counts, rule_of, stops_early
from boundary.stopping import STOPPING


def common_problems(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the problems that every arm has, by id: the rows of the first."""
    common = frames[0].sort("problem_id")
    for frame in frames[1:]:
        common = common.join(frame, on="problem_id", how="semi", maintain_order="left")
    return common


def columns_on(common: pl.DataFrame, frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return columns of an arm on the problems of all, in their order."""
    return common.select("problem_id").join(
        frame.select("problem_id", *names), on="problem_id", how="left", maintain_order="left"
    )


def counts_on(common: pl.DataFrame, frame: pl.DataFrame) -> Counts:
    """Return the counts of an arm on the problems of all, in their order."""
    names = ["n", "correct", *(STOPPING if stops_early(frame) else ())]
    rows = columns_on(common, frame, *names)
    return Counts(rows["n"].to_numpy(), rows["correct"].to_numpy(), rule_of(rows))
