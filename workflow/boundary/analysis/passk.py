"""The unbiased pass@k estimator and its table.

pass@k is the probability that at least one of k samples solves a problem,
averaged over problems.  From c correct among n samples its unbiased estimate is
U = 1 − C(n−c, k)/C(n, k) for k ≤ n (Chen et al. 2021, arXiv 2107.03374); for
k > n no unbiased estimate exists, and none is given.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from boundary.analysis.failing import failing
from boundary.analysis.frames import arms_with, column_types
from boundary.analysis.intervals import Floats, share_interval, widen_to_monotone
from boundary.analysis.questions import Profiles, Questions, distinct_columns
from boundary.analysis.stopped import longest, rule_of, stops_early, with_rule
from boundary.errors import InputError
from boundary.progress import meter
from boundary.tables import PASSK

Integers = NDArray[np.int64]

#: Values of k that two arms are worked out at, side by side.
BLOCK_K = 64
BLOCK_CELLS = 2**16  # 512 KiB of float64


def pass_at_k(n: ArrayLike, c: ArrayLike, k: ArrayLike) -> Any:
    """Return the unbiased estimate of pass@k, elementwise with broadcasting.

    Evaluated as −expm1(Σ_{i<min(c,k)} log1p(−max(c,k)/(n−i))), which is
    symmetric in c and k, costs min(c, k) terms and is exact to rounding at
    n = 10⁶, where differences of log-gamma functions lose 12 digits.

    Parameters
    ----------
    n, c, k : int or integer array
        Samples, correct samples and draws.

    Returns
    -------
    float or float64 array
        NaN where k > n.

    Raises
    ------
    InputError
        When n < 1, k < 1 or c is not within 0..n.
    """
    samples, correct, draws = np.broadcast_arrays(
        _integers(n, "n"), _integers(c, "c"), _integers(k, "k")
    )
    _check_counts(samples, correct)
    if draws.size and draws.min() < 1:
        raise InputError(f"pass@k needs k of at least 1, found k = {draws.min()}.")
    triples = np.stack([samples.ravel(), correct.ravel(), draws.ravel()])
    distinct, place, _ = distinct_columns(triples)
    values = np.array([_single(*map(int, triple)) for triple in distinct.T], dtype=np.float64)
    result = values[place].reshape(samples.shape)
    return float(result) if result.ndim == 0 else result


#: Comparisons ask for the same problems and k again, of a base model above all.
@functools.lru_cache(maxsize=1 << 17)
def _single(n: int, c: int, k: int) -> float:
    if k > n:
        return math.nan
    if c == 0:
        return 0.0
    if c + k > n:
        return 1.0
    small, large = min(c, k), max(c, k)
    return float(-np.expm1(np.log1p(-large / (n - np.arange(small, dtype=np.float64))).sum()))


def _integers(values: ArrayLike, name: str) -> Integers:
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise InputError(f"pass@k needs whole numbers; {name} has type {array.dtype}.")
    return array.astype(np.int64)


def _check_counts(n: Integers, correct: Integers) -> None:
    if n.shape != correct.shape:
        raise InputError(f"n has shape {n.shape} but correct has shape {correct.shape}.")
    bad = (n < 1) | (correct < 0) | (correct > n)
    if bad.any():
        first = np.argmax(bad.ravel())
        raise InputError(
            f"{int(bad.sum())} problem(s) have impossible counts, the first n = "
            f"{n.ravel()[first]} with {correct.ravel()[first]} correct; 0 ≤ correct ≤ n and "
            f"n ≥ 1 are needed."
        )


def curve_blocks(
    n: Integers,
    correct: Integers,
    k_stop: int,
    block: int | None = None,
    rule: Integers | None = None,
) -> Iterator[tuple[int, Floats]]:
    """Yield pass@k for k = 1..k_stop in blocks of consecutive k: 1 less `fail_blocks`."""
    for first, values in fail_blocks(n, correct, k_stop, block, rule):
        yield first, np.subtract(1.0, values, out=values)


def fail_blocks(
    n: Integers,
    correct: Integers,
    k_stop: int,
    block: int | None = None,
    rule: Integers | None = None,
) -> Iterator[tuple[int, Floats]]:
    """Yield the chance that k samples all fail, for k = 1..k_stop in blocks of consecutive k.

    The failure probability follows fail(k) = fail(k−1)·(n−c−k+1)/(n−k+1) from
    fail(0) = 1: a product of exact integers' ratios, so its relative error grows
    by one rounding a step, 10⁻¹³ in practice at n = 10⁶.

    Parameters
    ----------
    n, correct : int64 arrays [P]
        One entry a (distinct) pair of counts.
    k_stop : int
        Last k.
    block : int, optional
        Values of k in a block: memory is P × block, whatever n is.  By default
        as many as fit a processor's cache.
    rule : int64 array [4, P], optional
        By which problems stopped early, see `boundary.analysis.stopped`.

    Yields
    ------
    first_k : int
    values : float64 array [P, ≤ block]
        NaN where k > n, or n_max where the problem may stop.
    """
    most = longest(n, rule)
    width = block or max(8, BLOCK_CELLS // max(1, len(n)))
    for first, values in failing(n, correct, k_stop, width, rule):
        k = np.arange(first, first + values.shape[1])
        inside = k[-1] <= most.min()
        yield first, values if inside else np.where(k > most[:, None], np.nan, values)


def curve_at(n: Integers, correct: Integers, ks: Integers, rule: Integers | None = None) -> Floats:
    """Return every problem's pass@k at the sorted k of a grid: 1 less `fail_at`."""
    return 1.0 - fail_at(n, correct, ks, rule)


