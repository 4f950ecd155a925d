"""Rows of Parquet files, some at a time and only of the columns that are read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from boundary.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from boundary.importers.source import Source

MAGIC = b"PAR1"
#: Rows that are held at a time.
ROWS = 512


def schema_of(source: Source) -> dict[str, pl.DataType]:
    """Return the columns with their types, in their order.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    with _scanned(source) as frame:
        return dict(frame.collect_schema())


def rows_of(
    source: Source, columns: Sequence[str | pl.Expr]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows with their numbers from 1, those of some columns.

    Parameters
    ----------
    source : Source
    columns : sequence of str or polars.Expr
        Those that are read; of long ones only what is needed of them.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    with _scanned(source) as frame:
        number = 0
        for rows in frame.select(columns).collect_batches(chunk_size=ROWS, maintain_order=True):
            yield from enumerate(rows.iter_rows(named=True), start=number + 1)
            number += rows.height


@contextmanager
def _scanned(source: Source) -> Iterator[pl.LazyFrame]:
    """Open a file where it lies; what is packed or in an archive is unpacked into memory."""
    import polars as pl  # takes time to load, which files of other forms need not

    plain = source.member is None and source.begins(MAGIC)
    place = source.path if plain else io.BytesIO(source.content())
    try:
        with source.open():  # which notes what is read
            yield pl.scan_parquet(place, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise InputError(
            f"{source.where}: cannot be read as Parquet, so it is truncated or damaged "
            f"({str(error).partition(chr(10))[0]:.120}). Nothing was imported; copy or make the "
            f"file again."
        ) from None
