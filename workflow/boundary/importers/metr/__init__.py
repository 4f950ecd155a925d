"""Runs of agents on METR's tasks, with how long people take for each."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return by which keys lines are METR's runs."""
    keys = ("task_id", "task_family", "alias", "score_binarized", "human_minutes")
    return f"it has keys {', '.join(keys)}" if head.has(*keys) else None


IMPORTER = Importer(
    name="metr",
    about="runs of METR's time-horizon analysis, JSON lines",
    offers="trials",
    detect=detect,
)
