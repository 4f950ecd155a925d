"""Published counts as a table of scores."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from boundary.counts_csv import NUMBERS, CountsFile, read_rows
from boundary.errors import InputError
from boundary.lookalikes import refuse_lookalikes
from boundary.strata import shared_strata
from boundary.tables import SCORES, check

#: What counts do not tell; null in the scores.
UNKNOWN: dict[str, type[pl.DataType]] = {
    "truncated": pl.Int64,
    "no_answer": pl.Int64,
    "distinct_answers": pl.Int64,
    "majority_correct": pl.Boolean,
    "mean_tokens": pl.Float64,
}


def read_counts(path: Path) -> CountsFile:
    """Read and check a whole file of counts, its names too.

    Raises
    ------
    InputError
        As `boundary.counts_csv.read_rows`, and when two names look the same to a reader.
    """
    counts = read_rows(Path(path))
    for name, values in (
        ("model", counts.models),
        ("benchmark", [row.benchmark for row in counts.rows]),
        ("problem_id", [row.problem for row in counts.rows]),
    ):
        refuse_lookalikes(pl.Series(name, values, dtype=pl.String), str(path))
    return counts


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
        Their names in the study; where the file tells benchmarks apart, this one's name there.
    n : int, optional
        The protocol's number of samples a problem, the most that the file may and
        must have.

    Returns
    -------
    polars.DataFrame
        A scores table, sorted by problem; what counts do not tell is null, and further columns
        of the file that say the same in all rows of a problem are ``strata``.

    Raises
    ------
    InputError
        When the file has no such model or benchmark, another n, or cannot be read.
    """
    counts = read_counts(path)
    rows = counts.of_model(name, benchmark)
    if not rows and (others := counts.of_model(name)):
        on = ", ".join(dict.fromkeys(str(row.benchmark) for row in others))
        raise InputError(
            f"{path}: no counts of {name!r} on benchmark {benchmark!r}; the file has: {on}. Name "
            f"it in the study as in the file."
        )
    if not rows:
        raise InputError(
            f"{path}: no counts of a model named {name!r}; the file has: "
            f"{', '.join(counts.models)}. Write the source as counts:{path}#NAME with one of these."
        )
    most = max(rows, key=lambda row: row.longest)
    if n is not None and n != most.longest:
        several = len({row.longest for row in rows}) > 1
        raise InputError(
            f"{path}: protocol {protocol!r} says n = {n}, but the counts of {name!r} have "
            f"n = {most.longest}{' at most' * several} (problem {most.problem}). Write "
            f"'n: {most.longest}' under models.{model}, or under protocols.{protocol} where all "
            f"its models have it."
        )
    columns = ["problem", *(name for name in NUMBERS if name in counts.columns)]
    scores = pl.DataFrame(
        [{name: getattr(row, name) for name in columns} for row in rows],
        schema={name: pl.String if name == "problem" else pl.Int64 for name in columns},
    ).rename({"problem": "problem_id"})
    strata = dict(zip((row.line for row in counts.rows), shared_strata(counts.rows), strict=True))
    shown = pl.Series("strata", [strata[row.line] for row in rows], dtype=pl.String)
    scores = scores.with_columns(
        *([shown] if shown.count() else []),
        pl.lit(model).alias("model"),
        pl.lit(benchmark).alias("benchmark"),
        pl.lit(protocol).alias("protocol"),
        *(pl.lit(None, dtype=kind).alias(column) for column, kind in UNKNOWN.items()),
    )
    return check(scores, SCORES, str(path)).sort(SCORES.key)
