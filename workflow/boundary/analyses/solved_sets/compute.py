"""The tables of what was retained, learned and forgotten."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analyses.solved_sets.sets import grid, solved_sets
from boundary.analyses.solved_sets.tables import SOLVED_SETS, SOLVED_STEPS, UNSEEN
from boundary.analyses.solved_sets.unseen import TOSSES, unseen_row
from boundary.analysis.frames import arms, column_types
from boundary.analysis.holm import holm_adjusted
from boundary.analysis.pairs import Pair, pair_from_spec
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import planned, stops_early
from boundary.jobs.reading import ComparisonRow, SeriesRow
from boundary.strata import strata_columns


def pair_rows(pair: Pair, confidence: float = 0.95) -> pl.DataFrame:
    """Return what was retained, learned and forgotten of all problems and of each stratum.

    Parameters
    ----------
    pair : Pair
    confidence : float
        Pointwise level of the intervals, over problems.

    Returns
    -------
    polars.DataFrame
        A SOLVED_SETS table at the k of `grid`; ``key`` and ``value`` are empty for all
        problems.  At the largest k stand the p of no net change, that after Holm's
        correction over the strata of a key (over itself for all problems), and whether
        this decides at the level.
    """
    ks = grid(pair.n)
    groups = {"": [""] * pair.m}
    if pair.strata is not None:
        groups |= strata_columns(pair.strata.gather(pair.questions.first))
    frames = []
    types = column_types(SOLVED_SETS)
    for key, values in groups.items():
        place = np.array(values)
        names = sorted(set(values))
        parts = [pair.where(place == name) if key else pair for name in names]
        made = [solved_sets(part, ks, confidence) for part in parts]
        adjusted = holm_adjusted([each.net_p for each in made])
        last = pl.col("k") == int(ks[-1])
        for name, each, holm in zip(names, made, adjusted, strict=True):
            decided = None if holm is None else holm < 1 - confidence
            at_last = {"net_p": each.net_p, "net_holm": holm, "decided": decided}
            frames.append(
                each.rows.with_columns(
                    pl.lit(key).alias("key"),
                    pl.lit(name).alias("value"),
                    **{
                        column: pl.when(last).then(pl.lit(value, dtype=types[column]))
                        for column, value in at_last.items()
                    },
                )
            )
    rows = pl.concat(frames, how="vertical_relaxed").with_columns(
        pl.lit(value).alias(name) for name, value in pair.labels.items()
    )
    return rows.select(pl.col(name).cast(kind) for name, kind in types.items())


def step_rows(
    scores: pl.DataFrame, series: SeriesRow, confidence: float = 0.95, min_n: int | None = None
) -> pl.DataFrame:
    """Return each checkpoint of a series against its first, at k = 1 and the smallest n.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    series : SeriesRow
    confidence : float
    min_n : int, optional
        As of `pair_from_spec`.

    Returns
    -------
    polars.DataFrame
        A SOLVED_STEPS table; empty for a single checkpoint.
    """
    first, *later = series.points
    pairs = [
        pair_from_spec(
            scores,
            ComparisonRow(
                comparison=series.series,
                base=first.model,
                other=point.model,
                benchmark=series.benchmark,
                protocol=series.protocol,
            ),
            min_n,
        )
        for point in later
    ]
    types = column_types(SOLVED_STEPS)
    ks = np.unique([1, *(min(pair.n for pair in pairs) for _ in pairs[:1])])
    frames = [
        solved_sets(pair, ks, confidence)
        .rows.with_columns(
            pl.lit(value).alias(name)
            for name, value in {
                "series": series.series,
                "first": first.model,
                "model": point.model,
                "benchmark": series.benchmark,
                "protocol": series.protocol,
                "step": point.step,
            }.items()
        )
        .select(pl.col(name).cast(kind) for name, kind in types.items())
        for point, pair in zip(later, pairs, strict=True)
    ]
    return pl.concat([pl.DataFrame(schema=types), *frames])


def arm_rows(scores: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """Return what each arm would solve for the first time in more samples, an UNSEEN table.

    Without arms whose problems stop at so few successes as the series looks at.
    """
    frames = [pl.DataFrame(schema=column_types(UNSEEN))]
    for labels, arm in arms(scores):
        if stops_early(arm) and arm["stop_after"].min() <= TOSSES:  # type: ignore[operator]
            continue
        # What was solved so seldom as the series looks at never stopped: all of n_max were drawn.
        n = arm.select(planned(arm)).to_series().to_numpy()
        row = unseen_row(n, arm["correct"].to_numpy(), Questions.of(arm), confidence)
        frames.append(row.select(*(pl.lit(v).alias(k) for k, v in labels.items()), pl.all()))
    return pl.concat(frames)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tables of a study."""
    made = {UNSEEN.name: arm_rows(inputs.enough, inputs.confidence)}
    if inputs.compared:
        rows = [pair_rows(each.pair, inputs.confidence) for each in inputs.compared]
        made[SOLVED_SETS.name] = pl.concat(rows)
    if inputs.series:
        steps = [
            step_rows(inputs.scores, each, inputs.confidence, inputs.min_n)
            for each in inputs.series
        ]
        made[SOLVED_STEPS.name] = pl.concat(steps)
    return made
