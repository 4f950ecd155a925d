"""Where the problems of each arm stopped, what was drawn of them, and what that costs."""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.responses.weights import stopped_tokens
from boundary.analyses.score_inputs import ScoreInputs
from boundary.analyses.stopping.tables import STOPPING
from boundary.analysis.frames import arms, column_types
from boundary.analysis.intervals import Integers
from boundary.analysis.passk import fail_at
from boundary.analysis.stopped import rule_of
from boundary.stopping import StoppingRule


def stopping_table(scores: pl.DataFrame) -> pl.DataFrame:
    """Return how many problems of each arm stopped at each look.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.

    Returns
    -------
    polars.DataFrame
        A STOPPING table: ``problems`` that ended at each look of a rule, the last of them
        without stopping, and their ``samples``; of the arm ``share``, that of samples drawn of
        those without a rule, ``tokens_share``, the same of tokens (null where scores do not tell
        those of right and wrong responses), and ``fixed_se_ratio`` (`fixed_se_ratio`).
    """
    frames = [pl.DataFrame(schema=column_types(STOPPING))]
    for labels, arm in arms(scores):
        rule = rule_of(arm)
        if rule is None:
            continue
        n = arm["n"].to_numpy()
        tokens = stopped_tokens(arm)
        facts = {
            **labels,
            "n_problems": arm.height,
            "share": float(n.sum() / rule[0].sum()),
            "tokens_share": None
            if tokens is None
            else float((arm["mean_tokens"].to_numpy() @ n) / (tokens @ rule[0])),
            "fixed_se_ratio": fixed_se_ratio(n, arm["correct"].to_numpy(), rule),
        }
        for names, ended in arm.filter(pl.col("n_max").is_not_null()).group_by(
            "n_max", "first_look", "stop_after"
        ):
            stopping = StoppingRule(*names)
            for look in stopping.looks:
                problems = int((ended["n"] == look).sum())
                here = {"look": look, "problems": problems, "samples": problems * look}
                row = {**facts, **asdict(stopping), **here}
                frames.append(pl.DataFrame([row], schema=column_types(STOPPING)))
    return pl.concat(frames)


def fixed_se_ratio(n: Integers, correct: Integers, rule: Integers) -> float | None:
    """Return how much larger the standard error of pass@1 on these very problems is.

    Than were each sampled to n_max: √(Σ (fail_1² − fail_2) / Σ (fail_1 − fail_2)/n_max), both
    of which sums are without bias for the variances of Σ fail_1.

    Parameters
    ----------
    n, correct : int64 arrays [R]
    rule : int64 array [4, R]

    Returns
    -------
    float or None
        None where an estimate of a variance is not positive, or n_max is 1.
    """
    if rule[0].min() < 2:
        return None
    once, twice = fail_at(n, correct, np.array([1, 2]), rule).T
    stopped = float((once**2 - twice).sum())
    whole = float(((once - twice) / rule[0]).sum())
    return math.sqrt(stopped / whole) if stopped > 0 < whole else None


def compute(inputs: ScoreInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return where problems stopped; of all of them, however few their samples."""
    return {STOPPING.name: stopping_table(inputs.scores)}
