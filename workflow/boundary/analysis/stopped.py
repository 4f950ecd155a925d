"""pass@k of problems that stopped early, without bias.

A problem that ends with c successes in t samples had fewer than s at the look before, u.
Given its end, every order of its samples that such a problem could have taken is equally
likely, so that the chance that k of them fail is, with
D = Σ_{a<s} C(u,a)·C(t−u,c−a) for the number of orders,

    fail_k = Σ_{a<s} C(u−k,a)·C(t−u,c−a) / D      k ≤ u
           = C(t−k,c) / D                         u < k ≤ t
           = 0                                    k > t, where t < n: it stopped, so c ≥ s

(for u = 0 the sum holds a = 0 alone, and fail_k is that of Chen et al. 2021).  A design of n
samples has n + 1 ends and fail_k is the only estimate from (t, c) whose mean is (1−p)^k for
every p.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaln

from boundary.analysis.passk import fail_at

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def looked_before(scores: pl.DataFrame) -> Integers:
    """Return the look before the end of each problem, ``[P]``; 0 where there was none.

    Parameters
    ----------
    scores : polars.DataFrame
        A SCORES table.
    """
    if "first_look" not in scores.columns:
        return np.zeros(scores.height, dtype=np.int64)
    doubled = pl.when(pl.col("n") > pl.col("first_look")).then(pl.col("n") // 2).otherwise(0)
    return scores.select(doubled.fill_null(0)).to_series().to_numpy().astype(np.int64)


def stopped_fail_at(
    n: Integers, correct: Integers, looked: Integers, stop_after: Integers, ks: Integers
) -> Floats:
    """Return the chance that k samples of a problem all fail, at the ascending k of a grid.

    Parameters
    ----------
    n, correct : int64 arrays [P]
        Samples and successes where each problem ended.
    looked : int64 array [P]
        Samples at the look before; 0 where there was none.
    stop_after : int64 array [P]
        Successes that would have ended it there; not read where there was no look before.
    ks : int64 array [K]

    Returns
    -------
    float64 array [P, K]
        0 beyond n; what is beyond the design is for the caller to leave out.
    """
    result = np.zeros((len(n), len(ks)))
    groups, place = np.unique(np.stack([looked, n, stop_after]), axis=1, return_inverse=True)
    for index, (before, samples, stop) in enumerate(groups.T.tolist()):
        rows = place.ravel() == index
        inside = ks <= samples
        if inside.any():
            result[np.ix_(rows, inside)] = (
                _from_look(before, samples - before, stop, correct[rows], ks[inside])
                if before
                else fail_at(n[rows], correct[rows], ks[inside])
            )
    return result


def _from_look(before: int, after: int, stop: int, correct: Integers, ks: Integers) -> Floats:
    """Return the chances of problems that had fewer than ``stop`` successes at the look before."""
    earlier = np.arange(min(stop, before + 1))
    weights = _weights(before, after, correct[:, None], earlier[None, :])
    early, late = ks[ks <= before], ks[ks > before] - before
    values = []
    if early.size:
        values.append(weights @ fail_at(np.full(len(earlier), before), earlier, early))
    if late.size:
        # No success up to the look has the first weight, which is 0 where c > t - u.
        failed = fail_at(np.full(len(correct), after), np.minimum(correct, after), late)
        values.append(weights[:, :1] * failed)
    return np.concatenate(values, axis=1)


def _weights(before: int, after: int, correct: Integers, earlier: Integers) -> Floats:
    """Return the share of orders with so many successes at the look before, ``[P, s]``."""
    later = correct - earlier
    possible = (later >= 0) & (later <= after)
    later = np.where(possible, later, 0)
    logs = np.where(possible, _log_choose(before, earlier) + _log_choose(after, later), -np.inf)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _log_choose(n: int, k: Integers) -> Floats:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))
