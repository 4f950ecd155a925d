"""Problems that the user gives beside responses, and which of them each response is to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from boundary.config.benchmarks import registry
from boundary.digests import file_digest
from boundary.errors import InputError
from boundary.inputs import note_input


@lru_cache(maxsize=2)
def given_problems(path: Path, benchmark: str | None, kind: str | None) -> pl.DataFrame:
    """Read the problems of ``--problems``.

    Parameters
    ----------
    path : Path
        A table of problems, or the file of a benchmark as `boundary.data` reads it:
        of the registry by its content, its name or the name that the user gives it,
        else of plain rows.
    benchmark : str, optional
        What the problems are called; by default as the table or the registry does.
    kind : str, optional
        Kind of plain rows that do not say it.

    Returns
    -------
    polars.DataFrame
        A PROBLEMS table of one benchmark.

    Raises
    ------
    InputError, TableError
        When there is no such file or it cannot be read; names the row.
    """
    from boundary.data.benchmark import ProblemRequest, benchmark_problems

    if not path.is_file():
        raise InputError(f"--problems {path}: no such file.")
    note_input(path)
    entry = _entry_of(path, benchmark)
    named = benchmark or entry or _name_in(path) or path.name.partition(".")[0]
    request = ProblemRequest(named, f"file:{path}", entry=entry, kind=None if entry else kind)
    return benchmark_problems(request)[0]


def _entry_of(path: Path, benchmark: str | None) -> str | None:
    """Return the entry of the registry that a file is of."""
    digest = file_digest(path)
    copies = {
        name: [file for copy in (entry, *entry.copies) for file in copy.files]
        for name, entry in registry().items()
    }
    for name, files in copies.items():
        if digest in {file.sha256 for file in files}:
            return name
    if path.suffix != ".parquet" and benchmark in copies:
        return benchmark
    names = [
        name
        for name, files in copies.items()
        if path.name in {Path(one.path).name for one in files}
    ]
    return names[0] if len(names) == 1 else None


def _name_in(path: Path) -> str | None:
    """Return the benchmark of a table of problems."""
    if path.suffix != ".parquet":
        return None
    try:
        names = pl.scan_parquet(path).select(pl.col("benchmark").unique()).collect()
    except (pl.exceptions.PolarsError, OSError):
        return None  # reading it tells what is wrong
    return str(names.item()) if names.height == 1 else None
