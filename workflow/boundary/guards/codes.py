"""Responses as codes, equal where the texts are, and how often blocks agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from boundary.columns import FAULT

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: In place of a code: no response here, and one that equals no other.
NONE, UNIQUE = -1, 0


@dataclass(frozen=True)
class Shard:
    """The responses of one block.

    Attributes
    ----------
    problem : int64 array [m]
        Indices of the problems that it has, ascending.
    codes : int64 array [m, S]
        By place within the block; `NONE` and `UNIQUE` are special, other codes
        count from 1 within each problem and are the same in all blocks.
    """

    problem: Integers
    codes: Integers


@dataclass(frozen=True)
class Blocks:
    """All blocks of an arm.

    Attributes
    ----------
    shards : list of Shard
    names : polars.Series
        Problem ids by index.
    """

    shards: list[Shard]
    names: pl.Series

    @cached_property
    def pool(self) -> tuple[Integers, Integers]:
        """What `count_codes` finds in all blocks."""
        return count_codes(self.shards, len(self.names))


def as_blocks(rows: pl.DataFrame) -> Blocks:
    """Arrange responses by block, problem and place.

    Parameters
    ----------
    rows : polars.DataFrame
        Columns ``shard`` (0, 1, …), ``problem_id``, ``sample_index`` and
        ``fingerprint``, equal for equal responses; ``finish_reason``, as no
        response is there where a fault of the machine ended it.
    """
    names = rows["problem_id"].unique().sort()
    text_key = ["problem_id", "fingerprint"]
    repeated = (
        rows.filter(pl.col("finish_reason").ne_missing(FAULT))
        .group_by(text_key)
        .len()
        .filter(pl.col("len") > 1)
        .select(
            *text_key, code=pl.col("fingerprint").rank("dense").over("problem_id").cast(pl.Int64)
        )
    )
    placed = (
        rows.join(repeated, on=text_key, how="left")
        .select(
            "shard",
            problem=index_of("problem_id", names),
            place=pl.col("sample_index").rank("ordinal").over("shard", "problem_id").cast(pl.Int64)
            - 1,
            code=pl.when(pl.col("finish_reason") == FAULT)
            .then(NONE)
            .otherwise(pl.col("code").fill_null(UNIQUE)),
        )
        .sort("shard")
    )
    shards = []
    for part in placed.partition_by("shard", maintain_order=True):
        problem, index = np.unique(part["problem"].to_numpy(), return_inverse=True)
        place = part["place"].to_numpy()
        codes = np.full((len(problem), int(place.max()) + 1), NONE, dtype=np.int64)
        codes[index, place] = part["code"].to_numpy()
        shards.append(Shard(problem, codes))
    return Blocks(shards, names)


def index_of(column: str, names: pl.Series) -> pl.Expr:
    """Return the place of each value among names."""
    return pl.col(column).replace_strict(names, pl.int_range(len(names), eager=True))


def count_codes(shards: Sequence[Shard], problems: int) -> tuple[Integers, Integers]:
    """Count responses by problem and code.

    Returns
    -------
    pool : int64 array [M, K]
        How often each code occurs in each problem; 0 for `UNIQUE`, whose
        responses equal nothing.
    total : int64 array [M]
        All responses to each problem.
    """
    most = max(int(shard.codes.max(initial=0)) for shard in shards)
    pool = np.zeros((problems, most + 1), dtype=np.int64)
    for shard in shards:
        rows = np.broadcast_to(shard.problem[:, None], shard.codes.shape)
        there = shard.codes != NONE
        np.add.at(pool, (rows[there], shard.codes[there]), 1)
    total = pool.sum(axis=1)
    pool[:, UNIQUE] = 0
    return pool, total


@dataclass(frozen=True)
class Agreement:
    """Shares of equal pairs of responses to one problem, by block.

    Attributes
    ----------
    crossed : float64 array [B, B]
        Of pairs of two blocks that are not at the same place; NaN where there are none.
    inside : float64 array [B]
        Of pairs within a block.
    between : float64 array [B, B]
        Of pairs of two blocks, wherever they stand.
    outside : float64 array [B]
        Of pairs of one response of a block and one of another block.
    placed, shared : float64 arrays [B, B]
        How many standard deviations more is equal between two blocks than by
        chance, roughly: pairs at the same place, and responses wherever they
        stand, those that are rare in the arm weighing most.
    """

    crossed: Floats
    inside: Floats
    between: Floats
    outside: Floats
    placed: Floats
    shared: Floats


def agreement(blocks: Blocks) -> Agreement:
    """Count equal pairs within and between all blocks."""
    parts = [_long(number, shard) for number, shard in enumerate(blocks.shards)]
    block, problem, place, code = (np.concatenate(column) for column in zip(*parts, strict=True))
    spot = problem * (int(place.max(initial=0)) + 1) + place
    width = blocks.pool[0].shape[1]
    known = code > UNIQUE
    count = len(blocks.shards)
    pairs, here = _products(block, problem, count), _products(block, spot, count)
    text = np.unique((problem * width + code)[known], return_inverse=True)[1]
    placed = np.unique((spot * width + code)[known], return_inverse=True)[1]
    equal, equal_here = (_products(block[known], group, count) for group in (text, placed))
    pool, total = blocks.pool
    alike = (pool * (pool - 1)).sum(1) / np.maximum(total * (total - 1), 1)
    by_chance = _products(block, spot, count, alike[problem])
    spread = _products(block, spot, count, (alike * (1 - alike))[problem])
    times = pool[problem[known], code[known]]
    weighed = _products(block[known], text, count, 1 / times)
    many = pool[pool > 0]
    expected = (many - 1).sum() * pairs / np.maximum(total * (total - 1), 1).sum()
    deviation = np.sqrt((1 + 2 * many / count).sum()) / count
    inside, equal_inside = np.diag(pairs) - np.diag(here), np.diag(equal) - np.diag(equal_here)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Agreement(
            crossed=(equal - equal_here) / (pairs - here),
            inside=equal_inside / inside,
            between=equal / pairs,
            outside=(equal.sum(1) - np.diag(equal)) / (pairs.sum(1) - np.diag(pairs)),
            placed=(equal_here - by_chance) / np.sqrt(spread),
            shared=(weighed - expected) / deviation,
        )


def _long(number: int, shard: Shard) -> tuple[Integers, ...]:
    """Return block, problem, place and code of every response."""
    rows, places = np.nonzero(shard.codes != NONE)
    return np.full(len(rows), number), shard.problem[rows], places, shard.codes[rows, places]


def _products(block: Integers, group: Integers, count: int, weight: Floats | float = 1.0) -> Floats:
    """Return Σ_g w_g x_ag x_bg for blocks a and b, x the responses of a block in a group."""
    size = (count, int(group.max(initial=0)) + 1)
    values = np.sqrt(np.broadcast_to(weight, block.shape))
    table = csr_array((values, (block, group)), shape=size)
    product: Floats = (table @ table.T).toarray()
    return product
