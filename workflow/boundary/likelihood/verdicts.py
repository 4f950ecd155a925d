"""Join the log-probabilities of responses with the verdicts of the same responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
from polars import selectors as cs

from boundary.errors import TableError

#: What is taken of verdicts; not all kinds of problems have the second.
JUDGED = ("correct", "chain_correct")


def with_verdicts(
    likelihoods: pl.DataFrame, verdicts: Iterable[tuple[Sequence[str], pl.DataFrame]]
) -> pl.DataFrame:
    """Add ``correct``, and ``chain_correct`` where they have it, from the verdicts of each arm.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        The likelihoods table.
    verdicts : iterable
        Pairs of (model, benchmark, protocol) and the verdicts of that arm.

    Raises
    ------
    TableError
        When a scored response has no verdict.
    """
    keys = ["source_model", "benchmark", "protocol", "problem_id", "sample_index"]
    frames = [
        frame.select(
            "problem_id", "sample_index", cs.by_name(JUDGED, require_all=False)
        ).with_columns(
            source_model=pl.lit(model), benchmark=pl.lit(benchmark), protocol=pl.lit(protocol)
        )
        for (model, benchmark, protocol), frame in verdicts
    ]
    joined = likelihoods.drop(JUDGED, strict=False).join(
        pl.concat(frames, how="diagonal"), on=keys, how="left", validate="m:1"
    )
    missing = joined.filter(pl.col("correct").is_null()).select(keys)
    if not missing.is_empty():
        raise TableError(
            f"{missing.height} scored responses have no verdict, first {missing.row(0)}; "
            f"run the verify stage on their samples."
        )
    return joined
