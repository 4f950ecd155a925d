"""Files: validated Parquet tables, their provenance, and errors of the disk.

A file appears under its name only when it is whole (`boundary.atomic`).
"""

from __future__ import annotations

import contextlib
import errno
import functools
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from boundary import __version__
from boundary.atomic import whole_file
from boundary.errors import InputError, StorageError, TableError
from boundary.foreign import remedy, unreadable
from boundary.inputs import note_input, refuse_input
from boundary.lookalikes import refuse_lookalikes
from boundary.spreadsheet import csv_beside, inert, table_path
from boundary.tables import Table, check

#: What a file's metadata tell of how it came to be: JSON, of other versions too.
Provenance = dict[str, Any]
METADATA_KEY = "boundary.provenance"
#: In a shard behind the first look: how many problems go on to it, of which there may be none.
GOING = "going"
#: Rows and bytes of a batch: the first is a guess, after which rows have been measured.
#: So few at most, as rows of 60 kB may follow short ones.
FIRST_ROWS, MOST_ROWS, BATCH_BYTES = 1_000, 5_000, 64 * 2**20
LIBRARIES = ("numpy", "polars", "pandera", "scipy", "torch", "transformers", "snakemake")


def write_atomic(path: Path, write: Callable[[Path], Any]) -> None:
    """Let ``write`` fill a temporary neighbour of ``path``, then rename it.

    Raises
    ------
    InputError
        When the file is an input of the same command.
    StorageError
        When the disk is full or refuses, whether Python or polars met it;
        nothing is left behind.
    """
    path = Path(path)
    refuse_input(path)
    try:
        with whole_file(path) as partial:
            write(partial)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise storage_error(path, error) from error


#: Polars gives a failed write as its own error, with the number only in its text.
_OS_ERROR = re.compile(r"\(os error (\d+)\)")


def storage_error(
    path: Path, error: OSError | pl.exceptions.PolarsError, doing: str = "written"
) -> StorageError:
    """Return the error for a file that could not be written, or be ``read``."""
    if isinstance(error, OSError):
        number = error.errno
    else:
        code = _OS_ERROR.search(str(error))
        number = int(code.group(1)) if code else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"{path}: the disk is full; nothing was left half-written. Free some space "
            f"(results/ may be moved and linked back) and run the same command again."
        )
    why = os.strerror(number) if number else str(error)
    return StorageError(f"{path}: cannot be {doing}: {why}.")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_atomic(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def write_table(
    frame: pl.DataFrame,
    path: Path,
    table: Table,
    *,
    provenance: Provenance | None = None,
    csv: bool = False,
    row_group_size: int | None = None,
) -> pl.DataFrame:
    """Validate, sort by key and write a table; return what was written.

    Parameters
    ----------
    frame : polars.DataFrame
        The rows, in any order.
    path : Path
        Where the Parquet file goes.
    table : Table
        Its schema.
    provenance : dict, optional
        What `provenance` made; stored in the file's metadata.
    csv : bool
        Whether to write a CSV beside it, for people (`csv_beside`).
    row_group_size : int, optional
        Rows that are compressed together: what is read of a few of them takes
        memory for no more.

    Raises
    ------
    InputError
        When the file is named as one of another format, or the CSV would replace
        a file that is not of this table.
    """
    path = table_path(Path(path))
    if csv:
        _refuse_foreign_csv(path)
    frame = check(frame, table, f"{path} (about to be written)").sort(table.key)
    metadata = {METADATA_KEY: json.dumps(provenance or {}, sort_keys=True)}
    write_atomic(
        path,
        lambda partial: frame.write_parquet(
            partial, compression="zstd", metadata=metadata, row_group_size=row_group_size
        ),
    )
    if csv:
        write_atomic(csv_beside(path), inert(frame).write_csv)
    return frame


def _refuse_foreign_csv(path: Path) -> None:
    """Refuse to replace a CSV beside which there is no table of ours."""
    csv = csv_beside(path)
    if csv.exists() and not _is_ours(path):
        raise InputError(
            f"{csv}: is there, and not as the CSV of {path}, beside which it would be written. "
            f"Nothing was changed; move it away or give another --output."
        )


def _is_ours(path: Path) -> bool:
    """Return whether the provenance of a table says that this package wrote it."""
    try:
        return METADATA_KEY in pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError):
        return False


