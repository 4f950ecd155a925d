"""Rows of an arm that ask the same question are one problem.

A benchmark file may hold a question many times under other ids.  Such rows are
no independent draws from a population of problems, so every analysis counts
each distinct question once: what it measures of a problem is averaged over the
rows of a question, and M is the number of questions.  Different questions of one
``cluster`` (a template, a passage) are problems that were not drawn apart from
each other: standard errors then rest on clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from boundary.analysis.intervals import ROUNDING, clustered_se, mean_and_se

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Questions:
    """Which question each row asks.

    Attributes
    ----------
    index : int64 array [R]
        The question of each row, 0 … M − 1 in order of first appearance.
    cluster : int64 array [M], optional
        The cluster of each question, 0 … C − 1; None where each is its own.
    """

    index: Integers
    cluster: Integers | None = None

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Questions:
        """Return the questions of rows, by the optional columns ``question`` and ``cluster``.

        Rows with the same digest in ``question`` ask the same; a row without
        one asks a question of its own.  Likewise for ``cluster``, that of the
        first row of a question.
        """
        index = _groups(rows, "question")
        if index is None:
            return cls(np.arange(rows.height, dtype=np.int64), _groups(rows, "cluster"))
        first = np.unique(index, return_index=True)[1]
        return cls(index, _groups(rows[first], "cluster"))

    @classmethod
    def distinct(cls, rows: int) -> Questions:
        """Return the questions of rows of which each asks another."""
        return cls(np.arange(rows, dtype=np.int64))

    def where(self, chosen: NDArray[np.bool_]) -> Questions:
        """Return some of the questions, and those of their rows.

        Parameters
        ----------
        chosen : bool array [M]
        """
        return self.rows(chosen[self.index])

    def rows(self, kept: NDArray[np.bool_]) -> Questions:
        """Return the questions of some rows.

        Parameters
        ----------
        kept : bool array [R]
        """
        left, index = np.unique(self.index[kept], return_inverse=True)
        if self.cluster is None:
            return Questions(index)
        names, cluster = np.unique(self.cluster[left], return_inverse=True)
        return Questions(index, cluster if len(names) < len(cluster) else None)

    @cached_property
    def units(self) -> int:
        """Number of problems drawn independently: clusters where any are named, else M."""
        return self.m if self.cluster is None else int(self.cluster.max()) + 1

    def mean_and_se(
        self, values: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard error over questions, of one value a row, ``[R]`` or ``[R, K]``.

        See `intervals.mean_and_se`.
        """
        return mean_and_se(self.mean(values), self.cluster)

    @cached_property
    def m(self) -> int:
        """Number of distinct questions, M."""
        return int(self.index.max()) + 1 if len(self.index) else 0

    @cached_property
    def sizes(self) -> Integers:
        """Number of rows of each question, ``[M]``."""
        return np.bincount(self.index, minlength=self.m)

    @cached_property
    def first(self) -> Integers:
        """Return the first row of each question, ``[M]``."""
        return np.unique(self.index, return_index=True)[1].astype(np.int64)

    def total(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum over the rows of each question, ``[M, …]`` from ``[R, …]``."""
        if self.m == len(self.index):
            return values
        order = np.argsort(self.index, kind="stable")
        starts = np.cumsum(self.sizes) - self.sizes
        return np.add.reduceat(values[order], starts, axis=0)

    def mean(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the mean over the rows of each question, ``[M, …]`` from ``[R, …]``."""
        if self.m == len(self.index):
            return values
        return (self.total(values).T / self.sizes).T


def _groups(rows: pl.DataFrame, column: str) -> Integers | None:
    """Return the groups of rows by a column, nulls apart; None where no value repeats."""
    known = rows[column].drop_nulls() if column in rows.columns else pl.Series()
    if known.n_unique() == len(known):
        return None
    row = pl.col("row")
    apart = pl.when(pl.col(column).is_null()).then(row)
    first = (
        rows.select(column).with_row_index("row").select(apart.otherwise(row.min().over(column)))
    )
    return first.to_series().rank("dense").cast(pl.Int64).to_numpy() - 1


@dataclass(frozen=True)
class Profiles:
    """The different questions of an arm or a pair, as far as their counts tell them apart.

    A curve is a mean over questions of a function of their counts, so it is
    worked out once for each profile: the counts of a question's rows, each with
    its share of the rows.  Profiles stand in an order of their own, so that
    neither names nor the order or number of equal rows change a digit.

    Attributes
    ----------
    counts : int64 array [C, R]
        Counts of the rows of all profiles.
    starts : int64 array [D + 1]
        Where the rows of each profile begin, and R.
    shares : float64 array [R]
        Share of a row among the rows of its question; 1 where it is the only one.
    times : int64 array [D]
        Number of questions with each profile.
    units : sparse matrix [C, D]
        How many questions of each unit have each profile, the units in an order
        of their own: a unit is a cluster, or a question where none is named.
    """

    counts: Integers
    starts: Integers
    shares: NDArray[np.float64]
    times: Integers
    units: csr_matrix

    @classmethod
    def of(cls, counts: Integers, questions: Questions) -> Profiles:
        """Sort the counts ``[C, rows]`` of some questions, by the last row of counts first."""
        distinct, row, times = distinct_columns(counts)
        if questions.m == counts.shape[1]:
            return cls._single(distinct, times, _units(row, questions))
        width = distinct.shape[1]
        key, repeats = np.unique(questions.index * width + row, return_counts=True)
        owner, row = np.divmod(key, width)
        if len(key) == questions.m:  # the rows of each question are copies of each other
            times = np.bincount(row, minlength=width)
            return cls._single(distinct, times, _units(row, questions))
        shares = repeats / questions.sizes[owner]
        starts = np.searchsorted(owner, np.arange(questions.m + 1))
        by_profile: dict[bytes, list[int]] = {}
        for question, (start, stop) in enumerate(pairwise(starts)):
            content = row[start:stop].tobytes() + shares[start:stop].tobytes()
            by_profile.setdefault(content, []).append(question)
        profiles = [by_profile[content] for content in sorted(by_profile)]
        chosen = np.array([members[0] for members in profiles])
        sizes = (starts[1:] - starts[:-1])[chosen]
        ends = np.cumsum(sizes)
        place = np.empty(questions.m, dtype=np.int64)
        for profile, members in enumerate(profiles):
            place[members] = profile
        kept = np.repeat(starts[chosen] - (ends - sizes), sizes) + np.arange(ends[-1])
        return cls(
            distinct[:, row[kept]],
            np.concatenate([[0], ends]),
            shares[kept],
            np.array([len(members) for members in profiles], dtype=np.int64),
            _units(place, questions),
        )

    @classmethod
    def _single(cls, counts: Integers, times: Integers, units: csr_matrix) -> Profiles:
        rows = counts.shape[1]
        return cls(counts, np.arange(rows + 1), np.ones(rows), times, units)

    @property
    def m(self) -> int:
        """Number of questions, M."""
        return int(self.times.sum())

    @property
    def clustered(self) -> bool:
        """Whether some questions share a cluster."""
        return bool(self.units.shape[0] < self.m)

    def mean_and_se(
        self, values: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and standard error over questions of one value a profile, ``[D, K]``.

        See `intervals.mean_and_se`.
        """
        m = self.m
        mean = self.times.astype(np.float64) @ values / m
        if self.units.shape[0] == 1:
            return mean, np.full_like(mean, np.inf)
        deviations = values - mean
        se = np.sqrt(self.times @ deviations**2 / (m - 1) / m)
        if self.clustered:
            se = np.maximum(se, clustered_se(self.units @ deviations, m))
        return mean, np.where(np.ptp(values, axis=0) <= ROUNDING, 0.0, se)

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each profile comes to, ``[D, K]``, from its rows, ``[R, K]``."""
        if len(self.times) == len(self.shares):
            return values
        matrix = csr_matrix((self.shares, np.arange(len(self.shares)), self.starts))
        product: NDArray[np.float64] = matrix @ values
        return product

    def content(self) -> tuple[NDArray[Any], ...]:
        """Return arrays that tell these counts from any others, for a seed."""
        if self.clustered:
            shape = self.units.indptr, self.units.indices, self.units.data
            return self.counts, self.starts, self.shares, self.times, *shape
        if len(self.times) == len(self.shares):
            return (np.repeat(self.counts, self.times, axis=1),)
        return self.counts, self.starts, self.shares, self.times


def _units(profile: Integers, questions: Questions) -> csr_matrix:
    """Count the questions of each profile in each unit, equal units side by side."""
    m, width = questions.m, int(profile.max()) + 1 if len(profile) else 0
    if questions.cluster is None:
        return csr_matrix((np.ones(m), np.sort(profile), np.arange(m + 1)), shape=(m, width))
    members: list[list[int]] = [[] for _ in range(questions.units)]
    for cluster, place in zip(questions.cluster.tolist(), profile.tolist(), strict=True):
        members[cluster].append(place)
    ordered = sorted(sorted(each) for each in members)
    starts = np.concatenate([[0], np.cumsum([len(each) for each in ordered])])
    column = np.concatenate(ordered).astype(np.int64)
    matrix = csr_matrix((np.ones(m), column, starts), shape=(len(ordered), width))
    matrix.sum_duplicates()
    return matrix


def distinct_columns(counts: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the distinct columns, which of them each column is, and how often each stands.

    The columns are ordered by their last row, then by the row before it, and so on.
    """
    order = np.lexsort(counts)
    ordered = np.ascontiguousarray(counts[:, order])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.cumsum(fresh) - 1
    return ordered[:, fresh], place, np.bincount(place)
