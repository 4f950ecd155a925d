"""Every Eval Ever, instance level."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return by which keys lines are samples of Every Eval Ever."""
    keys = ("schema_version", "evaluation_id", "sample_id", "interaction_type", "evaluation")
    return f"its lines have {', '.join(keys)}" if head.lines and head.has(*keys) else None


IMPORTER = Importer(
    name="every_eval_ever",
    about="Every Eval Ever, instance level",
    offers="trials",
    detect=detect,
    fields=("evaluation", "result"),
)
