"""Logs of lm-evaluation-harness: a file of samples a task, and the results of the run."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def is_results(head: Head) -> bool:
    """Return whether a file holds the results of a run, and no samples."""
    return not head.listed and head.has("results", "configs") and head.has("config")


def detect(head: Head) -> str | None:
    """Return by which keys a file is a log of lm-evaluation-harness."""
    if head.has("doc_id", "doc") and any(map(head.has, ("resps", "filtered_resps", "arguments"))):
        return "its rows have doc_id, doc and resps"
    return "results and configs of a run" if is_results(head) else None


IMPORTER = Importer(
    name="lm_eval",
    about="lm-evaluation-harness with --log_samples",
    offers="trials",
    detect=detect,
    fields=("filter", "metric"),
)
