"""How many equal responses chance allows: tests that hold whatever the model is.

Every test is a row of trials, each with the chance that it succeeds given all
that was revealed before it.  Under independent samples

    e(z) = Π_i z^{x_i} / (1 + (z − 1) p_i)

has expectation 1 for any z > 0 (at most 1 where p_i is an upper bound and
z > 1), so that by Markov's inequality e ≥ 1/α happens with a probability of at
most α (Vovk and Wang 2021, Annals of Statistics 49, 1736–1754).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.guards.codes import (
    NONE,
    UNIQUE,
    Blocks,
    Floats,
    Integers,
    Shard,
    count_codes,
    index_of,
)

Flags = NDArray[np.bool_]

#: Values of z: more successes than chance allows, and fewer.
MORE = (3.0, 30.0, 1e3, 1e6)
FEWER = (0.5, 0.1, 0.01)
#: Of how many copies each a block may consist; multiples of these are found too.
TIMES = (2, 3, 5, 7)


@dataclass(frozen=True)
class Trials:
    """Pairs of responses, in the order in which they are revealed.

    Attributes
    ----------
    problem : int64 array [T]
        Index of the problem of each.
    success : bool array [T]
        Whether the two were equal.
    chance : float64 array [T]
        Probability of that, given all trials before of the same problem.
    """

    problem: Integers
    success: Flags
    chance: Floats

    @property
    def successes(self) -> int:
        """Trials that succeeded."""
        return int(self.success.sum())

    @property
    def problems(self) -> Integers:
        """Indices of the problems in which one did."""
        return np.unique(self.problem[self.success])

    @property
    def excess(self) -> float:
        """Which part of what could succeed beyond chance does; 0 where nothing could."""
        beyond = float((1 - self.chance).sum())
        return float((self.success - self.chance).sum()) / beyond if beyond else 0.0

    def below(self, chance: float) -> Trials:
        """Return the trials with at most some chance, a choice that looks at no outcome."""
        kept = self.chance <= chance
        return Trials(self.problem[kept], self.success[kept], self.chance[kept])

    def log_e(self, factors: tuple[float, ...] = MORE) -> float:
        """Return ln of the mean of e(z) over ``factors``."""
        logs = [
            self.successes * math.log(z) - float(np.log1p((z - 1) * self.chance).sum())
            for z in factors
        ]
        return float(np.logaddexp.reduce(logs)) - math.log(len(logs))


def drawn_pairs(problem: Integers, pool: Integers, total: Integers, cells: Integers) -> Trials:
    """Reveal pairs of responses one after the other, as if from a pool in random order.

    Independent samples of one problem are exchangeable: given which responses
    there are, every order is as likely.  The two of the next pair are then equal
    with probability Σ_v r_v (r_v − 1) / (R (R − 1)), where r_v of the R responses
    that remain have code v.

    Parameters
    ----------
    problem : int64 array [m]
        Indices of the problems.
    pool : int64 array [m, K]
        Responses by code; column `UNIQUE` is 0.
    total : int64 array [m]
        Responses of each problem, those equal to no other included.
    cells : int64 array [m, C, 2]
        Codes of the pairs, a subset of the pool; `NONE` where there is no pair.
    """
    pool, total = pool.copy(), total.astype(np.float64)
    pairs = (pool * (pool - 1)).sum(axis=1)
    there = (cells != NONE).all(axis=2)
    chance = np.zeros(there.shape)
    for i in range(cells.shape[1]):
        rows = np.flatnonzero(there[:, i])
        chance[rows, i] = pairs[rows] / (total[rows] * (total[rows] - 1))
        for side in (0, 1):
            code = cells[rows, i, side]
            row, code = rows[code > UNIQUE], code[code > UNIQUE]
            pairs[row] -= 2 * (pool[row, code] - 1)
            pool[row, code] -= 1
        total[rows] -= 2
    equal = (cells[..., 0] == cells[..., 1]) & (cells[..., 0] > UNIQUE)
    rows = np.broadcast_to(problem[:, None], there.shape)
    return Trials(rows[there], equal[there], chance[there])


def aligned(one: Shard, two: Shard) -> Trials:
    """Pair sample j of one block with sample j of another.

    If two blocks drew on one seed, these are equal and others are not.
    """
    problem, both = _common(one, two)
    cells = np.stack([shard.codes for shard in both], axis=2)
    cells[(cells == NONE).any(axis=2)] = NONE
    sides = [Shard(np.arange(len(problem)), cells[..., side]) for side in (0, 1)]
    return drawn_pairs(problem, *count_codes(sides, len(problem)), cells)


def repeated(blocks: Blocks, number: int) -> Trials:
    """Ask of each response of one block whether the block had it before.

    If one seed served several samples of the block, more have than by the count
    of each response in all blocks.
    """
    shard, (pool, total) = blocks.shards[number], blocks.pool
    rows = shard.problem
    return drawn_again(rows, pool[rows], total[rows], shard.codes)


def apart(one: Shard, two: Shard) -> Trials:
    """Ask of each response of one block whether the block had it before, against two blocks.

    If the two drew on the same seeds in another order, fewer have than chance
    lets expect.
    """
    problem, both = _common(one, two)
    return drawn_again(problem, *count_codes(both, len(problem)), both[0].codes)


def drawn_again(problem: Integers, pool: Integers, total: Integers, codes: Integers) -> Trials:
    """Reveal responses one after the other, as if from a pool in random order.

    Given which responses remain, each is as likely to be next: one that was seen
    before with probability Σ_v r_v / R, over the codes v that were seen, r_v of
    the R responses that remain.  Arguments are those of `drawn_pairs`, with
    ``codes``, int64 ``[m, S]``, for the pairs.
    """
    pool, total = pool.copy(), total.astype(np.float64)
    seen, left = np.zeros(pool.shape, dtype=np.bool_), np.zeros(len(pool))
    success, chance = np.zeros(codes.shape, dtype=np.bool_), np.zeros(codes.shape)
    for i in range(codes.shape[1]):
        rows = np.flatnonzero(codes[:, i] != NONE)
        chance[rows, i] = left[rows] / total[rows]
        total[rows] -= 1
        row = rows[codes[rows, i] > UNIQUE]
        code = codes[row, i]
        again = seen[row, code]
        success[row, i], seen[row, code] = again, True
        pool[row, code] -= 1
        left[row] += np.where(again, -1, pool[row, code])
    can = chance > 0
    return Trials(np.broadcast_to(problem[:, None], can.shape)[can], success[can], chance[can])


def lagged(shard: Shard) -> Trials:
    """Pair samples of one block at the distance at which most are equal, against the block.

    If places of the block drew on one seed, in one layout for all problems, these
    are equal and others are not.
    """
    codes, size = shard.codes, shard.codes.shape[1]

    def pairs(lag: int) -> Integers:
        first = np.arange(size - lag)
        first = first[first // lag % 2 == 0]  # no sample is in two pairs
        return np.stack([codes[:, first], codes[:, first + lag]], axis=2)

    def equal(lag: int) -> float:
        one, two = codes[:, lag:], codes[:, :-lag]
        return float(((one == two) & (one > UNIQUE)).mean())

    cells = pairs(max(range(1, size // 2 + 1), key=equal))
    cells[(cells == NONE).any(axis=2)] = NONE
    rows = np.arange(len(shard.problem))
    trials = drawn_pairs(rows, *count_codes([Shard(rows, codes)], len(rows)), cells)
    return replace(trials, problem=shard.problem[trials.problem])


def multiples(shard: Shard) -> Iterator[Trials]:
    """Test for each problem whether every text has a multiple of so many copies in the block.

    One row of trials for each of `TIMES`; a remainder of the responses may be of one text.
    Independent samples that have D different texts do so with a probability of
    at most 2^(1−D), with a remainder D 2^(1−D): see docs/statistics.md.
    """
    rows = np.arange(len(shard.problem))
    counts, total = count_codes([Shard(rows, shard.codes)], len(rows))
    alone = (shard.codes == UNIQUE).sum(axis=1)
    texts = (counts > 0).sum(axis=1) + alone
    for times in TIMES:
        odd = (counts % times > 0).sum(axis=1) + alone
        rest = total % times > 0
        chance = np.where(rest, texts, 1) * 2.0 ** (1 - np.maximum(texts, 1))
        can = chance < 1
        yield Trials(shard.problem[can], (odd <= rest)[can], chance[can])


def _common(one: Shard, two: Shard) -> tuple[Integers, list[Shard]]:
    """Return the common problems of two blocks, and both on these and on common places."""
    problem, *rows = np.intersect1d(one.problem, two.problem, return_indices=True)
    width = min(one.codes.shape[1], two.codes.shape[1])
    index = np.arange(len(problem))
    both = zip((one, two), rows, strict=True)
    return problem, [Shard(index, shard.codes[row, :width]) for shard, row in both]


#: Fewest tokens of a response whose repetition counts.
SHORTEST = 8
#: Trials that are likely anyway tell little and, as their chance is only
#: bounded, would weigh against those that tell something.
LIKELY = 0.1
#: One text may be spelt by several token sequences, and log-probabilities are rounded.
SLACK = math.log(2)
#: exp of less is 0, and no chance is.
LOWEST = -700.0


def known_chances(rows: pl.DataFrame, names: pl.Series, temperature: float, top_p: float) -> Trials:
    """Hold every repeat against the probability that the model gave the response.

    At a temperature T ≥ 1 a token of probability p is drawn with at most
    p^{1/T} / top_p: the sum that normalises p^{1/T} is at least 1, and the
    nucleus keeps at least top_p of it.  So the next sample of a problem repeats
    one of those before it with a probability of at most the sum, over the
    different ones y, of exp(ℓ(y) / T) / top_p^L(y), with ℓ the stored
    log-probability and L the tokens.

    Parameters
    ----------
    rows : polars.DataFrame
        ``problem_id``, ``sample_index``, ``fingerprint``, ``n_tokens``,
        ``empty`` and ``logprob_sum``.
    names : polars.Series
        Problem ids by index.
    temperature, top_p : float
        As sampled; the temperature is at least 1.

    Returns
    -------
    Trials
        One a sample whose chance is at most `LIKELY`, a choice that looks at
        earlier samples alone.
    """
    same = ["problem_id", "fingerprint", "n_tokens"]
    long = (pl.col("n_tokens") >= SHORTEST) & ~pl.col("empty") & pl.col("logprob_sum").is_not_null()
    bound = pl.col("logprob_sum") / temperature - pl.col("n_tokens") * math.log(top_p) + SLACK
    trials = (
        rows.sort("problem_id", "sample_index")
        .with_columns(
            first=pl.int_range(pl.len()).over(same) == 0,
            long=long.first().over(same),
            mass=bound.clip(LOWEST, 0).exp(),
        )
        .with_columns(mass=pl.when("first", "long").then("mass").otherwise(0.0))
        .select(
            problem=index_of("problem_id", names),
            success=~pl.col("first") & pl.col("long"),
            chance=pl.col("mass").cum_sum().shift(1, fill_value=0.0).over("problem_id"),
        )
        .filter(pl.col("chance").is_between(0, LIKELY, closed="right"))
    )
    return Trials(
        trials["problem"].to_numpy(), trials["success"].to_numpy(), trials["chance"].to_numpy()
    )
