"""Pick the few responses that the report quotes."""

from __future__ import annotations

import polars as pl

from boundary.columns import FAULT
from boundary.errors import TableError

#: Responses quoted of each arm.
QUOTED = 4
#: What is told of each.
EXAMPLE_COLUMNS = (
    "model",
    "benchmark",
    "problem_id",
    "question",
    "response",
    "verdict",
    "correct",
    "finish_reason",
)


def pick_examples(
    problems: pl.DataFrame, samples: pl.DataFrame, verdicts: pl.DataFrame
) -> pl.DataFrame:
    """Return the first response with an outcome to evenly spaced problems of one arm.

    The choice looks at problem ids alone, never at the responses, so that it
    shows what the model does and not what a reader hopes for.

    Returns
    -------
    polars.DataFrame
        Columns `EXAMPLE_COLUMNS`; at most `QUOTED` rows.

    Raises
    ------
    TableError
        When a response that is quoted has no problem or no verdict.
    """
    ended = samples.filter(pl.col("finish_reason").ne_missing(FAULT))
    first = ended.sort("problem_id", "sample_index").unique(
        "problem_id", keep="first", maintain_order=True
    )
    spread = [i * first.height // QUOTED for i in range(QUOTED)]
    rows = sorted({i for i in spread if i < first.height})
    picked = (
        first[rows]
        .join(
            problems.select("benchmark", "problem_id", "question"),
            on=["benchmark", "problem_id"],
            how="left",
            maintain_order="left",
        )
        .join(
            verdicts.select("problem_id", "sample_index", "verdict", "correct"),
            on=["problem_id", "sample_index"],
            how="left",
            maintain_order="left",
        )
    )
    for column, table in (("question", "problem"), ("verdict", "verdict")):
        missing = picked.filter(pl.col(column).is_null())["problem_id"].to_list()
        if missing:
            raise TableError(
                f"responses to quote have no {table}: {', '.join(missing)}; give the {table} "
                f"table of the same arm."
            )
    return picked.select(EXAMPLE_COLUMNS)
