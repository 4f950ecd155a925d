"""What k trials of a model cost together, wrong ones included, beside what they solve."""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.rounds.tables import SPENT_IN, TRIAL_COSTS
from boundary.analysis.frames import arms, column_types
from boundary.analysis.passk import curve_at, few_ks
from boundary.analysis.questions import Questions
from boundary.analysis.share_curve import share_curve
from boundary.analysis.skewed import skewed_interval


def trial_costs(scores: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """Return coverage at cost: pass@k, and what k trials of a problem cost on average.

    k trials drawn from those of a problem cost k times their mean, whatever the draw, as none
    is stopped when another has solved the problem.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    confidence : float
        Of both intervals, pointwise over problems: that of the cost is as of `skewed_interval`.

    Returns
    -------
    polars.DataFrame
        A TRIAL_COSTS table; without rows of a model of which some trial does not tell its cost.
    """
    frames = [pl.DataFrame(schema=column_types(TRIAL_COSTS))]
    for unit, column in SPENT_IN.items():
        for labels, rows in arms(scores) if column in scores.columns else ():
            if not rows[column].null_count():
                curve = _curve(rows, rows[column].to_numpy(), confidence)
                frames.append(
                    pl.DataFrame({**labels, "unit": unit, **curve}, schema=frames[0].schema)
                )
    return pl.concat(frames)


def _curve(rows: pl.DataFrame, cost: np.ndarray, confidence: float) -> dict[str, object]:
    """Return a column by name of one arm, from what a trial of each problem costs, [R]."""
    questions, n_min = Questions.of(rows), int(rows["n"].min())  # type: ignore[arg-type]
    ks = few_ks(n_min).tolist()
    n, correct = (rows[name].to_numpy() for name in ("n", "correct"))
    mean, low, high = float(questions.mean(cost).mean()), None, None
    if questions.units > 1:  # one problem tells no spread
        low, high = skewed_interval(cost, questions, confidence)
    return {
        **share_curve(
            "pass_at_k", curve_at(n, correct, np.array(ks)), ks, questions, n_min, confidence
        ),
        "spent": [k * mean for k in ks],
        "spent_low": [None if low is None else k * max(low, 0.0) for k in ks],
        "spent_high": [None if high is None else k * high for k in ks],
    }
