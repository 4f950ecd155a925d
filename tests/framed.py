"""Verdicts on frames of samples, without files."""

from __future__ import annotations

import polars as pl

from boundary.columns import FAULT
from boundary.verify.items import check_samples, join
from boundary.verify.setting import Setting
from boundary.verify.stream import Verifiers, collect


def verify_samples(
    problems: pl.DataFrame, samples: pl.DataFrame, setting: Setting | None = None
) -> pl.DataFrame:
    """Give every sample of one arm its verdict; ended by a fault it has none."""
    check_samples(problems, samples)
    ended = samples.filter(pl.col("finish_reason") != FAULT)
    with Verifiers(lambda kind: setting or Setting()) as verifiers:
        return collect(verifiers.verify(join(problems, ended)))
