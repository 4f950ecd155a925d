"""Read the rows of a data file: JSON lines, JSON, CSV or Parquet, by its name."""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from boundary import strict_json
from boundary.data.problem import Row
from boundary.errors import InputError
from boundary.foreign import kind_of_file, unreadable
from boundary.lookalikes import column_fault

_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv"}
LONGEST_CELL = 1 << 30


def format_of(path: Path) -> str:
    """Return the format by the file's name, ignoring ``.gz``.

    Raises
    ------
    InputError
        When the name ends in nothing known.
    """
    if path.suffix == ".parquet":
        return "parquet"
    named = Path(path.stem) if path.suffix == ".gz" else path
    if named.suffix not in _SUFFIXES:
        raise InputError(
            f"{path}: the name should end in .jsonl, .json or .csv (each also with .gz) or in "
            f".parquet, which tells how to read it."
        )
    return _SUFFIXES[named.suffix]


def read_rows(path: Path, form: str | None = None) -> Iterator[Row]:
    """Yield the rows of a file, in its order.

    Parameters
    ----------
    path : Path
        The file.
    form : str, optional
        ``jsonl``, ``json``, ``csv`` or ``parquet``; by default by the name.

    Raises
    ------
    InputError
        When the file is missing, truncated or not of its format; names the line.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file of problems.")
    form = form or format_of(path)
    if form == "parquet":
        yield from _parquet(path)
        return
    try:
        with _open(path) as handle:
            yield from {"jsonl": _jsonl, "json": _json, "csv": _csv}[form](path, handle)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: cannot be unpacked, so it may be truncated: {error}.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: is not text in UTF-8: {error}; it is {kind_of_file(path)}."
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}.") from None


def _open(path: Path) -> contextlib.AbstractContextManager[TextIO]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _jsonl(path: Path, handle: TextIO) -> Iterator[Row]:
    for number, line in enumerate(handle, start=1):
        if line.strip():
            yield _object(f"{path}: line {number}", _parse(f"{path}: line {number}", line))


def _json(path: Path, handle: TextIO) -> Iterator[Row]:
    rows = _parse(str(path), handle.read())
    if isinstance(rows, dict) and rows and all(isinstance(row, dict) for row in rows.values()):
        rows = list(rows.values())  # by their ids
    if not isinstance(rows, list):
        raise InputError(f"{path}: should be a list of objects; one object a line is .jsonl.")
    for i, row in enumerate(rows):
        yield _object(f"{path}: [{i}]", row)


def _parse(where: str, text: str) -> Any:
    try:
        return strict_json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where}: is not JSON, so it may be truncated: {error}.") from None
    except ValueError as error:
        raise InputError(f"{where}: {error}.") from None


def _object(where: str, row: object) -> Row:
    if not isinstance(row, dict):
        raise InputError(f"{where}: should be an object, found {type(row).__name__}.")
    _check_columns(where, tuple(row))
    return row


def _check_columns(where: str, names: tuple[str, ...]) -> None:
    fault = column_fault(names)
    if fault is not None:
        raise InputError(f"{where}: {fault}; take one of them out.")


def _csv(path: Path, handle: TextIO) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(handle, strict=True)
    try:
        _check_columns(f"{path}: line 1", tuple(reader.fieldnames or ()))
        for row in reader:
            if None in row or None in row.values():
                raise InputError(
                    f"{path}: line {reader.line_num}: another number of cells than the header."
                )
            yield dict(row)
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: is not CSV: {error}.") from None


def _parquet(path: Path) -> Iterator[Row]:
    import polars as pl

    try:
        frame = pl.read_parquet(path, hive_partitioning=False, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise InputError(unreadable(path, str(error).splitlines()[0])) from None
    _check_columns(str(path), tuple(frame.columns))
    yield from frame.iter_rows(named=True)
