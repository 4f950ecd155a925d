"""Perplexity and total surprisal of one model's responses under another.

Both are reported because they answer different questions: a perplexity of 1.1
over 500 tokens is a probability of 10^−20.7, so a low perplexity does not mean
that the scorer would produce the response within k samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.bootstrap import content_seed, weight_blocks
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, z_value
from boundary.tables import PERPLEXITY

GROUP = ("scorer", "source_model", "benchmark", "protocol")


def perplexity_table(
    likelihoods: pl.DataFrame, *, replicates: int = 10_000, confidence: float = 0.95
) -> pl.DataFrame:
    """Summarise likelihoods over all, correct and wrong responses.

    A response's perplexity is exp(−logprob_sum / n_tokens); its surprisal is
    −logprob_sum, in nats.  Responses without a token have no perplexity and
    are left out of both.  The unit of the interval is the problem: responses to
    one problem are drawn together.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table; rows whose ``correct`` is null count among all
        responses only, and correct and wrong appear only where some are known.
    replicates : int
        Bootstrap replicates over problems.
    confidence : float
        Of the percentile intervals.

    Returns
    -------
    polars.DataFrame
        A PERPLEXITY table. Statistics are null without responses, intervals
        with fewer than two problems.
    """
    z_value(confidence)  # refuses a confidence outside (0, 1) even when nothing follows
    types = column_types(PERPLEXITY)
    if "correct" not in likelihoods.columns:
        likelihoods = likelihoods.with_columns(correct=pl.lit(None, dtype=pl.Boolean))
    scored = likelihoods.filter(pl.col("n_tokens") > 0)
    frames = [pl.DataFrame(schema=types)]
    for key, group in sorted(
        likelihoods.group_by(GROUP), key=lambda item: [str(x) for x in item[0]]
    ):
        labels = dict(zip(GROUP, key, strict=True))
        rows = scored.filter(pl.col(name) == value for name, value in labels.items())
        for responses, subset in _subsets(rows, known=group["correct"].null_count() < group.height):
            summary = _summary(subset, replicates, confidence)
            frames.append(
                pl.DataFrame([{**labels, "responses": responses, **summary}], schema=types)
            )
    return pl.concat(frames)


def _subsets(rows: pl.DataFrame, *, known: bool) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "all", rows
    if known:
        yield "correct", rows.filter(pl.col("correct"))
        yield "wrong", rows.filter(~pl.col("correct"))


def _summary(rows: pl.DataFrame, replicates: int, confidence: float) -> dict[str, Any]:
    rows = rows.sort("problem_id", "sample_index")
    ids, problem = np.unique(rows["problem_id"].to_numpy(), return_inverse=True)
    summary: dict[str, Any] = {"n_responses": rows.height, "n_problems": len(ids)}
    if not rows.height:
        return summary
    surprisal = -rows["logprob_sum"].to_numpy().astype(np.float64)
    with np.errstate(over="ignore"):  # beyond e^709 a perplexity is infinite, and so shown
        perplexity = np.exp(surprisal / rows["n_tokens"].to_numpy())
    summary["median_perplexity"] = float(np.median(perplexity))
    summary["mean_perplexity"] = float(perplexity.mean())
    summary["mean_surprisal"] = float(surprisal.mean())
    if len(ids) < 2:
        return summary
    drawn = _replicates(perplexity, surprisal, problem, len(ids), replicates)
    for name, values in zip(("median", "mean", "surprisal"), drawn, strict=True):
        low, high = _percentiles(values, confidence)
        summary[f"{name}_ci_low"], summary[f"{name}_ci_high"] = low, high
    return summary


def _replicates(
    perplexity: Floats,
    surprisal: Floats,
    problem: NDArray[np.intp],
    m: int,
    replicates: int,
) -> tuple[Floats, Floats, Floats]:
    """Return bootstrap medians and means of perplexity and means of surprisal [replicates].

    With float32 weights, sums of counts are exact up to 2²⁴ responses.
    """
    order = np.argsort(perplexity, kind="stable")
    values, owner = perplexity[order], problem[order]
    sizes = np.bincount(problem, minlength=m).astype(np.float64)
    seed = content_seed(perplexity, surprisal, problem)
    medians, means, surprisals = [], [], []
    for weights in weight_blocks(m, replicates, seed, len(values)):
        running = np.cumsum(weights[:, owner], axis=1)
        half = running[:, -1:] / 2
        lower = (running < half).sum(axis=1)
        upper = (running <= half).sum(axis=1)
        medians.append((values[lower] + values[upper]) / 2)
        wide = weights.astype(np.float64)
        means.append(_weighted_mean(wide, sizes, perplexity, problem))
        surprisals.append(_weighted_mean(wide, sizes, surprisal, problem))
    return np.concatenate(medians), np.concatenate(means), np.concatenate(surprisals)


def _weighted_mean(
    weights: Floats, sizes: Floats, values: Floats, problem: NDArray[np.intp]
) -> Floats:
    """Return the mean over responses in each replicate, infinite where one drawn is.

    A response that the scorer cannot produce has infinite surprisal; 0 × inf is
    kept out of the product.
    """
    totals = np.bincount(problem, weights=values, minlength=len(sizes))
    impossible = np.isinf(totals)
    totals[impossible] = 0.0
    return np.where(weights @ impossible > 0, np.inf, weights @ totals / (weights @ sizes))


def _percentiles(values: Floats, confidence: float) -> tuple[float, float]:
    """Return percentiles that are observed values, so that infinities stay whole."""
    tail = (1 - confidence) / 2
    low = np.quantile(values, tail, method="lower")
    high = np.quantile(values, 1 - tail, method="higher")
    return float(low), float(high)
