"""Published counts as CSV: ``model,problem,n,correct``, read without any heavy library.

The check of a study reads them as the job does that makes scores of them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from boundary.errors import InputError
from boundary.foreign import kind_of_file

COLUMNS = ("model", "problem", "n", "correct")
SHOWN = 5
#: Spreadsheets and data frames write 8 as 8.0.
_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0*)?")

#: Model, problem, n and correct.
CountsRow = tuple[str, str, int, int]


def read_rows(path: Path) -> list[CountsRow]:
    """Read and check a whole file of counts.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns ``model``, ``problem``, ``n`` and
        ``correct``; others are ignored.

    Returns
    -------
    list of tuple
        Model, problem (strings), n, correct (integers), in the order of the
        file; model and problem are unique.

    Raises
    ------
    InputError
        When the file is missing, empty or no such CSV, or a row has
        something other than 1 ≤ n and 0 ≤ correct ≤ n, or a model and problem
        come twice.  Names the file and the lines.
    """
    path = Path(path)
    rows: list[CountsRow] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in _records(path):
        row = _row(cells)
        if isinstance(row, str):
            faults.append(f"line {line}: {row}")
            continue
        first = seen.setdefault(row[:2], line)
        if first != line:
            faults.append(
                f"line {line}: model {row[0]}, problem {row[1]} stands on line {first} already"
            )
        rows.append(row)
    if faults:
        more = f"\n  - and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise InputError(
            f"{path}: {len(faults)} row(s) cannot be counts\n"
            + "\n".join(f"  - {fault}" for fault in faults[:SHOWN])
            + more
        )
    if not rows:
        raise InputError(f"{path}: no counts, only a header.")
    return rows


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line numbers and the four cells of each row, in the order of `COLUMNS`."""
    if not path.is_file():
        raise InputError(
            f"{path}: no such file of counts; paths are relative to the working directory."
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise InputError(
                    f"{path}: line 1 has no column {', '.join(missing)}; a file of counts begins "
                    f"with {','.join(COLUMNS)}. Found: {','.join(header) or 'nothing'}."
                )
            twice = [name for name in COLUMNS if [h.casefold() for h in header].count(name) > 1]
            if twice:
                raise InputError(
                    f"{path}: line 1 has the column {twice[0]} twice; take one of them out."
                )
            order = [header.index(name) for name in COLUMNS]
            for cells in reader:
                if not cells:
                    continue  # an empty line, such as the last
                whole = len(cells) == len(header)
                yield reader.line_num, [cells[i].strip() for i in order] if whole else cells[:0]
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as CSV in UTF-8 ({error}); it is {kind_of_file(path)}."
        ) from None


def _row(cells: list[str]) -> CountsRow | str:
    """Return a checked row, or what is wrong with it."""
    if not cells:
        return "another number of cells than the header"
    model, problem, *numbers = cells
    if not model or not problem:
        return "no model or no problem"
    for name, text in zip(COLUMNS[2:], numbers, strict=True):
        if not _INTEGER.fullmatch(text):
            return f"{name} is {text!r}, not an integer"
    n, correct = (int(text.partition(".")[0]) for text in numbers)
    if n < 1:
        return f"n is {n}, less than 1"
    if not 0 <= correct <= n:
        return f"correct is {correct}, not between 0 and n = {n}"
    return model, problem, n, correct