def read_table(
    path: Path,
    table: Table,
    *,
    columns: Sequence[str] | None = None,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """Read a Parquet table and hold it against its schema.

    Parameters
    ----------
    path : Path
        The file.
    table : Table
        Its schema.
    columns : sequence of str, optional
        What to read; by default all columns.
    where : polars.Expr, optional
        The rows to read; by default all.

    Raises
    ------
    InputError
        When the file is missing.
    TableError
        When it is not a whole Parquet file, breaks a rule of the schema, or has
        names that no reader tells apart.
    StorageError
        When the disk does not give it, which tells nothing of what it holds.
    """
    path, table = Path(path), table if columns is None else table.only(columns)
    with _reading(path, table):
        if columns is None and where is None:
            frame = pl.read_parquet(path, hive_partitioning=False, glob=False)
        else:
            rows = _scan(path, table)
            frame = (rows if where is None else rows.filter(where)).collect()
    if where is None:
        _require_rows(frame.height, path, table)
    return distinct_names(check(frame, table, str(path)), table, str(path))


def read_tables(
    paths: Iterable[Path], table: Table, *, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Read several files of one table into one frame, checked also as a whole."""
    paths = [Path(path) for path in paths]
    if len(paths) == 1:
        return read_table(paths[0], table, columns=columns)
    frames = [read_table(path, table, columns=columns) for path in paths]
    kept = table if columns is None else table.only(columns)
    where = f"{paths[0]} and {len(paths) - 1} more"
    return distinct_names(as_whole(frames, kept, where), kept, where)


def as_whole(frames: Sequence[pl.DataFrame], table: Table, where: str) -> pl.DataFrame:
    """Join frames of one table, each checked, and check what only all of them tell."""
    whole = pl.concat(frames, how="diagonal")
    alike = all(frame.columns == whole.columns for frame in frames)
    return whole if alike and table.no_key_twice(whole) else check(whole, table, where)


def distinct_names(frame: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    """Require that a reader can tell the names in the key apart.

    Of files that are read alone: what cost GPU time is written in any case.
    """
    for name in table.key:
        if frame.schema[name] == pl.String:
            refuse_lookalikes(frame[name], where)
    return frame


def read_batches(
    path: Path,
    table: Table,
    *,
    columns: Sequence[str],
    most_bytes: int = BATCH_BYTES,
) -> Iterator[pl.DataFrame]:
    """Read a Parquet table a few rows at a time, in their order.

    Parameters
    ----------
    path : Path
        The file.
    table : Table
        Its schema, which each batch is held against; keys that repeat are seen
        within a batch alone.
    columns : sequence of str
        What to read.
    most_bytes : int
        About how much a batch may hold.

    Yields
    ------
    polars.DataFrame
        At least one row each.

    Raises
    ------
    InputError, TableError, StorageError
        As of `read_table`.
    """
    path, table = Path(path), table.only(columns)
    with _reading(path, table):
        rows = _scan(path, table)
    start, length = 0, FIRST_ROWS
    while True:
        with _reading(path, table):
            frame = rows.slice(start, length).collect()
        if frame.height:
            yield check(frame, table, str(path))
        if frame.height < length:
            _require_rows(start + frame.height, path, table)
            return
        start += frame.height
        a_row = max(1.0, frame.estimated_size() / frame.height)
        # Rows grow and shrink along a file, so that a step is never much above the last.
        length = max(1, min(int(most_bytes / a_row), 4 * length, MOST_ROWS))


def read_lengths(path: Path, table: Table, column: str) -> pl.DataFrame:
    """Return the key of each row of a Parquet table and the bytes of one text, in ``bytes``.

    The texts themselves are never held together, however long they are.

    Raises
    ------
    InputError, TableError, StorageError
        As of `read_table`.
    """
    path, table = Path(path), table.only((*table.key, column))
    with _reading(path, table):
        rows = _scan(path, table)
        check(rows.limit(0).collect(), table, str(path))
        size = pl.col(column).str.len_bytes().fill_null(0).alias("bytes")
        return rows.select(*table.key, size).collect(engine="streaming")


def _scan(path: Path, table: Table) -> pl.LazyFrame:
    """Return the columns of a table that a file has, not yet read."""
    rows = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    held = rows.collect_schema()
    # Categories and bytes are text whose lengths and members a query cannot tell, and so
    # is a column in which all is null.
    return rows.select(
        pl.col(name).cast(pl.String if held[name] != pl.Null else column.type)
        if held[name] in (pl.Categorical, pl.Enum, pl.Binary, pl.Null)
        else pl.col(name)
        for name, column in table.columns.items()
        if name in held
    )


@contextlib.contextmanager
def _reading(path: Path, table: Table) -> Iterator[None]:
    """Say of an error of reading which file and whose fault it is."""
    _require_file(path, f"a {table.name} table is expected there")
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, error) from None
    except pl.exceptions.PanicException as error:  # some damage, which is no Exception
        raise TableError(unreadable(path, str(error).splitlines()[0])) from None


def _unreadable(
    path: Path, error: OSError | pl.exceptions.PolarsError
) -> TableError | StorageError:
    if isinstance(error, OSError) or _OS_ERROR.search(str(error)):
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        return StorageError(
            f"{path}: cannot be read now: {why}. Nothing was changed; see to the disk and run the "
            f"same command again."
        )
    return TableError(unreadable(path, str(error).splitlines()[0]))


def _require_rows(rows: int, path: Path, table: Table) -> None:
    """Require a table to have rows, where one without says nothing."""
    if not rows and table.filled and read_provenance(path).get(GOING) != 0:
        raise TableError(
            f"{path}: this {table.name} table has no rows, so there is nothing to work on. Make it "
            f"again, or give the right file."
        )


def _require_file(path: Path, expected: str) -> None:
    """Require a file to be there, and note it as read."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder, and no such file; {expected}. Name one file.")
    if not path.is_file():
        raise InputError(f"{path}: no such file; {expected}.")
    note_input(path)


def read_provenance(path: Path) -> Provenance:
    """Return the provenance of a Parquet file, empty when it has none.

    Raises
    ------
    InputError
        When the file is missing.
    TableError
        When it is not a whole Parquet file, or its provenance is not JSON.
    StorageError
        When the disk does not give it.
    """
    path = Path(path)
    _require_file(path, "a table with its provenance is expected there")
    try:
        text = pl.read_parquet_metadata(path).get(METADATA_KEY)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, error) from None
    try:
        content = json.loads(text) if text else {}
    except ValueError as error:
        raise TableError(
            f"{path}: its provenance is not JSON ({error}), so another tool has changed the "
            f"file. {remedy(path)}"
        ) from None
    return content if isinstance(content, dict) else {}


def provenance(**details: object) -> Provenance:
    """Describe how a file came to be: code, libraries, machine, time.

    ``details`` adds what the stage knows, such as the engine or a digest.
    The time honours ``SOURCE_DATE_EPOCH``, with which files are identical to
    the byte.
    """
    return {
        "package": f"boundary {__version__}",
        "git": git_state(),
        "python": platform.python_version(),
        "libraries": _library_versions(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "time": _now(),
        **details,
    }


def _now() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f"SOURCE_DATE_EPOCH is {epoch!r}; it must be a number of seconds since 1970. "
            f"Unset it or correct it."
        ) from None
    return moment.isoformat(timespec="seconds")


@functools.cache
def git_state() -> str:
    """Return the commit of the running code, ``+`` when edited, else unknown."""
    here = Path(__file__).resolve().parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty=+", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()


def _library_versions() -> dict[str, str]:
    """Return the versions of the libraries that this process has loaded, and no other's."""
    versions = {}
    for name in LIBRARIES:
        if name not in sys.modules:
            continue
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
