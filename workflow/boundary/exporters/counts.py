"""Counts of all arms in one CSV, as `boundary compare` and a study's ``counts:`` read them.

Protocols are no column of such a file: with several, the file is that of each protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from boundary.exporters.arm import ExportedArm
from boundary.stopping import STOPPING
from boundary.store import write_text


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``PROTOCOL.csv`` of each protocol."""
    del study
    for protocol in sorted({arm.protocol for arm in arms}):
        rows = pl.concat(
            [arm.counts for arm in arms if arm.protocol == protocol], how="diagonal_relaxed"
        )
        columns = ["model", "benchmark", pl.col("problem_id").alias("problem"), "n", "correct"]
        columns += [name for name in ("n_unset", *STOPPING) if name in rows.columns]
        counts = rows.select(columns).sort("model", "benchmark", "problem")
        write_text(folder / f"{protocol}.csv", counts.write_csv())
