"""Marks of a tally, a problem a line: ``p1: x..x`` is right twice of four."""

from boundary.importers.head import Head
from boundary.importers.record import Importer


def detect(head: Head) -> str | None:
    """Return why a file is a tally."""
    return "it begins with the word tally" if head.text.startswith("tally\n") else None


IMPORTER = Importer(name="toy", about="a tally", offers="counts", detect=detect)
