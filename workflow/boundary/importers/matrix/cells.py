"""Tables of 0 and 1 as text, with or without names of rows and columns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Literal

from boundary.errors import InputError
from boundary.importers.responses.fields import FIELDS

#: What a cell tells of a trial; the last is one without outcome.
Outcome = Literal["right", "wrong", "unset"]
_WORDS: dict[str, Outcome] = {
    **dict.fromkeys(("1", "1.0", "true"), "right"),
    **dict.fromkeys(("0", "0.0", "false"), "wrong"),
    **dict.fromkeys(("", "nan", "na", "null", "none"), "unset"),
}
_SEPARATORS = ",;\t "
#: Names of a first column that holds ids, whatever they look like; pandas gives it none.
_CORNERS = frozenset(("", "problem", *FIELDS["problem"]))


@dataclass(frozen=True)
class Cells:
    """A table of outcomes.

    Attributes
    ----------
    outcomes : list of list of str
        Of rows, all of one length.
    rows, columns : list of str or None
        Their names, where the table has any.
    lines : list of int
        Of each row, in the file.
    """

    outcomes: list[list[Outcome]]
    rows: list[str] | None
    columns: list[str] | None
    lines: list[int]


def outcome(cell: str) -> Outcome | None:
    """Return what a cell tells; None where it is no outcome."""
    text = cell.strip().casefold()
    if text in _WORDS:
        return _WORDS[text]
    try:
        return {0.0: "wrong", 1.0: "right"}.get(float(text))  # type: ignore[return-value]
    except ValueError:
        return None


def first_rows(text: str, number: int) -> list[list[str]]:
    """Return the cells of the first lines that are not empty."""
    lines = [line for line in text.splitlines() if line.strip()][:number]
    return [cells for _, cells in _rows(lines, strict=False)]


def _rows(lines: list[str], strict: bool) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that is not blank, with its number.

    A line of separators alone is a problem all of whose trials lack an outcome:
    without it the rows below would be taken for other problems.
    """
    first = next(filter(None, lines), "")
    mark = max(_SEPARATORS, key=lambda each: (first.count(each), each != " "))
    reader = csv.reader(lines, delimiter=mark, strict=strict)
    return [
        (reader.line_num, cells)
        for cells in reader
        if any(map(str.strip, cells)) or (len(cells) > 1 and mark != " ")
    ]


def _is_header(first: list[str]) -> bool:
    """Return whether a first line is names, such as pandas': none, then 0, 1 and so on."""
    numbered = ["", *map(str, range(len(first) - 1))]
    return first == numbered or not all(map(outcome, first[1:] or first))


def read_cells(text: str, where: str) -> Cells:
    """Read a table.

    Parameters
    ----------
    text : str
        Lines whose cells are separated by commas, semicolons, tabs or spaces.
    where : str
        What messages call the file.

    Raises
    ------
    InputError
        When a cell is neither 0 nor 1, lines are of several lengths, or there is none.
    """
    try:
        rows = _rows(text.splitlines(), strict=True)
    except csv.Error as error:
        raise InputError(f"{where}: cannot be read as CSV: {error}.") from None
    header = rows.pop(0)[1] if rows and _is_header(rows[0][1]) else None
    if not rows:
        raise InputError(f"{where}: no row of 0 and 1.")
    width = len(header or rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise InputError(
                f"{where}: line {line}: has {len(cells)} cells, and the first line has {width}; "
                f"the file may be half-written."
            )
    corner = header[0].strip().casefold() if header else None
    named_rows = width > 1 and (
        corner in _CORNERS or not all(outcome(cells[0]) for _, cells in rows)
    )
    begin = int(named_rows)
    outcomes = []
    for line, cells in rows:
        row = [outcome(cell) for cell in cells[begin:]]
        if None in row:
            place = row.index(None) + begin
            raise InputError(
                f"{where}: line {line}, cell {place + 1}: {cells[place][:40]!r} is neither 0 nor 1."
            )
        outcomes.append([each for each in row if each is not None])
    return Cells(
        outcomes,
        [cells[0].strip() for _, cells in rows] if named_rows else None,
        [cell.strip() for cell in header[begin:]] if header else None,
        [line for line, _ in rows],
    )
