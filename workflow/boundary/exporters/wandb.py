"""Tables of Weights & Biases: what ``wandb.Table(columns=…, data=…)`` takes, as JSON.

Questions and gold answers are left out, as they are for the Hugging Face hub.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from boundary.exporters.arm import ExportedArm
from boundary.exporters.record import write_lines
from boundary.stopping import STOPPING


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``counts.table.json`` and the responses of each arm that has any, a table an arm."""
    del study
    counts = pl.concat((arm.counts for arm in arms), how="diagonal_relaxed")
    more = [name for name in ("n_unset", *STOPPING) if name in counts.columns]
    columns = [*arms[0].labels, "problem_id", "n", "correct", *more]
    _write(counts.select(columns), folder / "counts.table.json")
    for arm in arms:
        if arm.samples:
            _write(arm.responses(), folder / "responses" / f"{arm.place}.table.json")


def _write(rows: pl.DataFrame, path: Path) -> None:
    write_lines(path, [{"columns": rows.columns, "data": [*map(list, rows.iter_rows())]}])
