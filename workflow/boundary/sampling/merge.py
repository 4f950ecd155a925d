"""Merge the parts of a block into its shard, a few problems at a time.

What is held in memory follows from `GROUP_BYTES` and not from the size of the
block, and the bytes of the shard follow from its rows, however they were
spread over parts.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from boundary.errors import StorageError, TableError
from boundary.store import METADATA_KEY, write_atomic, write_table
from boundary.tables import SAMPLES
from boundary.wording import first_of

#: Bytes of rows that merging holds at once, and that a row group of a shard has.
GROUP_BYTES = 8 * 2**20
#: Bytes of a row beside its response and its lists of tokens.
ROW_BYTES = 200
#: 6 to 16 % less on disk than level 3, at 40 MB of text a second; reading costs
#: the same (tests/benchmarks/sample_disk.py).
ZSTD_LEVEL = 9
#: Problems that an error names.
SHOWN = 5


@dataclass
class _Problem:
    """Where the rows of a problem are."""

    rows: int = 0
    bytes: int = 0
    parts: list[Path] = field(default_factory=list)


def merge(
    parts: Sequence[Path],
    shard: Path,
    expected: Mapping[str, int],
    scratch: Path,
    provenance: Mapping[str, object],
) -> None:
    """Write the rows of all parts into one shard, sorted by key and checked.

    Parameters
    ----------
    parts : sequence of Path
        Sample tables, whose rows lie in any order; a column that one of them lacks, as
        token ids where an earlier job kept none, is left out.
    shard : Path
        The file to write.
    expected : mapping
        Rows that each problem must have.
    scratch : Path
        Folder for sorted pieces; emptied first, and removed in the end.
    provenance : mapping
        What `boundary.store.provenance` made.

    Raises
    ------
    TableError
        When a problem has too few or too many rows, or a row stands there twice.
    StorageError
        When a part cannot be read, or the disk is full.
    """
    by_problem = _index(parts)
    _check_counts(by_problem, expected, shard)
    if not by_problem:  # every problem has stopped before
        types = {name: c.dtype.type for name, c in SAMPLES.schema.columns.items() if c.required}
        write_table(pl.DataFrame(schema=types), shard, SAMPLES, provenance=dict(provenance))
        return
    rows = sum(problem.rows for problem in by_problem.values())
    group = max(1, GROUP_BYTES * rows // max(1, sum(each.bytes for each in by_problem.values())))
    shutil.rmtree(scratch, ignore_errors=True)  # of a job that was killed here
    try:
        pieces: list[Path] = []
        columns = _common(parts)
        for names in _runs(by_problem, group):
            pieces.append(scratch / f"{len(pieces):06d}.parquet")
            write_table(_rows_of(names, by_problem, columns), pieces[-1], SAMPLES)
        metadata = {METADATA_KEY: json.dumps(dict(provenance), sort_keys=True)}
        whole = pl.scan_parquet(pieces, glob=False, hive_partitioning=False)
        write_atomic(
            shard,
            lambda partial: whole.sink_parquet(
                partial,
                compression="zstd",
                compression_level=ZSTD_LEVEL,
                row_group_size=group,
                metadata=metadata,
            ),
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _index(parts: Sequence[Path]) -> dict[str, _Problem]:
    """Read in which parts each problem has rows, and how many and how long they are."""
    by_problem: dict[str, _Problem] = {}
    for part in parts:
        with _reading(part):
            counts = _sizes(pl.scan_parquet(part, glob=False, hive_partitioning=False))
        for name, rows, size in counts.iter_rows():
            problem = by_problem.setdefault(name, _Problem())
            problem.rows += rows
            problem.bytes += size
            problem.parts.append(part)
    return by_problem


def _sizes(part: pl.LazyFrame) -> pl.DataFrame:
    """Return problem, rows, and bytes of those rows."""
    size = pl.col("response").str.len_bytes() + ROW_BYTES
    if "token_ids" in part.collect_schema():
        size += 16 * pl.col("token_ids").list.len().fill_null(0)
    return part.group_by("problem_id").agg(pl.len(), size.sum().alias("bytes")).collect()


def _check_counts(
    by_problem: Mapping[str, _Problem], expected: Mapping[str, int], shard: Path
) -> None:
    counts = {name: problem.rows for name, problem in by_problem.items()}
    wrong = [
        f"{name!r} has {counts.get(name, 0)} of {expected.get(name, 0)}"
        for name in sorted(counts.keys() | expected.keys())
        if counts.get(name, 0) != expected.get(name, 0)
    ]
    if wrong:
        raise TableError(
            f"{shard}: problems have too few or too many samples: {first_of(wrong, SHOWN)}."
        )


def _runs(by_problem: Mapping[str, _Problem], group: int) -> Iterator[list[str]]:
    """Split the sorted problems into runs of at most ``group`` rows, one problem at least."""
    run: list[str] = []
    rows = 0
    for name in sorted(by_problem):
        if run and rows + by_problem[name].rows > group:
            yield run
            run, rows = [], 0
        run.append(name)
        rows += by_problem[name].rows
    if run:
        yield run


def _common(parts: Sequence[Path]) -> list[str]:
    """Return the columns that every part has, in the order of the table."""
    held = [set(pl.read_parquet_schema(part)) for part in parts]
    return [name for name in SAMPLES.columns if all(name in columns for columns in held)]


def _rows_of(
    names: Sequence[str], by_problem: Mapping[str, _Problem], columns: Sequence[str]
) -> pl.DataFrame:
    """Read the rows of some problems from the parts that have any."""
    parts = sorted({part for name in names for part in by_problem[name].parts})
    with _reading(parts[0].parent):
        rows = pl.concat(
            pl.scan_parquet(part, glob=False, hive_partitioning=False).select(columns)
            for part in parts
        )
        return rows.filter(pl.col("problem_id").is_in(names)).collect(engine="streaming")


@contextmanager
def _reading(where: Path) -> Iterator[None]:
    """Say what to do when a part cannot be read."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StorageError(
            f"{where}: finished responses cannot be read ({str(error).splitlines()[0]}). Run the "
            f"same command again: what is damaged is sampled anew."
        ) from error
