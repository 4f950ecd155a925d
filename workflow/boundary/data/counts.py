"""Published counts: read ``model,problem,n,correct`` as a table of scores."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from boundary.counts_csv import read_rows
from boundary.errors import InputError
from boundary.lookalikes import refuse_lookalikes
from boundary.tables import SCORES, check

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
        come twice, or two names look the same to a reader.  Names the file and
        the lines.
    """
    schema = {"model": pl.String, "problem_id": pl.String, "n": pl.Int64, "correct": pl.Int64}
    counts = pl.DataFrame(read_rows(Path(path)), schema=schema, orient="row")
    for name in ("model", "problem_id"):
        refuse_lookalikes(counts[name], str(path))
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
        Their names in the study.
    n : int, optional
        The protocol's number of samples a problem, the most that the file may and
        must have.

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
    rows = counts.filter(pl.col("model") == name)
    if not rows.height:
        names = ", ".join(counts["model"].unique(maintain_order=True))
        raise InputError(
            f"{path}: no counts of a model named {name!r}; the file has: {names}. "
            f"Write the source as counts:{path}#NAME with one of these."
        )
    problem, most = rows.sort("n", descending=True, maintain_order=True)["problem_id", "n"].row(0)
    if n is not None and n != most:
        raise InputError(
            f"{path}: protocol {protocol!r} says n = {n}, but the counts of {name!r} have "
            f"n = {most}{' at most' * (rows['n'].n_unique() > 1)} (problem {problem}). Write "
            f"'n: {most}' under models.{model}, or under protocols.{protocol} where all its models "
            f"have it."
        )
    scores = rows.with_columns(
        pl.lit(model).alias("model"),
        pl.lit(benchmark).alias("benchmark"),
        pl.lit(protocol).alias("protocol"),
        *(pl.lit(None, dtype=kind).alias(column) for column, kind in UNKNOWN.items()),
    )
    return check(scores, SCORES, str(path)).sort(SCORES.key)
