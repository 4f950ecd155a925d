"""Sampling efficiency gap: what the base reaches with k samples and the other with one.

ΔSE = pass@k of the base − pass@1 of the trained model (Yue et al. 2025, arXiv
2504.13837, section 4.3), read as the room that training has left unused.  Beside it the
budget: how many samples of the model with the lower pass@1 reach the pass@1 of the other.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.efficiency.budget import budget
from boundary.analyses.efficiency.tables import EFFICIENCY
from boundary.analyses.record import Options
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analysis.differences import default_k_max
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import difference_interval, z_value
from boundary.analysis.pairs import Pair
from boundary.analysis.passk import curve_at, pass_at_each


def efficiency_frame(
    pair: Pair, *, confidence: float = 0.95, k_max: int | None = None
) -> pl.DataFrame:
    """Return one row of EFFICIENCY, at the k_max of the decision rule.

    The interval is that of the mean of paired differences over the shared
    problems.

    Parameters
    ----------
    pair : Pair
    confidence : float
    k_max : int, optional
        Default n/2.
    """
    k = default_k_max(pair.n, k_max, pair.labels["comparison"])
    questions = pair.questions
    base = curve_at(pair.base_n, pair.base_correct, np.array([k]), pair.base_rule)[:, 0]
    other = pass_at_each(pair.other_n, pair.other_correct, 1, pair.other_rule)
    mean, se = questions.mean_and_se(base - other)
    low, high = difference_interval(
        mean, se, questions.units, multiplier=z_value(confidence), miss=1 - confidence
    )
    equal = budget(pair, k, confidence)
    row = {
        **pair.labels,
        "k": k,
        "base_pass_at_k": float(questions.mean(base).mean()),
        "other_pass_at_1": float(questions.mean(other).mean()),
        "gap": float(mean),
        "ci_low": float(low),
        "ci_high": float(high),
        "weaker": equal.weaker,
        "budget": equal.k,
        "budget_low": equal.low,
        "budget_high": equal.high,
        "n_problems": pair.m,
        "flagged": 2 * k > pair.n,
    }
    return pl.DataFrame([row], schema=column_types(EFFICIENCY))


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the efficiency table of a study."""
    frames = [
        efficiency_frame(each.pair, confidence=inputs.confidence, k_max=inputs.k_max)
        for each in inputs.compared
    ]
    return {EFFICIENCY.name: pl.concat(frames)} if frames else {}
