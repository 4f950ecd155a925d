"""Which problems a curve counts, and their share by k: mean, interval, n, M and the flag."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from boundary.analysis.enough import leave_some
from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.questions import Questions


def powers_of_two(n: int) -> list[int]:
    """Return the powers of two up to n."""
    return [1 << power for power in range(n.bit_length())]


def kept_problems(
    sizes: pl.DataFrame, asked: pl.DataFrame | None, min_n: int | None, where: str
) -> pl.DataFrame:
    """Return the problems with enough samples, and what each asks as far as that is known.

    Parameters
    ----------
    sizes : polars.DataFrame
        ``problem_id`` and ``n``, a row a problem, beside other columns.
    asked : polars.DataFrame, optional
        ``problem_id``, ``question`` and ``cluster``.
    min_n : int, optional
        Problems with fewer samples are left out.
    where : str
        The arm, for messages.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    """
    if min_n is not None:
        leave_some(sizes["n"].cast(pl.Int64).to_numpy(), min_n, where)
        sizes = sizes.filter(pl.col("n") >= min_n)
    if asked is not None:
        sizes = sizes.join(asked, on="problem_id", how="left", maintain_order="left")
    return sizes


def share_curve(
    name: str, values: Floats, ks: list[int], questions: Questions, n_min: int, confidence: float
) -> dict[str, Any]:
    """Return columns of a table with a row a k.

    Parameters
    ----------
    name : str
        Column of the mean.
    values : float64 array [R, K]
        Shares from 0 to 1, a row a problem.
    ks : list of int [K]
    questions : Questions
        Of the rows.
    n_min : int
        Samples that every problem has; beyond half of it a k is flagged.
    confidence : float
        Of intervals over problems, pointwise (`share_interval`).
    """
    mean, se = questions.mean_and_se(values)
    low, high = share_interval(mean, se, questions.units, confidence)
    return {
        "k": ks,
        name: np.clip(mean, 0.0, 1.0),
        "ci_low": low,
        "ci_high": high,
        "n_problems": questions.m,
        "n_min": n_min,
        "flagged": [2 * k > n_min for k in ks],
    }
