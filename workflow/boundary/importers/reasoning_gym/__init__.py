"""Results of the evaluation of reasoning-gym: one file of a run, or one a data set."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

RUN, DATA_SET = ("metadata", "categories"), ("name", "category", "results")


def detect(head: Head) -> str | None:
    """Return by which keys a document is one of results."""
    keys = next((keys for keys in (RUN, DATA_SET) if head.has(*keys)), None)
    return f"it has {', '.join(keys)}" if keys and not head.listed else None


IMPORTER = Importer(
    name="reasoning_gym",
    about="results of reasoning-gym's evaluation",
    offers="trials",
    detect=detect,
)
