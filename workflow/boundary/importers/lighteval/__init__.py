"""Details of lighteval, Parquet, a file a task."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: Columns since 0.11, and before.
NEW, OLD = ("doc", "model_response", "metric"), ("example", "full_prompt", "predictions", "metrics")


def detect(head: Head) -> str | None:
    """Return by which columns a Parquet file holds details of lighteval."""
    for columns in (NEW, OLD):
        if {*columns} <= {*head.columns}:
            return f"it has columns {', '.join(columns)}"
    # Refused with a reason, which a form that is not known would not have.
    named = head.columns and head.name.startswith("details_")
    return "it is Parquet and named as details" if named else None


IMPORTER = Importer(
    name="lighteval",
    about="details of lighteval, Parquet",
    offers="trials",
    detect=detect,
    fields=("metric",),
)
