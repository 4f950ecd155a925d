"""Counts as CSV, ``model,problem,n,correct`` and like forms, read without any heavy library.

The check of a study, the job that makes scores of a file and the comparison of
files of one's own read them alike.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, NoReturn, TextIO

from boundary.errors import InputError
from boundary.foreign import kind_of_file
from boundary.stopping import STOPPING, StoppingRule

#: What columns hold, under the name that is documented, and other names for each; case is none.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "model": ("submission",),
    "benchmark": (),
    "problem": ("problem_id", "task_id", "question_id", "id"),
    "n": ("total", "trials", "samples"),
    "correct": ("num_correct", "passes", "c"),
    "n_unset": ("unset",),
    **dict.fromkeys(STOPPING, ()),
}
#: Without these a file holds no counts.
NEEDED = ("problem", "n", "correct")
_NAMES = ("model", "benchmark", "problem")
#: Columns of whole numbers, in the order of a row.
NUMBERS = ("n", "correct", "n_unset", *STOPPING)
SEPARATORS = ",;\t"
SHOWN = 5
#: Spreadsheets and data frames write 8 as 8.0.
_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0*)?")
#: Controls, and what stands for a byte that is no UTF-8 where a file is read with
#: ``surrogateescape``.
_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class CountsRow(NamedTuple):
    """Counts of one model on one problem.

    Model and benchmark are None where the file has no such column, ``n_unset``
    (trials without outcome) and the rule by which problems stopped early also where the cell
    is empty.  ``line`` is that of the file, ``more`` what its further columns hold.
    """

    model: str | None
    benchmark: str | None
    problem: str
    n: int
    correct: int
    n_unset: int | None
    line: int
    more: Mapping[str, object] = {}
    n_max: int | None = None
    first_look: int | None = None
    stop_after: int | None = None

    @property
    def longest(self) -> int:
        """Trials that the problem had or, where it stopped early, might have had."""
        return self.n_max or self.n


@dataclass(frozen=True)
class CountsFile:
    """A whole file of counts.

    Attributes
    ----------
    rows : list of CountsRow
        In the order of the file; model, benchmark and problem are unique.
    columns : dict
        The columns that were read as they are called in the file, by what they hold.
    """

    rows: list[CountsRow]
    columns: dict[str, str]

    @property
    def synonyms(self) -> dict[str, str]:
        """The columns that have another name than the documented one, by what they hold."""
        return {k: name for k, name in self.columns.items() if name.casefold() != k}

    @property
    def models(self) -> list[str]:
        """The models of the file, each once; none where it has no such column."""
        return list(dict.fromkeys(row.model for row in self.rows if row.model is not None))

    def of_model(self, name: str, benchmark: str | None = None) -> list[CountsRow]:
        """Return the rows of a model, on one benchmark where that is named.

        A file that tells no models, or no benchmarks, apart is of any.
        """
        return [
            row
            for row in self.rows
            if row.model in (None, name)
            and (benchmark is None or row.benchmark in (None, benchmark))
        ]


def source_of(source: str, model: str) -> tuple[str, str]:
    """Return the file of a source ``counts:FILE[#NAME]``, and the model's name in it."""
    path, _, name = source.removeprefix("counts:").partition("#")
    return path, name or model


def read_rows(
    source: Path | TextIO, name: str | None = None, columns: Mapping[str, str] | None = None
) -> CountsFile:
    """Read and check a whole file of counts.

    Parameters
    ----------
    source : Path or text stream
        CSV in UTF-8, with or without a byte order mark, separated by commas,
        semicolons or tabs.  It has the columns ``problem``, ``n`` and
        ``correct``, and where wanted ``model``, ``benchmark`` and ``n_unset``, in
        any order and case, under these names or one of `SYNONYMS`; others are
        further columns.  A stream that is opened with ``errors="surrogateescape"``
        has the line told that is no UTF-8.
    name : str, optional
        What messages call it; default: the path.
    columns : mapping, optional
        Names of columns by what they hold, where they are not to be guessed:
        ``{"problem": "task_id"}``.

    Returns
    -------
    CountsFile

    Raises
    ------
    InputError
        When the file is missing, empty or no such CSV, two columns hold the
        same, or a row has something other than 1 ≤ n, 0 ≤ correct ≤ n and
        0 ≤ n_unset ≤ n − correct, or a model, benchmark and problem come
        twice.  Names the file and the lines.
    """
    where = name or str(source)
    if isinstance(source, Path):
        if not source.is_file():
            raise InputError(
                f"{where}: no such file of counts; paths are relative to the working directory."
            )
        with source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
            return _read(handle, where, columns or {}, source)
    return _read(source, where, columns or {})


def _read(
    lines: TextIO, where: str, given: Mapping[str, str], path: Path | None = None
) -> CountsFile:
    """Read an open file; its path tells what it is where it turns out to be no CSV."""
    rows = RowCheck(where)
    number = 1
    try:
        first = lines.readline().removeprefix("\ufeff")
        mark = _separator(first, given)
        reader = csv.reader(_readable(first, lines), delimiter=mark, strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        columns = columns_of(header, f"{where}: line 1", given)
        places = {held: header.index(column) for held, column in columns.items()}
        further = {name: i for i, name in enumerate(header) if i not in places.values() and name}
        number += reader.line_num
        for cells in reader:
            line, number = reader.line_num, reader.line_num + 1
            if cells:  # none in an empty line, such as the last
                rows.add(_row(cells, places, further, len(header), line), line)
    except (csv.Error, UnicodeDecodeError) as error:
        kind = f"; it is {kind_of_file(path)}" if path else ""
        raise InputError(
            f"{where}: cannot be read as CSV in UTF-8 (line {number}: {error}){kind}."
        ) from None
    return rows.finished(columns)


class RowCheck:
    """The rows of one file as they are read: what cannot be counts, and what stands twice."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._rows: list[CountsRow] = []
        self._faults: list[str] = []
        self._seen: dict[tuple[str | None, ...], int] = {}

    def add(self, row: CountsRow | str, line: int) -> None:
        """Take a row, or what is wrong with it.

        Parameters
        ----------
        row : CountsRow or str
            Of any numbers.
        line : int
            Where it stands in the file.
        """
        if not isinstance(row, str):
            row = _out_of_bounds(row.n, row.correct, row.n_unset or 0) or _no_end(row) or row
        if isinstance(row, str):
            self._faults.append(f"line {line}: {row}")
            return
        before = self._seen.setdefault(row[:3], line)
        if before != line:
            named = ", ".join(f"{k} {v}" for k, v in zip(_NAMES, row[:3], strict=True) if v)
            self._faults.append(f"line {line}: {named} stands on line {before} already")
        self._rows.append(row)

    def finished(self, columns: dict[str, str]) -> CountsFile:
        """Return the file.

        Parameters
        ----------
        columns : dict
            Names of its columns by what they hold.

        Raises
        ------
        InputError
            When it has no row, or rows that cannot be counts; names the lines.
        """
        if self._faults:
            hidden = len(self._faults) - SHOWN
            more = f"\n  - and {hidden} more" if hidden > 0 else ""
            raise InputError(
                f"{self._where}: {len(self._faults)} row(s) cannot be counts\n"
                + "\n".join(f"  - {fault}" for fault in self._faults[:SHOWN])
                + more
            )
        if not self._rows:
            raise InputError(f"{self._where}: no counts, only a header.")
        return CountsFile(self._rows, columns)


def _readable(first: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a file as long as they are text."""
    for line in chain([first], lines):
        if _NO_TEXT.search(line):
            raise csv.Error("bytes that are no text in UTF-8")
        yield line


def _separator(first: str, given: Mapping[str, str]) -> str:
    """Return what separates the cells of the first line: that by which most columns are known."""
    known = {name for held, others in SYNONYMS.items() for name in (held, *others)}
    known |= {column.casefold() for column in given.values()}

    def columns(mark: str) -> tuple[int, int]:
        cells = [cell.strip().casefold() for cell in next(csv.reader([first], delimiter=mark), [])]
        return len(known.intersection(cells)), len(cells)

    return max(SEPARATORS, key=columns)


def columns_of(header: Sequence[str], where: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the columns to read by what they hold.

    Parameters
    ----------
    header : sequence of str
        All columns of the file.
    where : str
        What messages call the place where they stand.
    given : mapping of str to str
        Those that are not to be guessed.

    Raises
    ------
    InputError
        When one of `NEEDED` is missing, or two columns hold the same.
    """
    columns: dict[str, str] = {}
    for held, asked in given.items():
        if held not in SYNONYMS:
            raise InputError(
                f"{where}: counts have no {held!r}; there are: {', '.join(SYNONYMS)} "
                f"(asked for: {held}={asked})."
            )
        names = [asked] if header.count(asked) == 1 else header
        columns[held] = _only(names, (asked,), where, held) or _none(header, where, asked)
        if list(columns.values()).count(columns[held]) > 1:
            raise InputError(f"{where}: the column {columns[held]!r} cannot be two things at once.")
    left = [name for name in header if name not in columns.values()]
    for held, others in SYNONYMS.items():
        if held not in columns and (name := _only(left, (held, *others), where, held)):
            columns[held] = name
    if missing := [held for held in NEEDED if held not in columns]:
        _none(header, where, ", ".join(missing))
    return columns


def _only(header: Sequence[str], names: tuple[str, ...], where: str, held: str) -> str | None:
    """Return the one column that has one of some names, in any case."""
    folded = {name.casefold() for name in names}
    there = [name for name in header if name.casefold() in folded]
    if len(there) > 1:
        raise InputError(
            f"{where} has {len(there)} columns for {held}: {', '.join(there)}. Take out or "
            f"rename all but one."
        )
    return there[0] if there else None


def _none(header: Sequence[str], where: str, missing: str) -> NoReturn:
    raise InputError(
        f"{where} has no column {missing}; a file of counts has the columns "
        f"{', '.join(NEEDED)} and where wanted model, benchmark, n_unset, {', '.join(STOPPING)}, "
        f"separated by commas, semicolons or tabs. Found: {','.join(header) or 'nothing'}."
    )


def _row(
    cells: list[str], places: Mapping[str, int], further: Mapping[str, int], width: int, line: int
) -> CountsRow | str:
    """Return a row of any numbers, or what is wrong with it."""
    if len(cells) != width:
        return "another number of cells than the header"
    of = {held: cells[place].strip() for held, place in places.items()}
    if empty := [held for held in _NAMES if of.get(held) == ""]:
        return f"no {' and no '.join(empty)}"
    numbers: list[int | None] = []
    for held in NUMBERS:
        text = of.get(held, "")
        if text == "" and held not in NEEDED:
            numbers.append(None)
        elif not _INTEGER.fullmatch(text):
            return f"{held} is {text!r}, not an integer"
        else:
            numbers.append(int(text.partition(".")[0]))
    n, correct, unset, *rule = numbers
    more = {name: cells[place] for name, place in further.items() if cells[place]}
    names = of.get("model"), of.get("benchmark"), of["problem"]
    return CountsRow(*names, n or 0, correct or 0, unset, line, more, *rule)


def _out_of_bounds(n: int, correct: int, n_unset: int) -> str | None:
    if n < 1:
        return f"n is {n}, less than 1"
    if not 0 <= correct <= n:
        return f"correct is {correct}, not between 0 and n = {n}"
    if not 0 <= n_unset <= n - correct:
        return (
            f"n_unset is {n_unset}, not between 0 and the {n - correct} of n = {n} that are not "
            f"correct"
        )
    return None


def _no_end(row: CountsRow) -> str | None:
    """Say why no problem can end so by the rule of its row; None without a rule."""
    named = {name: getattr(row, name) for name in STOPPING}
    rule = {name: value for name, value in named.items() if value is not None}
    if not rule:
        return None
    if missing := [name for name in STOPPING if name not in rule]:
        return f"no {' and no '.join(missing)}, without which the others are no rule of stopping"
    for name, value in rule.items():
        if value < 1:
            return f"{name} is {value}, less than 1"
    return StoppingRule(**rule).impossible(row.n, row.correct)
