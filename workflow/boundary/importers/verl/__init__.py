"""Rollouts and validations that verl writes down, a file a step of training."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return by which keys lines are verl's."""
    keys = ("input", "output", "score", "step")
    return f"its lines have {', '.join(keys)}" if head.lines and head.has(*keys) else None


IMPORTER = Importer(
    name="verl",
    about="rollouts and validations of verl, a file a step",
    offers="trials",
    detect=detect,
    fields=("gold", "verdict"),
)
