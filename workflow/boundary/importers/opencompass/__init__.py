"""Predictions of opencompass, and the details of the results beside them."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def is_results(head: Head) -> bool:
    """Return whether a file holds verdicts, and no predictions."""
    marks = ('"example_abbr"', '"origin_prediction"')
    return not head.listed and head.has("details") and any(mark in head.text for mark in marks)


def detect(head: Head) -> str | None:
    """Return why a file is one of opencompass: entries by number, or their details."""
    if is_results(head):
        return "it has details of predictions"
    if head.listed or head.keys[:1] != ("0",):
        return None
    marks = ('"origin_prompt"', '"prediction"')
    seen = any(mark in head.text for mark in marks)
    return "it has predictions by number, from 0" if seen else None


IMPORTER = Importer(
    name="opencompass",
    about="predictions of opencompass with the details of its results",
    offers="trials",
    detect=detect,
)
