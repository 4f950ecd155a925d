"""Which responses of a problem are shown: by a rule that is written here, and by seed."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.columns import FAULT
from boundary.imported import THEIRS
from boundary.origins import KEY

#: What other graders say of a response, beside our verdict.
GRADERS = {"lenient": "correct_lenient", "theirs": THEIRS}

_RIGHT = pl.col("correct")
#: Each reason with the responses that it is about and the order in which the first is taken;
#: of equal ones the earlier sample.
RULES: dict[str, tuple[pl.Expr, pl.Expr]] = {
    "first right": (_RIGHT, pl.col("sample_index")),
    "first wrong": (~_RIGHT, pl.col("sample_index")),
    "shortest right": (_RIGHT & pl.col("n_tokens").is_not_null(), pl.col("n_tokens")),
    "most surprising right": (_RIGHT & pl.col("surprise").is_not_null(), -pl.col("surprise")),
    "trick or breach": (pl.col("tricked"), pl.col("sample_index")),
    "graded otherwise": (pl.col("otherwise"), pl.col("sample_index")),
}
#: The rest, in an order drawn by seed.
DRAWN = "drawn at random"
REASONS = (*RULES, DRAWN)


def otherwise(verdicts: pl.DataFrame) -> pl.Expr | None:
    """Return whether another grader says otherwise than we; None where there is no other."""
    others = [name for name in GRADERS.values() if name in verdicts.columns]
    if not others:
        return None
    return pl.any_horizontal(pl.col(name).ne(pl.col("correct")).fill_null(False) for name in others)


def choose(responses: pl.DataFrame, most: int, seed: int) -> pl.DataFrame:
    """Choose responses of each problem of one arm.

    One for each of `RULES` that has any, in their order, and then others at random; what a
    fault of the machine ended is none.

    Parameters
    ----------
    responses : polars.DataFrame
        ``problem_id, sample_index, correct, finish_reason, n_tokens``; ``surprise``, larger
        where more surprising, null where not known; ``tricked`` and ``otherwise``.
    most : int
        Responses of each problem.
    seed : int
        By which the others are drawn.

    Returns
    -------
    polars.DataFrame
        ``problem_id, sample_index``, ``reasons`` (places in `REASONS`) and ``rank`` from 0
        within the problem, sorted by problem and rank.
    """
    draws = np.random.default_rng(seed).random(responses.height)
    usable = (
        responses.sort(KEY)
        .with_columns(draw=draws)
        .filter(pl.col("finish_reason").ne_missing(FAULT))
    )
    picked = [
        usable.filter(kept)
        .sort("problem_id", order, "sample_index")
        .unique("problem_id", keep="first", maintain_order=True)
        .select(*KEY, "draw", place=pl.lit(place, pl.Int64))
        for place, (kept, order) in enumerate(RULES.values())
    ]
    named = pl.concat(picked).group_by(*KEY).agg(pl.first("draw"), reasons=pl.col("place").sort())
    others = usable.join(named, on=KEY, how="anti").select(
        *KEY, "draw", reasons=pl.concat_list(pl.lit(len(RULES), pl.Int64))
    )
    return (
        pl.concat([named, others])
        .sort("problem_id", pl.col("reasons").list.first(), "draw", "sample_index")
        .with_columns(rank=pl.int_range(pl.len()).over("problem_id"))
        .filter(pl.col("rank") < most)
        .drop("draw")
    )
