"""Best of k of one arm: the response that ranks highest among k, by several ranks.

Responses rank by the score that their file gives, by the log-probability with which they were
sampled, or by that a token.  By the verifier's word a right one ranks first, which is pass@k: no
rank reaches more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.best_of.tables import BEST_OF, BEST_OF_PAIRS
from boundary.analyses.record import Options
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats
from boundary.analysis.one_answer import Answers, pairs_table
from boundary.analysis.passk import curve_at
from boundary.analysis.share_curve import kept_problems, powers_of_two
from boundary.jobs.reading import ArmTables

_BY = {
    "score": pl.col("score"),
    "logprob": pl.col("logprob_sum"),
    # What ends an empty response is a token too.
    "mean_logprob": pl.col("logprob_sum") / pl.col("n_tokens").clip(1),
}

BLOCK_CELLS = 2**18  # 2 MiB of float64


def chosen(n: int, ks: list[int]) -> Floats:
    """Return how likely each of n responses ranks highest among k drawn without putting back.

    With a of them ahead, C(n − a − 1, k − 1) / C(n, k).

    Returns
    -------
    float64 array [n, K]
        By rank, the highest first.
    """
    drawn, ahead = np.array(ks), np.arange(n - 1)[:, None]
    steps = np.maximum(n - drawn - ahead, 0) / (n - 1 - ahead)
    chances: Floats = np.cumprod(np.vstack([drawn / n, steps]), axis=0, dtype=np.float64)
    return chances


def best_of_k(ranks: pl.DataFrame, ks: list[int]) -> Floats:
    """Return how often the response that ranks highest is right, ``[problems, K]``.

    Parameters
    ----------
    ranks : polars.DataFrame
        ``problem_id``; ``rank``, the highest best, equal ones in equal shares; ``correct``.
    ks : list of int [K]
        Each at most the samples of any problem.

    Returns
    -------
    float64 array [M, K]
        By problem_id.
    """
    ranks = ranks.sort("problem_id", maintain_order=True)
    sizes = ranks["problem_id"].rle().struct.field("len").cast(pl.Int64).to_numpy()
    begins = np.cumsum(sizes) - sizes
    rank, correct = ranks["rank"].to_numpy(), ranks["correct"].to_numpy().astype(np.float64)
    values = np.empty((len(sizes), len(ks)))
    for n in np.unique(sizes).tolist():
        chances, step = chosen(n, ks), max(1, BLOCK_CELLS // n)
        alike = np.flatnonzero(sizes == n)
        for rows in (alike[i : i + step] for i in range(0, len(alike), step)):
            cells = begins[rows, None] + np.arange(n)
            order = np.take_along_axis(cells, np.argsort(-rank[cells], axis=1), axis=1)
            level = rank[order]
            starts = np.ones(level.shape, dtype=bool)
            starts[:, 1:] = level[:, 1:] != level[:, :-1]
            first = np.flatnonzero(starts)
            equal = np.diff(first, append=level.size)
            right = np.add.reduceat(correct[order].ravel(), first) / equal
            values[rows] = np.repeat(right, equal).reshape(level.shape) @ chances
    return values


@dataclass(frozen=True)
class Ranked(Answers):
    """One answer by each rank that some samples of an arm have, and how many have none.

    Attributes
    ----------
    unranked : dict of int
        Samples without a rank, by rank.
    """

    unranked: Mapping[str, int]


def ranked_shares(
    samples: pl.DataFrame,
    labels: Mapping[str, str],
    asked: pl.DataFrame | None = None,
    min_n: int | None = None,
) -> Ranked | None:
    """Return best of k at powers of two up to the smallest n, by each rank that there is.

    Samples without one rank below all that have one; ``unranked`` counts them.

    Parameters
    ----------
    samples : polars.DataFrame
        ``problem_id``, ``correct``, ``n_tokens`` and, as far as there are any, ``score`` and
        ``logprob_sum``.
    labels : mapping
        ``model``, ``benchmark`` and ``protocol``.
    asked : polars.DataFrame, optional
        ``problem_id``, ``question`` and ``cluster``: problems that ask the same are one.
    min_n : int, optional
        Problems with fewer samples are left out.

    Returns
    -------
    Ranked, or None
        None where samples have no rank at all.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    """
    samples = samples.sort("problem_id")
    sizes = samples.group_by("problem_id", maintain_order=True).agg(
        n=pl.len(), correct=pl.col("correct").sum()
    )
    sizes = kept_problems(sizes, asked, min_n, " / ".join(labels.values()))
    if min_n is not None:
        samples = samples.join(sizes, on="problem_id", how="semi", maintain_order="left")
    n_min = int(sizes["n"].min())  # type: ignore[arg-type]
    ks = powers_of_two(n_min)
    lacking = [pl.lit(None, pl.Float64).alias(name) for name in ("score", "logprob_sum")]
    samples = samples.with_columns(*(x for x in lacking if x.meta.output_name() not in samples))
    ranked = samples.select("problem_id", "correct", **_BY)
    there = [name for name in _BY if ranked[name].count()]
    if not there:
        return None
    n, correct = (sizes[each].cast(pl.Int64).to_numpy() for each in ("n", "correct"))
    shares = {"verifier": curve_at(n, correct, np.array(ks))}
    for name in there:
        ranks = ranked.select("problem_id", "correct", rank=pl.col(name).fill_null(-np.inf))
        shares[name] = best_of_k(ranks, ks)
    unranked = {name: ranked[name].null_count() for name in there}
    return Ranked(labels, sizes, ks, n_min, shares, {"verifier": 0, **unranked})


def best_of_table(arms: Iterable[Ranked], confidence: float = 0.95) -> pl.DataFrame:
    """Return a BEST_OF table of some arms, with pointwise intervals over problems."""
    frames = [pl.DataFrame(schema=(types := column_types(BEST_OF)))]
    for arm in arms:
        for rank, unranked in arm.unranked.items():
            named = {**arm.labels, "rank": rank, "unranked": unranked}
            curve = arm.curve("best_of", rank, confidence)
            frames.append(pl.DataFrame({**named, **curve}, schema=types))
    return pl.concat(frames)


def compute(arm: ArmInputs, options: Options) -> Ranked | None:
    """Return best of k of one arm; None where its samples have no rank."""
    samples = arm.lengths(("score", "logprob_sum"))
    return ranked_shares(samples, arm.labels, arm.asked(), arm.min_n)


def combine(arms: Sequence[Ranked | None], job: ArmTables) -> dict[str, pl.DataFrame]:
    """Return best of k of every arm, and what the two of each comparison come to by it."""
    there = [arm for arm in arms if arm is not None]
    return {
        BEST_OF.name: best_of_table(there, job.confidence),
        BEST_OF_PAIRS.name: pairs_table(there, job, BEST_OF_PAIRS),
    }
