"""Numbers of correct responses, as CSV or a JSON object a problem."""

from __future__ import annotations

from boundary.counts_csv import NEEDED, SYNONYMS
from boundary.importers.head import Head
from boundary.importers.record import Importer
from boundary.importers.responses.fields import FIELDS

#: Files with one of these hold responses, whatever they count.
_RESPONSES = frozenset(FIELDS["response"]) - {"samples"}


def detect(head: Head) -> str | None:
    """Return by which columns a file is one of counts."""
    names = head.keys or head.header
    folded = {name.casefold(): name for name in names}
    if not _RESPONSES.isdisjoint(folded):
        return None
    columns = []
    for held in NEEDED:
        there = [folded[name] for name in (held, *SYNONYMS[held]) if name in folded]
        if held not in head.given and not there:
            return None
        columns += there[:1]
    if not columns or any(isinstance((head.first or {}).get(name), list) for name in columns):
        return None
    return f"it has {'keys' if head.keys else 'columns'} {', '.join(columns)}"


IMPORTER = Importer(
    name="counts",
    about="counts, a problem a line",
    offers="counts",
    detect=detect,
    fields=tuple(SYNONYMS),
)
