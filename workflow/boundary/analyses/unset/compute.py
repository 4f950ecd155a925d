"""What trials without outcome could change: every verdict with them taken for right.

A trial that nobody knows the end of was right or wrong.  pass@k grows with every
right one, so that at each k the difference lies between that with only the other
model's taken for right and that with only the base's, whatever they were.
"""

from __future__ import annotations

import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import Compared, ScoreInputs
from boundary.analyses.unset.tables import TAKEN, UNSET
from boundary.analysis.frames import column_types
from boundary.analysis.pairs import pair_from_spec
from boundary.columns import ARM_KEY


def taken_for_right(scores: pl.DataFrame, arms: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Return scores in which the trials without outcome of some arms are correct.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table with ``n_unset``.
    arms : list of tuple
        Model, benchmark and protocol of each.
    """
    keys = pl.DataFrame(arms, schema=list(ARM_KEY), orient="row")
    unset = pl.col("n_unset").fill_null(0)
    chosen = scores.join(keys, on=list(ARM_KEY), how="semi", maintain_order="left")
    others = scores.join(keys, on=list(ARM_KEY), how="anti", maintain_order="left")
    return pl.concat(
        [others, chosen.with_columns(correct=pl.col("correct") + unset, n_unset=unset * 0)]
    )


def unset_rows(inputs: ScoreInputs, compared: Compared, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the verdict of one comparison by what trials without outcome are taken for.

    Parameters
    ----------
    inputs : ScoreInputs
    compared : Compared
    decided : polars.DataFrame
        Its row of CROSSOVERS, in which they are wrong.

    Returns
    -------
    polars.DataFrame
        Four rows of UNSET; none where every trial has an outcome.
    """
    pair = compared.pair
    lacking = {"base": pair.base_unset, "other": pair.other_unset}
    types = column_types(UNSET)
    if not any(lacking.values()):
        return pl.DataFrame(schema=types)
    counted = {
        "base_n_unset": pair.base_unset,
        "base_n_trials": int(pair.base_n.sum()),
        "other_n_unset": pair.other_unset,
        "other_n_trials": int(pair.other_n.sum()),
    }
    made: dict[tuple[str, ...], pl.DataFrame] = {(): decided}
    rows = []
    for taken, right in TAKEN.items():
        sides = tuple(side for side in right if lacking[side])
        if sides not in made:
            arms = [compared.of.row.arms[side] for side in sides]
            otherwise = pair_from_spec(
                taken_for_right(inputs.scores, arms), compared.of.row, pair.min_n or None
            )
            made[sides] = inputs.decided(compared, inputs.curve_of(otherwise))
        row = made[sides].with_columns(
            pl.lit(value, dtype=types[name]).alias(name)
            for name, value in {"taken": taken, **counted}.items()
        )
        rows.append(row.select(list(types)))
    return pl.concat(rows)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the verdicts by what trials without outcome are taken for; none without any."""
    if "n_unset" not in inputs.scores.columns or not inputs.compared:
        return {}
    rows = [
        unset_rows(inputs, each, decided)
        for each, decided in zip(inputs.compared, inputs.verdicts, strict=True)
    ]
    return {UNSET.name: pl.concat(rows)}
