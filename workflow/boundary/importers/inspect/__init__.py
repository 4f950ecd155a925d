"""Logs of Inspect: an archive ``.eval``, or one JSON document."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: Members of an archive: of a log that was closed, and of one that was begun.
HEADER, START = "header.json", "_journal/start.json"


def detect(head: Head) -> str | None:
    """Return by which members or keys a file is a log of Inspect."""
    for member in (HEADER, START):
        if member in head.members:
            return f"an archive with {member}"
    if head.has("version", "status", "eval") and not head.listed:
        return "it has version, status and eval"
    return None


IMPORTER = Importer(
    name="inspect",
    about="a log of Inspect",
    offers="trials",
    detect=detect,
    fields=("scorer",),
)