def fail_at(n: Integers, correct: Integers, ks: Integers, rule: Integers | None = None) -> Floats:
    """Return the chance that k samples of a problem all fail, in bounded memory.

    Parameters
    ----------
    n, correct : int64 arrays [M]
    ks : int64 array [K]
        Ascending.
    rule : int64 array [4, M], optional
        As of `fail_blocks`.

    Returns
    -------
    float64 array [M, K]
        NaN where k > n, or n_max where the problem may stop.
    """
    _check_counts(n, correct)
    ends, place, _ = distinct_columns(with_rule(np.stack([correct, n]), rule))
    parts = []
    known = None if rule is None else ends[2:]
    for first, values in fail_blocks(ends[1], ends[0], int(ks[-1]), rule=known):
        inside = ks[(ks >= first) & (ks < first + values.shape[1])]
        parts.append(values[:, inside - first])
    return np.concatenate(parts, axis=1)[place]


def pass_at_each(
    n: Integers, correct: Integers, k: int | Integers, rule: Integers | None = None
) -> Floats:
    """Return every problem's pass@k at a k of its own.

    Parameters
    ----------
    n, correct : int64 arrays [R]
    k : int or int64 array [R]
    rule : int64 array [4, R], optional
        As of `fail_blocks`.
    """
    if rule is None:
        return np.asarray(pass_at_k(n, correct, k))
    draws, result = np.broadcast_to(k, n.shape), np.empty(len(n))
    for each in np.unique(draws):
        rows = draws == each
        result[rows] = curve_at(n[rows], correct[rows], np.array([each]), rule[:, rows])[:, 0]
    return result


def few_ks(n: int) -> Integers:
    """Return powers of two up to n, with n/2 and n."""
    return np.unique([*(1 << i for i in range(n.bit_length())), max(1, n // 2), n])


def passk_table(
    scores: pl.DataFrame, success: str = "correct", confidence: float = 0.95
) -> pl.DataFrame:
    """Return pass@k of every arm for k = 1..max n, with intervals.

    The standard error is sd_i(U_i)/√M over the M problems, which already holds
    the sampling noise (Miller 2024, arXiv 2411.00640); the interval is
    `intervals.share_interval`, its ends widened until neither falls with k.  Rows
    that ask the same question are one problem, with the mean of their U.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    success : str
        The column that counts successes: ``correct``, ``chain_correct``, or that
        of a rule, such as ``correct_lenient``.  Arms in which it is null throughout
        are left out.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A PASSK table: null beyond the arm's smallest n, flagged beyond half of
        it; with one problem no standard error exists (null) and the interval is
        [0, 1].

    Raises
    ------
    InputError
        When the column is missing, or null for some problems of an arm only.
    """
    if success not in scores.columns:
        raise InputError(
            f"The scores have no column {success}; found: {', '.join(scores.columns)}."
        )
    frames = []
    for labels, arm in arms_with(scores, success):
        if success != "correct" and stops_early(arm):
            raise InputError(
                f"pass@k by {success} of {' / '.join(labels.values())}: its problems stopped by "
                f"the count of correct, and by another count pass@k is not worked out for them."
            )
        counts = with_rule(np.stack([arm[success].to_numpy(), arm["n"].to_numpy()]), rule_of(arm))
        curve = _arm_curve(counts, Questions.of(arm), confidence)
        frames.append(curve.with_columns(pl.lit(v).alias(name) for name, v in labels.items()))
    types = column_types(PASSK)
    return pl.concat(frames).select(list(types)) if frames else pl.DataFrame(schema=types)


def _arm_curve(counts: Integers, questions: Questions, confidence: float) -> pl.DataFrame:
    _check_counts(counts[1], counts[0])
    most = longest(counts[1], counts[2:] if len(counts) > 2 else None)
    n_min, n_max, m = int(most.min()), int(most.max()), questions.m
    mean, se = _moments(Profiles.of(counts, questions), n_min)
    low, high = widen_to_monotone(*share_interval(mean, se, questions.units, confidence))
    k = np.arange(1, n_max + 1)
    padding = np.full(n_max - n_min, np.nan)
    columns = {"pass_at_k": mean, "se": se, "ci_low": low, "ci_high": high}
    frame = pl.DataFrame(
        {"k": k, **{name: np.concatenate([x, padding]) for name, x in columns.items()}}
    )
    return frame.with_columns(
        pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in columns
    ).with_columns(
        n_problems=pl.lit(m, dtype=pl.Int64),
        n_min=pl.lit(n_min, dtype=pl.Int64),
        flagged=2 * pl.col("k") > n_min,
    )


def _moments(profiles: Profiles, k_stop: int) -> tuple[Floats, Floats]:
    """Return mean and standard error over problems for k = 1..k_stop, in blocks."""
    correct, n, *rule = profiles.counts
    means, errors = [], []
    with meter("pass@k", k_stop, "k", brief=True) as progress:
        for _, rows in curve_blocks(n, correct, k_stop, rule=np.stack(rule) if rule else None):
            mean, se = profiles.mean_and_se(profiles.mean(rows))
            means.append(np.clip(mean, 0.0, 1.0))
            errors.append(se)
            progress.advance(rows.shape[1])
    return np.concatenate(means), np.concatenate(errors)
