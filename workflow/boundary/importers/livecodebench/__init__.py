"""Evaluations of LiveCodeBench: all samples with verdicts, or the verdicts by row."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def is_summary(head: Head) -> bool:
    """Return whether a file holds the verdicts by row, and no samples."""
    return head.listed and head.has("pass@1", "detail")


def detect(head: Head) -> str | None:
    """Return by which keys a file is an evaluation of LiveCodeBench."""
    if is_summary(head):
        return "it begins with pass@1 and its detail"
    if head.listed and head.has("question_id", "contest_date", "output_list"):
        return "its entries have question_id, contest_date and output_list"
    return None


IMPORTER = Importer(
    name="livecodebench",
    about="LiveCodeBench's _eval_all.json and _eval.json",
    offers="trials",
    detect=detect,
)
