"""Checkpoints of one training run: pass@1 and pass@n against the training step."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analyses.series.tables import SERIES
from boundary.analysis.enough import leave_some
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import share_interval
from boundary.analysis.pairs import select_arm
from boundary.analysis.passk import curve_at
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import longest, rule_of
from boundary.errors import InputError
from boundary.jobs.reading import SeriesRow


def series_table(
    scores: pl.DataFrame,
    series: SeriesRow,
    confidence: float = 0.95,
    min_n: int | None = None,
) -> pl.DataFrame:
    """Return pass@1 and pass@n of the checkpoints of one series on one benchmark.

    n is the smallest over the series, so that every point has the same k; each
    is evaluated on its arm's own unbiased curve, and flagged where k exceeds
    half of that arm's n.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    series : SeriesRow
        Its checkpoints on one benchmark.
    confidence : float
    min_n : int, optional
        Problems with fewer samples under any checkpoint are dropped.

    Returns
    -------
    polars.DataFrame
        A SERIES table; with one problem se is infinite and the interval [0, 1].

    Raises
    ------
    InputError
        When an arm is missing, or the checkpoints were scored on different
        problems: such points would not be comparable.
    """
    name, benchmark, protocol = series.series, series.benchmark, series.protocol
    where = f"Series {name}"
    arms = [
        select_arm(scores, point.model, benchmark, protocol, where).sort("problem_id")
        for point in series.points
    ]
    types = column_types(SERIES)
    if not arms:
        return pl.DataFrame(schema=types)
    first = arms[0]["problem_id"]
    for point, arm in zip(series.points, arms, strict=True):
        if not first.equals(arm["problem_id"]):
            differing = len(set(first) ^ set(arm["problem_id"]))
            raise InputError(
                f"{where} on {benchmark}: {point.model} was scored on other problems than "
                f"{series.points[0].model} ({differing} differ). Score all checkpoints on "
                f"the same problems."
            )
    if min_n is not None:
        fewest = np.min([longest(arm["n"].to_numpy(), rule_of(arm)) for arm in arms], axis=0)
        leave_some(fewest, min_n, f"{where} on {benchmark}")
        arms = [arm.filter(fewest >= min_n) for arm in arms]
    common = min(int(longest(arm["n"].to_numpy(), rule_of(arm)).min()) for arm in arms)
    ks = np.unique([1, common])
    rows = []
    for point, arm in zip(series.points, arms, strict=True):
        n, questions, rule = arm["n"].to_numpy(), Questions.of(arm), rule_of(arm)
        n_min = int(longest(n, rule).min())
        mean, se = questions.mean_and_se(curve_at(n, arm["correct"].to_numpy(), ks, rule))
        low, high = share_interval(mean, se, questions.units, confidence)
        rows += [
            {
                "series": name,
                "model": point.model,
                "benchmark": benchmark,
                "protocol": protocol,
                "step": point.step,
                "k": int(k),
                "pass_at_k": float(mean[i]),
                "se": float(se[i]),
                "ci_low": float(low[i]),
                "ci_high": float(high[i]),
                "n_problems": questions.m,
                "n_min": n_min,
                "flagged": bool(2 * k > n_min),
            }
            for i, k in enumerate(ks)
        ]
    return pl.DataFrame(rows, schema=types)


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the series table of a study."""
    frames = [
        series_table(inputs.scores, row, inputs.confidence, inputs.min_n) for row in inputs.series
    ]
    return {SERIES.name: pl.concat(frames)} if frames else {}
