"""At which positions of its responses a donor differs most from a host."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from boundary.digests import seed_of
from boundary.errors import TableError
from boundary.tables import CROSSED_POSITIONS


def ranked_positions(tokens: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Rank the positions in the responses to each problem.

    A position is a token's index in its response, from 0.  Its gain is the sum of
    ln π_donor − ln π_host of the tokens there over a problem's responses, divided by
    their number, so that a position that few responses reach weighs as little.

    Parameters
    ----------
    tokens : polars.DataFrame
        One row a token of the donor's own responses: ``problem_id``, ``sample_index``,
        ``correct`` (as of `ranking_responses`), ``position``, ``token`` (text), ``gain``
        in nats.
    seed : int
        Of the order in which positions serve as the random control.

    Returns
    -------
    polars.DataFrame
        A CROSSED_POSITIONS table; ranks begin at 0, and of equal gains the earlier goes first.
    """
    count = pl.col("sample_index").n_unique().over("problem_id")
    commonest = pl.col("token").sort().mode(maintain_order=True).first()
    each = (
        tokens.with_columns(count=count)
        .group_by("problem_id", "position")
        .agg(
            gain=pl.col("gain").sort().sum() / pl.col("count").first(),
            responses=pl.len().cast(pl.Int64),
            token=commonest,
            of_right=pl.col("correct").first(),
        )
        .sort("problem_id", "gain", "position", descending=[False, True, False])
    )
    types = {name: column.type for name, column in CROSSED_POSITIONS.columns.items()}
    ranked = [pl.DataFrame(schema=types)]  # all that there is where every response is empty
    for (name,), rows in each.group_by("problem_id", maintain_order=True):
        shuffled = np.random.default_rng(seed_of(seed, "random", str(name))).permutation(
            rows.height
        )
        # Positions are numbered as they stand, so that the control knows nothing of gains.
        place = rows["position"].rank("ordinal").to_numpy() - 1
        ranked.append(
            rows.with_columns(
                rank=pl.int_range(rows.height, dtype=pl.Int64),
                random_rank=pl.Series(shuffled[place], dtype=pl.Int64),
            ).select(*types)
        )
    return pl.concat(ranked)


def ranking_responses(
    samples: pl.DataFrame, verdicts: pl.DataFrame, problems: Sequence[str], responses: int
) -> pl.DataFrame:
    """Return the responses along which positions are ranked, sorted.

    Of each problem they are the first right ones, as what the donor writes by mistake
    tells nothing of what the host lacks; where none is right, the first ones.

    Parameters
    ----------
    samples : polars.DataFrame
        A SAMPLES table.
    verdicts : polars.DataFrame
        ``problem_id``, ``sample_index`` and ``correct``.
    problems : sequence of str
        All problems.
    responses : int
        The most of a problem.

    Returns
    -------
    polars.DataFrame
        With ``correct``.

    Raises
    ------
    TableError
        When a problem has no sample with a verdict.
    """
    judged = samples.join(verdicts, on=["problem_id", "sample_index"], how="inner")
    rows = judged.filter(pl.col("problem_id").is_in(list(problems))).filter(
        pl.col("correct") | ~pl.col("correct").any().over("problem_id")
    )
    if missing := sorted({*problems} - {*rows["problem_id"]}):
        raise TableError(
            f"{len(missing)} problems have no sample of the donor with a verdict, first "
            f"{missing[0]}; give every sample and verdict shard of its arm."
        )
    return (
        rows.sort("problem_id", "sample_index")
        .group_by("problem_id", maintain_order=True)
        .head(responses)
    )
