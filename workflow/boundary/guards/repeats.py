"""Refuse an arm whose responses repeat each other as copies do, and say which files hold them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from boundary.columns import ARM_KEY, FAULT
from boundary.errors import TableError
from boundary.guards.codes import NONE, Agreement, Blocks, agreement, as_blocks
from boundary.guards.trials import (
    FEWER,
    MORE,
    TIMES,
    Trials,
    aligned,
    apart,
    known_chances,
    lagged,
    multiples,
    repeated,
)

#: An alarm needs e ≥ 10⁹ times the number of tests, so that chance gives one in 10⁹ arms.
ALARM = math.log(1e9)
#: It also needs responses that tell of copies in so many problems,
FEWEST_PROBLEMS = 5
#: and so large a part of what could be equal beyond chance, or, of what is less likely than
#: not, so many times as many as chance allows.
LEAST_EXCESS, RARE, LEAST_RATIO = 0.1, 0.5, 2.0
#: Blocks are looked at in pairs where so many standard deviations more is equal than by chance;
#: an alarm needs six or more.
LOOK = 3.0
#: Below this temperature near-ties decide, by rounding that differs by machine and batch.
COLDEST = 0.1
#: What `_all_alike` takes for impossible: see docs/statistics.md.
ALIKE_SHARE, ALIKE_PROBLEMS, ALIKE_TEMPERATURE = 0.9, 10, 0.5
ALIKE_TOKENS, ALIKE_TOKENS_UNKNOWN, ALIKE_SURPRISAL = 64, 256, 0.2
SHOWN = 3
ONE_AGAIN = (
    "Copies are no samples: leave one of the two out; a study samples again what is moved away."
)
ALL_AGAIN = (
    "Copies are no samples: mend the engine that made them, move these shards away, and a study "
    "samples them again."
)

Shards = Sequence[Path | str]


def check_repeats(
    rows: pl.DataFrame,
    shards: Shards,
    *,
    temperature: float | None = None,
    top_p: float | None = None,
) -> None:
    """Refuse an arm whose responses repeat each other more than chance allows.

    Parameters
    ----------
    rows : polars.DataFrame
        All samples of an arm, as of `boundary.guards.reduce_samples`.
    shards : sequence of Path or str
        Files by the number in column ``shard``.
    temperature, top_p : float or None
        Where known.  Under a temperature of `COLDEST` nothing is tested.

    Raises
    ------
    TableError
        Naming the shards, how many responses repeat, how many would by chance,
        and what to do.
    """
    if temperature is not None and temperature < COLDEST:
        return
    blocks = as_blocks(_up_to_white_space(rows))
    rows = rows.filter(pl.col("finish_reason").ne_missing(FAULT))
    if rows.is_empty():
        return
    arm = "model {}, benchmark {}, protocol {}".format(*rows.select(ARM_KEY).row(0))
    shares = agreement(blocks)
    _across(blocks, shares, shards, arm)
    _within(blocks, shares, shards, arm)
    if temperature is None:
        return
    if temperature >= 1 and top_p is not None:
        _known(known_chances(rows, blocks.names, temperature, top_p), blocks, arm)
    _all_alike(rows, temperature, arm)


def _alarming(trials: Trials, tests: int, factors: tuple[float, ...] = MORE) -> bool:
    """Return whether chance gives such trials once in 10⁹ arms with so many tests."""
    telling = trials.success == (factors is not FEWER)
    enough = len(np.unique(trials.problem[telling])) >= FEWEST_PROBLEMS
    return enough and trials.log_e(factors) >= ALARM + math.log(tests)


def _copies(trials: Trials, tests: int, pooled: float = 0.0) -> bool:
    """Return whether trials alarm, and succeed so often that no drift between blocks explains it.

    Machines round differently, so that honest blocks are of slightly different
    models.  Either a tenth of what could be equal beyond chance is, or what is
    rather unlikely is `LEAST_RATIO` times as frequent as in other blocks.

    Parameters
    ----------
    pooled : float
        Share of the block itself in the pool that the chances are of.
    """
    if trials.excess >= LEAST_EXCESS and _alarming(trials, tests):
        return True
    rare = trials.below(RARE)
    least = LEAST_RATIO / (1 + (LEAST_RATIO - 1) * pooled) * rare.chance.sum()
    return rare.successes >= least and _alarming(rare, tests)


def _up_to_white_space(rows: pl.DataFrame) -> pl.DataFrame:
    """Take responses for equal that differ in the white space after them."""
    if "stripped" not in rows.columns:
        return rows
    return rows.with_columns(fingerprint="stripped")


def _where(trials: Trials, names: pl.Series) -> str:
    """Say in which problems responses were equal."""
    problems = trials.problems
    shown = ", ".join(names.gather(problems[:SHOWN].tolist()))
    return f"{len(problems)} problems (such as {shown})"


def _across(blocks: Blocks, shares: Agreement, shards: Shards, arm: str) -> None:
    """Look for two blocks that drew on the same seeds, in one order or in two."""
    # Each pair is looked at in four ways, and half of all alarms is for blocks by themselves.
    tests, copies = 2 * 4 * math.comb(len(shards), 2), []
    for i, j in np.argwhere(np.triu(shares.placed >= LOOK, 1)).tolist():
        trials = aligned(blocks.shards[i], blocks.shards[j])
        if _copies(trials, tests):
            copies.append((i, j, trials))
    if copies:
        i, j, trials = max(copies, key=lambda one: one[2].successes)
        more = f"; so do {len(copies) - 1} more pairs of shards" if len(copies) > 1 else ""
        raise TableError(
            f"{arm}: {shards[i]} and {shards[j]} share a seed{more}. Sample for sample "
            f"{trials.successes} of {len(trials.success)} responses are equal, in "
            f"{_where(trials, blocks.names)}; of other pairs between the two "
            f"{shares.crossed[i, j]:.2%} are. {ONE_AGAIN}"
        )
    inside = (shares.inside[:, None] + shares.inside[None, :]) / 2
    for i, j in np.argwhere(np.triu(shares.shared >= LOOK, 1)).tolist():
        one, two = blocks.shards[i], blocks.shards[j]
        # Two models may agree with each other more than one with itself, but not than both.
        if all(_alarming(apart(*way), tests, FEWER) for way in ((one, two), (two, one))):
            raise TableError(
                f"{arm}: {shards[i]} and {shards[j]} share seeds, though not in the same order: "
                f"{shares.between[i, j]:.2%} of the pairs of responses to one problem are equal "
                f"between the two, and {inside[i, j]:.2%} within them. {ONE_AGAIN}"
            )


def _within(blocks: Blocks, shares: Agreement, shards: Shards, arm: str) -> None:
    """Look for blocks in which one seed served several samples."""
    copies = []
    # The last files are empty where all problems stopped before them.
    for i in range(len(blocks.shards)):
        trials = _copied_within(blocks, shares, i)
        if trials is not None:
            copies.append((i, trials))
    if copies:
        i, trials = max(copies, key=lambda one: one[1].successes)
        more = f" and in {len(copies) - 1} more shards" if len(copies) > 1 else ""
        beside = (
            ""
            if np.isnan(shares.outside[i])
            else f", and with those of other shards {shares.outside[i]:.2%}"
        )
        raise TableError(
            f"{arm}: in {shards[i]}{more} one seed served several samples. Of its pairs of "
            f"responses to one problem {shares.inside[i]:.2%} are equal, in "
            f"{_where(trials, blocks.names)}{beside}. {ALL_AGAIN}"
        )


def _copied_within(blocks: Blocks, shares: Agreement, number: int) -> Trials | None:
    """Return the trials that show copies within a block, if any do."""
    shard = blocks.shards[number]
    # Repeats and each distance in two ways, multiples; half of all alarms is for pairs of blocks.
    tests = 2 * len(blocks.shards) * (2 + int(shard.codes.shape[1]) + len(TIMES))
    if not shares.inside[number] > 0:
        return None
    if shares.inside[number] > shares.outside[number]:
        trials = repeated(blocks, number)
        total = blocks.pool[1][shard.problem].sum()
        if _copies(trials, tests, float((shard.codes != NONE).sum() / total)):
            return trials
    trials = lagged(shard)
    if _copies(trials, tests):
        return trials
    return next((trials for trials in multiples(shard) if _alarming(trials, tests)), None)


def _known(trials: Trials, blocks: Blocks, arm: str) -> None:
    """Hold repeats against the probabilities that the model itself gave."""
    if _alarming(trials, 1):
        raise TableError(
            f"{arm}: {trials.successes} of {len(trials.success)} responses repeat an earlier one "
            f"to the same problem, in {_where(trials, blocks.names)}, where their "
            f"log-probabilities let expect at most {trials.chance.sum():.2g}. One seed served "
            f"several samples, or temperature and top_p are not what the shards say. {ALL_AGAIN}"
        )


def _all_alike(rows: pl.DataFrame, temperature: float, arm: str) -> None:
    """Look for arms of nothing but copies, where log-probabilities bound nothing.

    A rule of thumb and no test, and so one that errs on the side of silence.
    """
    if temperature < ALIKE_TEMPERATURE:
        return
    by_problem = rows.group_by("problem_id").agg(
        alike=(pl.col("fingerprint").n_unique() == 1) & ~pl.col("empty").any() & (pl.len() > 1),
        tokens=pl.col("n_tokens").median(),
        surprisal=-pl.col("logprob_sum").mean() / pl.col("n_tokens").mean(),
    )
    alike = by_problem.filter("alike")
    if alike.height < max(ALIKE_PROBLEMS, ALIKE_SHARE * by_problem.height):
        return
    tokens, surprisal = alike.select(pl.col("tokens", "surprisal").median()).row(0)
    if tokens < ALIKE_TOKENS or (surprisal is None and tokens < ALIKE_TOKENS_UNKNOWN):
        return
    if surprisal is not None and surprisal < ALIKE_SURPRISAL:
        return
    unsure = "" if surprisal is None else f", and the model gave a token {surprisal:.2g} nats"
    raise TableError(
        f"{arm}: in {alike.height} of {by_problem.height} problems all responses are one text, "
        f"though the temperature is {temperature:g}, the texts have {tokens:g} tokens in the "
        f"median{unsure}. One seed served all samples. {ALL_AGAIN}"
    )
