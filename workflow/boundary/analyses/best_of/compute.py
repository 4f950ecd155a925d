"""Best of k of one arm: the response that ranks highest among k, by several ranks.

Responses rank by the score that their file gives, by the log-probability with which they were
sampled, or by that a token.  By the verifier's word a right one ranks first, which is pass@k: no
rank reaches more.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.arm_inputs import ArmInputs
from boundary.analyses.best_of.tables import BEST_OF
from boundary.analyses.record import Options
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats
from boundary.analysis.passk import curve_at
from boundary.analysis.share_curve import kept_questions, powers_of_two, share_curve

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


def best_of_table(
    samples: pl.DataFrame,
    labels: dict[str, str],
    asked: pl.DataFrame | None = None,
    confidence: float = 0.95,
    min_n: int | None = None,
) -> pl.DataFrame:
    """Return best of k of one arm at powers of two, by each rank that some of its samples have.

    Samples without one rank below all that have one; ``unranked`` counts them.

    Parameters
    ----------
    samples : polars.DataFrame
        ``problem_id``, ``correct``, ``n_tokens`` and, as far as there are any, ``score`` and
        ``logprob_sum``.
    labels : dict
        ``model``, ``benchmark`` and ``protocol``.
    asked : polars.DataFrame, optional
        ``problem_id``, ``question`` and ``cluster``: problems that ask the same are one.
    confidence : float
        Of intervals over problems, pointwise.
    min_n : int, optional
        Problems with fewer samples are left out.

    Returns
    -------
    polars.DataFrame
        A BEST_OF table, up to the smallest n; none where samples have no rank at all.

    Raises
    ------
    InputError
        When min_n leaves out all problems.
    """
    samples = samples.sort("problem_id")
    sizes = samples.group_by("problem_id", maintain_order=True).agg(
        n=pl.len(), correct=pl.col("correct").sum()
    )
    sizes, questions = kept_questions(sizes, asked, min_n, " / ".join(labels.values()))
    if min_n is not None:
        samples = samples.join(sizes, on="problem_id", how="semi", maintain_order="left")
    n_min = int(sizes["n"].min())  # type: ignore[arg-type]
    ks = powers_of_two(n_min)
    types = column_types(BEST_OF)
    lacking = [pl.lit(None, pl.Float64).alias(name) for name in ("score", "logprob_sum")]
    samples = samples.with_columns(*(x for x in lacking if x.meta.output_name() not in samples))
    ranked = samples.select("problem_id", "correct", **_BY)
    there = [name for name in _BY if ranked[name].count()]
    frames = [pl.DataFrame(schema=types)]
    for name in ("verifier", *there) if there else ():
        if name == "verifier":
            n, correct = (sizes[each].cast(pl.Int64).to_numpy() for each in ("n", "correct"))
            values, unranked = curve_at(n, correct, np.array(ks)), 0
        else:
            ranks = ranked.select("problem_id", "correct", rank=pl.col(name).fill_null(-np.inf))
            values, unranked = best_of_k(ranks, ks), ranked[name].null_count()
        curve = share_curve("best_of", values, ks, questions, n_min, confidence)
        named = {**labels, "rank": name, "unranked": unranked}
        frames.append(pl.DataFrame({**named, **curve}, schema=types))
    return pl.concat(frames)


def compute(arm: ArmInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return best of k of one arm."""
    samples = arm.lengths(("score", "logprob_sum"))
    table = best_of_table(samples, arm.labels, arm.asked(), arm.confidence, arm.min_n)
    return {BEST_OF.name: table}
