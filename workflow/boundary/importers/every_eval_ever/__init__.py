"""Every Eval Ever, instance level."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return by which keys lines are samples of Every Eval Ever."""
    keys = ("schema_version", "evaluation_id", "sample_id", "interaction_type", "evaluation")
    return f"its lines have {', '.join(keys)}" if head.lines and head.has(*keys) else None


def aggregate(head: Head) -> str | None:
    """Say what an aggregate file lacks."""
    if not head.has("schema_version", "evaluation_id", "evaluation_results"):
        return None
    return (
        "is an aggregate of Every Eval Ever, scores of whole benchmarks, of which none tells how "
        "often each problem was solved. Give the instance-level files, JSON lines, which it names "
        "under detailed_evaluation_results where there are any."
    )


IMPORTER = Importer(
    name="every_eval_ever",
    about="Every Eval Ever, instance level",
    offers="trials",
    detect=detect,
    fields=("evaluation", "result"),
    other=aggregate,
)
