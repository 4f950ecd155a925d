"""Read matrices of 0 and 1 as counts."""

from __future__ import annotations

import io
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from boundary.errors import InputError
from boundary.importers.columns import Batch
from boundary.importers.head import head_of
from boundary.importers.matrix import NUMPY
from boundary.importers.matrix.cells import read_cells
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source

#: What ``--field`` may say of rows, and of the names of several arrays.
CHOICES = {"rows": ("problems", "samples"), "names": ("models", "benchmarks")}
_DAMAGE = (
    *(ValueError, EOFError, OSError, KeyError, SyntaxError, MemoryError, NotImplementedError),
    *(RuntimeError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the counts of each matrix.

    Raises
    ------
    InputError
        When a cell is neither 0 nor 1, or a matrix has another shape; names it.
    """
    chosen = {field: request.fields.get(field, several[0]) for field, several in CHOICES.items()}
    for field, several in CHOICES.items():
        if chosen[field] not in several:
            raise InputError(f"--field {field}={chosen[field]}: should be {' or '.join(several)}.")
    across = chosen["rows"] == "samples"
    for source in sources:
        head = head_of(source)
        if head.members or head.magic.startswith(NUMPY):
            for name, array in _arrays(source).items():
                where = f"{source.where}, array {name}" if name else source.where
                for place, values in _matrices(array, where, tally):
                    numbers = _numbers(values, where)
                    # Of a matrix a model the name can be that of the benchmark alone.
                    called = "benchmark" if place else chosen["names"].rstrip("s")
                    named = {"model": place, called: name or None}
                    yield _batch(numbers.T if across else numbers, None, None, where, named, tally)
            continue
        cells = read_cells(source.text(), source.where)
        codes = {"right": 1.0, "wrong": 0.0, "unset": np.nan}
        numbers = np.array([[codes[each] for each in row] for row in cells.outcomes])
        ids, lines = (cells.columns, None) if across else (cells.rows, cells.lines)
        yield _batch(numbers.T if across else numbers, ids, lines, source.where, {}, tally)


def _arrays(source: Source) -> dict[str, np.ndarray]:
    """Return arrays by name; that of one alone is empty, as it says nothing."""
    try:
        loaded = np.load(io.BytesIO(source.content()), allow_pickle=False)
        arrays = {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded)
    except _DAMAGE as error:
        raise InputError(
            f"{source.where}: cannot be read as arrays of NumPy ({str(error) or 'cut short'}); "
            f"arrays of objects are not read."
        ) from None
    if not arrays:
        raise InputError(f"{source.where}: holds no array.")
    return {"": next(iter(arrays.values()))} if len(arrays) == 1 else arrays


def _matrices(
    array: np.ndarray, where: str, tally: Tally
) -> Iterator[tuple[str | None, np.ndarray]]:
    """Yield the matrices in an array, with the name of the model where there is one for each."""
    if array.ndim != 3:
        yield None, array
        return
    tally.say(f"{where}: is a matrix a model, called by its place in the array")
    for place, values in enumerate(array):
        yield f"model-{place}", values


def _numbers(values: np.ndarray, where: str) -> np.ndarray:
    """Return a matrix as floats, of which each is 0, 1 or NaN."""
    if values.ndim != 2 or not values.size:
        raise InputError(
            f"{where}: should be a matrix of problems by samples, or one such a model, and has the "
            f"shape {values.shape}."
        )
    if values.dtype.kind not in "biuf":
        raise InputError(f"{where}: should hold 0 and 1, and is of the type {values.dtype}.")
    numbers = values.astype(np.float64)
    strange = np.argwhere(~(np.isnan(numbers) | (numbers == 0) | (numbers == 1)))
    if len(strange):
        row, column = strange[0]
        raise InputError(
            f"{where}: row {row + 1}, column {column + 1}: {values[row, column]} is neither 0 "
            f"nor 1 ({len(strange):,} such cells)."
        )
    return numbers


def _batch(
    numbers: np.ndarray,
    ids: list[str] | None,
    lines: list[int] | None,
    where: str,
    names: Mapping[str, str | None],
    tally: Tally,
) -> Batch:
    """Return the counts of a matrix of problems by samples."""
    problems, samples = numbers.shape
    tally.say(
        f"{where}: {problems:,} problems by {samples:,} samples (--field rows=samples: the matrix "
        f"lies on its side)"
    )
    if ids is None:
        # Matrices of other shapes have other ids: their rows are not the same problems.
        ids = [f"row {number} of {problems}" for number in range(1, problems + 1)]
        tally.say("problems have no ids and are joined by row number")
    elif empty := [place for place, name in enumerate(ids) if not name]:
        raise InputError(f"{where}: problem {empty[0] + 1} has an empty id.")
    unset = np.isnan(numbers).sum(axis=1)
    if unset.any():
        tally.count("cells are empty or NaN, trials without outcome", int(unset.sum()))
    rows = pl.DataFrame(
        {
            "problem_id": ids,
            "n": np.full(problems, samples),
            "correct": np.nansum(numbers, axis=1).astype(np.int64),
            "n_unset": unset,
            "line": lines or range(1, problems + 1),
        }
    )
    return Batch(rows.with_columns(pl.lit(v).alias(k) for k, v in names.items()), where)
