"""Completions that trainers of TRL log, a Parquet file a step of training."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

COLUMNS = ("step", "prompt", "completion")


def detect(head: Head) -> str | None:
    """Return by which columns a table is TRL's."""
    return f"it has {', '.join(COLUMNS)}" if set(COLUMNS) <= set(head.columns) else None


IMPORTER = Importer(
    name="trl",
    about="completions that TRL logs, a Parquet file a step",
    offers="trials",
    detect=detect,
    fields=("gold", "score", "verdict"),
)
