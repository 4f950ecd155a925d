"""Matrices of 0 and 1, problems by samples: CSV, or arrays of NumPy."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.matrix.cells import first_rows, outcome
from boundary.importers.record import Importer

NUMPY = b"\x93NUMPY"
#: Lines by which a table is recognised: names, and rows.
_LINES = 4


def detect(head: Head) -> str | None:
    """Return why a file is a matrix: arrays of NumPy, or cells that are 0 and 1."""
    if head.magic.startswith(NUMPY) or (
        head.members and all(name.endswith(".npy") for name in head.members)
    ):
        return "it holds arrays of NumPy"
    if head.keys or not head.text:
        return None
    for row in first_rows(head.text, _LINES):
        cells = row[1:] or row  # the first may be a name
        if any(cells) and all(map(outcome, cells)):
            return "it has rows of 0 and 1"
    return None


IMPORTER = Importer(
    name="matrix",
    about="a matrix of 0 and 1, problems by samples",
    offers="counts",
    detect=detect,
    fields=("rows", "names"),
    fallback=True,
)
