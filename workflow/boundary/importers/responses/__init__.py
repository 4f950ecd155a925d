"""Responses as JSON lines of any tool, by the names of their fields."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer
from boundary.importers.responses.fields import FIELDS


def detect(head: Head) -> str | None:
    """Return the fields by which objects hold responses or verdicts, and what they answer."""
    if not (head.lines or head.listed):
        return None
    folded = {key.casefold(): key for key in head.keys}
    there = {
        held: [folded[name] for name in names if name in folded] for held, names in FIELDS.items()
    }
    there |= {held: [key] for held, key in head.given.items() if head.has(key)}
    trial, problem = (
        next((there[held][0] for held in several if there.get(held)), None)
        for several in (("response", "verdict"), ("problem", "question"))
    )
    if trial is None or problem is None:
        return None
    return f"its objects have {problem} and {trial}"


IMPORTER = Importer(
    name="responses",
    about="responses, an object of JSON a line",
    offers="trials",
    detect=detect,
    fields=tuple(FIELDS),
    fallback=True,
)
