"""Published counts: read ``model,problem,n,correct`` as a table of scores."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from boundary.errors import InputError
from boundary.tables import SCORES, check

COLUMNS = ("model", "problem", "n", "correct")
SHOWN = 5
_INTEGER = re.compile(r"-?[0-9]{1,18}")
#: What counts do not tell; null in the scores.
UNKNOWN: dict[str, type[pl.DataType]] = {
    "truncated": pl.Int64,
    "no_answer": pl.Int64,
    "distinct_answers": pl.Int64,
    "majority_correct": pl.Boolean,
    "mean_tokens": pl.Float64,
}


def read_counts(path: Path) -> pl.DataFrame:
    """Read and check a whole file of counts.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns ``model``, ``problem``, ``n`` and
        ``correct``; others are ignored.

    Returns
    -------
    polars.DataFrame
        ``model``, ``problem_id`` (strings), ``n``, ``correct`` (integers), one
        row for each model and problem, in the order of the file.

    Raises
    ------
    InputError
        When the file is missing, empty or no such CSV, or a row has
        something other than 1 ≤ n and 0 ≤ correct ≤ n, or a model and problem
        come twice.  Names the file and the lines.
    """
    path = Path(path)
    rows: list[tuple[str, str, int, int]] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in _records(path):
        found = _row(cells)
        if isinstance(found, str):
            faults.append(f"line {line}: {found}")
            continue
        first = seen.setdefault(found[:2], line)
        if first != line:
            faults.append(
                f"line {line}: model {found[0]}, problem {found[1]} stands on line {first} already"
            )
        rows.append(found)
    if faults:
        more = f"\n  - and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise InputError(
            f"{path}: {len(faults)} row(s) cannot be counts\n"
            + "\n".join(f"  - {fault}" for fault in faults[:SHOWN])
            + more
        )
    if not rows:
        raise InputError(f"{path}: no counts, only a header.")
    schema = {"model": pl.String, "problem_id": pl.String, "n": pl.Int64, "correct": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def counts_scores(
    path: Path, name: str, model: str, benchmark: str, protocol: str, *, n: int | None = None
) -> pl.DataFrame:
    """Return the published counts of one model as a table of scores.

    Parameters
    ----------
    path : Path
        The file of counts.
    name : str
        The model's name in the file.
    model, benchmark, protocol : str
        Their names in the study.
    n : int, optional
        The protocol's number of samples a problem, which the file must have.

    Returns
    -------
    polars.DataFrame
        A scores table, sorted by problem; what counts do not tell is null.

    Raises
    ------
    InputError
        When the file has no such model, another n, or cannot be read.
    """
    counts = read_counts(path)
    own = counts.filter(pl.col("model") == name)
    if not own.height:
        names = ", ".join(counts["model"].unique(maintain_order=True))
        raise InputError(
            f"{path}: no counts of a model named {name!r}; the file has: {names}. "
            f"Write the source as counts:{path}#NAME with one of these."
        )
    if n is not None and (other := own.filter(pl.col("n") != n)).height:
        problem, found = other.select("problem_id", "n").row(0)
        raise InputError(
            f"{path}: protocol {protocol!r} says n = {n}, but the counts of {name!r} have "
            f"n = {found} (problem {problem}; {other.height} of {own.height} problems differ). "
            f"Set the protocol's n to what was published."
        )
    scores = own.with_columns(
        pl.lit(model).alias("model"),
        pl.lit(benchmark).alias("benchmark"),
        pl.lit(protocol).alias("protocol"),
        *(pl.lit(None, dtype=kind).alias(column) for column, kind in UNKNOWN.items()),
    )
    return check(scores, SCORES, str(path)).sort(SCORES.key)


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
            order = [header.index(name) for name in COLUMNS]
            for cells in reader:
                if not cells:
                    continue  # an empty line, such as the last
                whole = len(cells) == len(header)
                yield reader.line_num, [cells[i].strip() for i in order] if whole else cells[:0]
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as CSV in UTF-8 ({error}).") from None


def _row(cells: list[str]) -> tuple[str, str, int, int] | str:
    """Return a checked row, or what is wrong with it."""
    if not cells:
        return "another number of cells than the header"
    model, problem, *numbers = cells
    if not model or not problem:
        return "no model or no problem"
    for name, text in zip(COLUMNS[2:], numbers, strict=True):
        if not _INTEGER.fullmatch(text):
            return f"{name} is {text!r}, not an integer"
    n, correct = map(int, numbers)
    if n < 1:
        return f"n is {n}, less than 1"
    if not 0 <= correct <= n:
        return f"correct is {correct}, not between 0 and n = {n}"
    return model, problem, n, correct
