"""Problems with fewer samples than the rest: they end every curve, so they are named, or dropped.

pass@k has an unbiased estimate for k ≤ n only, and a curve is a mean over all
problems: one problem of 3 samples among hundreds of 128 ends it at k = 3.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from boundary.analysis.frames import arms
from boundary.analysis.intervals import Integers
from boundary.analysis.stopped import planned
from boundary.columns import ARM_KEY
from boundary.errors import InputError

#: Problems that a note names.
NAMED = 3


def with_enough(scores: pl.DataFrame, min_n: int | None) -> pl.DataFrame:
    """Return the problems of each arm that have at least ``min_n`` samples; all for None.

    A problem that stopped early counts as sampled to the end.

    Raises
    ------
    InputError
        When an arm has none; names the largest min_n that would leave any.
    """
    if min_n is None:
        return scores
    for labels, arm in arms(scores):
        most = arm.select(planned(arm)).to_series().to_numpy()
        leave_some(most, min_n, " / ".join(labels.values()))
    return scores.filter(planned(scores) >= min_n)


def leave_some(n: Integers, min_n: int, where: str) -> None:
    """Refuse a ``min_n`` that no problem reaches.

    Parameters
    ----------
    n : int64 array [R]
        Samples of each problem, of the arm with fewest.
    min_n : int
    where : str
        Arm, comparison or series, for the message.
    """
    most = int(n.max()) if len(n) else 0
    if most < min_n:
        raise InputError(
            f"{where}: min_n {min_n} drops all {len(n)} problems, as none has more than {most} "
            f"samples. The largest min_n that leaves any is {most}."
        )


def few_samples(problem_ids: Sequence[str], n: Integers) -> str | None:
    """Name the problems with fewer samples than the most common number; None without any.

    Parameters
    ----------
    problem_ids : sequence of str [R]
    n : int64 array [R]

    Returns
    -------
    str or None
        Such as ``2 of 500 problems with fewer than the usual 128 samples: a (3), b (64)``.
    """
    usual = usual_n(n)
    few = np.flatnonzero(n < usual)
    if not len(few):
        return None
    first = few[np.argsort(n[few], kind="stable")][:NAMED]
    named = ", ".join(f"{problem_ids[i]} ({n[i]})" for i in first)
    more = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
    return (
        f"{len(few)} of {len(n)} problems with fewer than the usual {usual} samples: {named}{more}"
    )


def usual_n(n: Integers) -> int:
    """Return the most common number of samples, the largest of several that are."""
    sizes, times = np.unique(n, return_counts=True)
    return int(sizes[times == times.max()].max())


def few_in_arms(scores: pl.DataFrame) -> list[str]:
    """Say of each arm which of its problems have few samples."""
    notes = []
    for labels, arm in arms(scores):
        most = arm.select(planned(arm)).to_series().to_numpy()
        note = few_samples(arm["problem_id"].to_list(), most)
        if note:
            notes.append(f"{' / '.join(labels[name] for name in ARM_KEY)}: {note}")
    return notes
