"""Reviews of evalscope since 1.0, and the predictions beside them."""

from __future__ import annotations

import re

from boundary.importers.head import Head
from boundary.importers.record import Importer

_OUTPUT = re.compile(r'"model_output"\s*:\s*\{')


def detect(head: Head) -> str | None:
    """Return by which keys lines are reviews or predictions of evalscope."""
    if not head.lines:
        return None
    if head.has("index", "sample_score"):
        return "its lines have index and sample_score"
    # A text is a response of other tools.
    if head.has("index", "model_output") and _OUTPUT.search(head.text):
        return "its lines have index and model_output"
    # Refused with a reason, which a form that is not known would not have.
    old = is_old(head)
    return "its lines have model_spec, as those of versions before 1.0" if old else None


def is_old(head: Head) -> bool:
    """Return whether lines are of a version before 1.0."""
    return head.has("model_spec", "answer_id")


IMPORTER = Importer(
    name="evalscope",
    about="reviews of evalscope with its predictions",
    offers="trials",
    detect=detect,
    fields=("metric",),
)
