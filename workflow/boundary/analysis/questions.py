"""Rows of an arm that ask the same question are one problem.

A benchmark file may hold a question many times under other ids.  Such rows are
no independent draws from a population of problems, so every analysis counts
each distinct question once: what it measures of a problem is averaged over the
rows of a question, and M is the number of questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Questions:
    """Which question each row asks.

    Attributes
    ----------
    index : int64 array [R]
        The question of each row, 0 … M − 1 in order of first appearance.
    """

    index: Integers

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Questions:
        """Return the questions of rows with ``problem_id`` and optionally ``question``.

        Rows with the same digest in ``question`` ask the same; a row without
        one asks a question of its own.
        """
        known = rows["question"].drop_nulls() if "question" in rows.columns else pl.Series()
        if known.n_unique() == len(known):
            return cls.distinct(rows.height)
        row = pl.col("row")
        asked = pl.when(pl.col("question").is_null()).then(row)
        first = (
            rows.select("question")
            .with_row_index("row")
            .select(asked.otherwise(row.min().over("question")))
        )
        return cls(first.to_series().rank("dense").cast(pl.Int64).to_numpy() - 1)

    @classmethod
    def distinct(cls, rows: int) -> Questions:
        """Return the questions of rows of which each asks another."""
        return cls(np.arange(rows, dtype=np.int64))

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
    """

    counts: Integers
    starts: Integers
    shares: NDArray[np.float64]
    times: Integers

    @classmethod
    def of(cls, counts: Integers, questions: Questions) -> Profiles:
        """Sort the counts ``[C, rows]`` of some questions, by the last row of counts first."""
        distinct, row, times = distinct_columns(counts)
        if questions.m == counts.shape[1]:
            return cls._single(distinct, times)
        width = distinct.shape[1]
        key, repeats = np.unique(questions.index * width + row, return_counts=True)
        owner, row = np.divmod(key, width)
        if len(key) == questions.m:  # the rows of each question are copies of each other
            times = np.bincount(row, minlength=width)
            return cls._single(distinct, times)
        shares = repeats / questions.sizes[owner]
        starts = np.searchsorted(owner, np.arange(questions.m + 1))
        found: dict[bytes, list[int]] = {}
        for question, (start, stop) in enumerate(pairwise(starts)):
            told = row[start:stop].tobytes() + shares[start:stop].tobytes()
            found.setdefault(told, []).append(question)
        profiles = [found[told] for told in sorted(found)]
        chosen = np.array([members[0] for members in profiles])
        sizes = (starts[1:] - starts[:-1])[chosen]
        ends = np.cumsum(sizes)
        kept = np.repeat(starts[chosen] - (ends - sizes), sizes) + np.arange(ends[-1])
        return cls(
            distinct[:, row[kept]],
            np.concatenate([[0], ends]),
            shares[kept],
            np.array([len(members) for members in profiles], dtype=np.int64),
        )

    @classmethod
    def _single(cls, counts: Integers, times: Integers) -> Profiles:
        rows = counts.shape[1]
        return cls(counts, np.arange(rows + 1), np.ones(rows), times)

    @property
    def m(self) -> int:
        """Number of questions, M."""
        return int(self.times.sum())

    def mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each profile comes to, ``[D, K]``, from its rows, ``[R, K]``."""
        if len(self.times) == len(self.shares):
            return values
        matrix = csr_matrix((self.shares, np.arange(len(self.shares)), self.starts))
        product: NDArray[np.float64] = matrix @ values
        return product

    def content(self) -> tuple[NDArray[Any], ...]:
        """Return arrays that tell these counts from any others, for a seed."""
        if len(self.times) == len(self.shares):
            return (np.repeat(self.counts, self.times, axis=1),)
        return self.counts, self.starts, self.shares, self.times

    def blocks(self, size: int) -> Iterator[Profiles]:
        """Yield the profiles in order, about ``size`` rows at a time."""
        begin, last = 0, len(self.times)
        while begin < last:
            reach = int(np.searchsorted(self.starts, self.starts[begin] + size, side="right")) - 1
            end = min(max(reach, begin + 1), last)
            rows = slice(self.starts[begin], self.starts[end])
            yield Profiles(
                self.counts[:, rows],
                self.starts[begin : end + 1] - self.starts[begin],
                self.shares[rows],
                self.times[begin:end],
            )
            begin = end


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
