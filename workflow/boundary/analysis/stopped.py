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
every p.  Samples of such a problem are still independent until it ends, so that
fail_k·fail_l − fail_{k+l} is without bias for the covariance of two of its estimates too.

As C(u−k,a)/C(u,a) is Chen's estimate of a successes in u samples, fail_k is a mean of such
estimates with weights C(u,a)·C(t−u,c−a)/D: `orders` returns both.

A *rule* is an int64 array ``[4, R]`` beside n and correct: n_max, the look before and the
successes that would have ended a problem there (n, 0 and 1 of one that could not stop early), and
how many of its wrong samples are taken for right all the same, which stop nothing, by default 0:
with x of t − c such, k samples all fail with fail_k·C(t−c−x, k)/C(t−c, k), as wrong samples are
exchangeable among themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from boundary.analysis.combinations import log_choose

Integers = NDArray[np.int64]


def rule_of(scores: pl.DataFrame) -> Integers | None:
    """Return the rule of the problems of an arm, ``[4, R]``; None where none may stop early.

    Parameters
    ----------
    scores : polars.DataFrame
        Rows of a SCORES table.
    """
    if not stops_early(scores):
        return None
    doubled = pl.col("n") > pl.col("first_look")
    known = scores.select(
        pl.coalesce("n_max", "n"),
        pl.when(doubled).then(pl.col("n") // 2).otherwise(0).alias("looked"),
        pl.when(doubled).then("stop_after").otherwise(1).alias("stop_after"),
        pl.lit(0, dtype=pl.Int64).alias("more"),
    )
    return known.to_numpy().T


def stops_early(scores: pl.DataFrame) -> bool:
    """Return whether problems of some scores may stop early."""
    return "n_max" in scores.columns and scores["n_max"].count() > 0


def planned(scores: pl.DataFrame) -> pl.Expr:
    """Return the samples up to which each problem of some scores has pass@k, k ≤ n_max."""
    return pl.coalesce(name for name in ("n_max", "n") if name in scores.columns)


def longest(n: Integers, rule: Integers | None) -> Integers:
    """Return the samples up to which each row has pass@k: n, or n_max where it may stop."""
    return n if rule is None else rule[0]


def fixed_rule(n: Integers) -> Integers:
    """Return the rule of rows that cannot stop early."""
    return np.stack([n, np.zeros_like(n), np.ones_like(n), np.zeros_like(n)])


def with_rule(counts: Integers, rule: Integers | None) -> Integers:
    """Return counts ``[C, R]``, with the rows of a rule below them where there is one."""
    return counts if rule is None else np.concatenate([counts, rule])


class Counts(NamedTuple):
    """What the problems of an arm ended with, ``[R]`` each, and by which rule, ``[4, R]``."""

    n: Integers
    correct: Integers
    rule: Integers | None

    @property
    def longest(self) -> Integers:
        """Samples up to which each problem has pass@k."""
        return longest(self.n, self.rule)

    @property
    def right(self) -> Integers:
        """Samples of each problem that count as right."""
        return self.correct if self.rule is None else self.correct + self.rule[3]


def widened(rule: Integers, more: Integers) -> Integers:
    """Return a rule by which so many wrong samples of each row, ``[R]``, are right too."""
    return np.concatenate([rule[:3], more[None]])


def turned(rows: Integers) -> Integers:
    """Return counts of two arms, one below the other, with the arms exchanged."""
    return np.concatenate(np.split(rows, 2)[::-1])


def apart(rows: Integers) -> Iterator[Counts]:
    """Yield the counts of each of two arms, one below the other.

    Parameters
    ----------
    rows : int64 array [4, R] or [12, R]
        The latter with rules, see `with_rule`.
    """
    for each in np.split(rows, 2):
        yield Counts(each[0], each[1], each[2:] if len(each) > 2 else None)


class Orders(NamedTuple):
    """Of which of Chen's estimates those of some problems are means.

    Attributes
    ----------
    weights : sparse matrix [P, B]
    n, correct : int64 arrays [B]
    looked : int64 array [B]
        Samples that are known to have failed, all of them, before the first success can come.
    """

    weights: csr_matrix
    n: Integers
    correct: Integers
    looked: Integers


def orders(n: Integers, correct: Integers, rule: Integers) -> Orders:
    """Return the estimates of which fail_k of each problem is the mean.

    Parameters
    ----------
    n, correct : int64 arrays [P]
        Samples and successes where each problem ended.
    rule : int64 array [4, P]
    """
    _, looked, stop, _ = rule
    before = np.where(looked > 0, np.minimum(stop, looked + 1), 1)  # successes at u: 0 … s − 1
    row = np.repeat(np.arange(len(n)), before)
    earlier = np.arange(len(row)) - np.repeat(np.cumsum(before) - before, before)
    u, after = looked[row], (n - looked)[row]
    later = correct[row] - earlier
    possible = (later >= 0) & (later <= after)
    later = np.where(possible, later, 0)
    logs = np.where(possible, log_choose(u, earlier) + log_choose(after, later), -np.inf)
    starts = np.cumsum(before) - before
    weights = np.exp(logs - np.maximum.reduceat(logs, starts)[row])
    weights /= np.add.reduceat(weights, starts)[row]
    # No success up to the look: failures until then, and from there on Chen's estimate of the
    # samples since.  Where that cannot be, c > t − u, its weight is 0.
    none = earlier == 0
    rows = np.where(none, n[row], u), np.where(none, np.minimum(correct[row], after), earlier)
    basis, place = np.unique(np.stack([*rows, np.where(none, u, 0)]), axis=1, return_inverse=True)
    matrix = csr_matrix((weights, (row, place.ravel())), shape=(len(n), basis.shape[1]))
    return Orders(matrix, *basis)
