"""Responses and verdicts of the evaluation of Qwen2.5-Math, SimpleRL and limit-of-RLVR."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

METRICS = ("num_samples", "num_scores", "timeout_samples")


def detect(head: Head) -> str | None:
    """Return why a file is of this form, or the file of metrics beside one."""
    if head.has("gt_cot", "gt", "code"):
        return "its lines have gt_cot, gt and code"
    return "it has metrics of such a file" if head.has(*METRICS) else None


IMPORTER = Importer(
    name="qwen_math",
    about="lines of the evaluation of Qwen2.5-Math, SimpleRL and limit-of-RLVR",
    offers="trials",
    detect=detect,
)
