"""What a sample counts where problems stop early: rarely solved ones have more of them.

Given where a problem ended, its right samples are exchangeable among themselves, and its wrong
ones.  So a mean over the samples of a problem weighs each right one (1 − fail_1)/c and each wrong
one fail_1/(t − c), which is 1/n of a problem that had n samples whatever came of them.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analysis.intervals import Floats
from boundary.analysis.passk import pass_at_each
from boundary.analysis.stopped import rule_of

#: Counts of responses, and which of them are of wrong ones.
WRONG = {"truncated": "truncated_wrong", "no_answer": "no_answer", "empty": "empty"}


def weights(arm: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return the weights of a right and of a wrong sample of each problem, ``[R]`` each.

    Those of one problem sum to 1.

    Parameters
    ----------
    arm : polars.DataFrame
        Rows of a SCORES table, all of whose responses have an outcome.
    """
    n, correct = arm["n"].to_numpy(), arm["correct"].to_numpy()
    rate = pass_at_each(n, correct, 1, rule_of(arm))
    return rate / np.maximum(correct, 1), (1 - rate) / np.maximum(n - correct, 1)


def stopped_shares(arm: pl.DataFrame, name: str) -> Floats | None:
    """Return the share of responses that a column of `WRONG` counts, of each problem.

    None where the scores do not tell how many of these were wrong, or some have no outcome.
    """
    wrong = WRONG.get(name, "")
    if wrong not in arm.columns or arm[wrong].null_count() or unset(arm):
        return None
    right_weight, wrong_weight = weights(arm)
    among_wrong = arm[wrong].to_numpy()
    shares: Floats = (
        right_weight * (arm[name].to_numpy() - among_wrong) + wrong_weight * among_wrong
    )
    return shares


def stopped_tokens(arm: pl.DataFrame) -> Floats | None:
    """Return the mean tokens of a response to each problem.

    None where the scores do not tell those of right responses, or some have no outcome.
    """
    has_tokens = {"tokens_of_correct", "mean_tokens"} <= set(arm.columns)
    if not has_tokens or arm["tokens_of_correct"].null_count() or arm["mean_tokens"].null_count():
        return None
    if unset(arm):
        return None
    right_weight, wrong_weight = weights(arm)
    of_right = arm["tokens_of_correct"].list.sum().to_numpy().astype(np.float64)
    total = (arm["mean_tokens"] * arm["n"]).to_numpy()
    tokens: Floats = right_weight * of_right + wrong_weight * (total - of_right)
    return tokens


def unset(arm: pl.DataFrame) -> int:
    """Count the responses without outcome."""
    return int(arm["n_unset"].sum()) if "n_unset" in arm.columns else 0
