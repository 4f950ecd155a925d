"""What trials used: rounds of an agent, tokens, dollars; of correct ones a list a problem.

How many trials are correct within a budget is all that pass@k at that budget needs, and the
lists tell it for every budget at once.  What k trials cost together, wrong ones included, is k
times the mean over all trials.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

#: The column of scores by that of trials.
USED = {
    "rounds": "rounds_of_correct",
    "n_tokens": "tokens_of_correct",
    "cost": "cost_of_correct",
}
#: The column of scores that holds the mean over all trials.
SPENT = {"n_tokens": "mean_trial_tokens", "cost": "mean_trial_cost"}


def used_by_correct(
    trials: pl.DataFrame, correct: pl.Expr, names: Collection[str]
) -> tuple[dict[str, pl.Expr], dict[str, int]]:
    """Return what correct trials used, to be gathered by problem.

    Parameters
    ----------
    trials : polars.DataFrame
        Of one arm.
    correct : polars.Expr
        Whether a trial is; null is not.
    names : collection of str
        Keys of `USED`; what the trials lack is left out.

    Returns
    -------
    used : dict of str to polars.Expr
        Columns of scores: lists, each ascending, of what every correct trial tells; and means
        over all trials of what every one tells.
    silent : dict of str to int
        How many correct trials do not tell what others of the arm do, by name.
    """
    known = [name for name in names if name in trials.columns and trials[name].count()]
    right = trials.filter(correct)
    silent = {name: right[name].null_count() for name in known if right[name].null_count()}
    used = {USED[name]: pl.col(name).filter(correct).sort() for name in known if name not in silent}
    used |= {
        SPENT[name]: pl.col(name).mean()
        for name in known
        if name in SPENT and not trials[name].null_count()
    }
    return used, silent
