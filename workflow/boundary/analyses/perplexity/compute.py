"""Perplexity and total surprisal of one model's responses under another.

Both are reported because they answer different questions: a perplexity of 1.1
over 500 tokens is a probability of 10^−20.7, so a low perplexity does not mean
that the scorer would produce the response within k samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analyses.perplexity.rescored import rescored_table
from boundary.analyses.perplexity.tables import BEYOND, PERPLEXITY, RESCORED
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analysis.bootstrap import content_seed, weight_blocks
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, z_value
from boundary.analysis.scored import by_class, percentiles, weighted_mean
from boundary.tables import LIKELIHOODS


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
        A PERPLEXITY table, three rows a scorer, source and class of responses: all,
        correct and wrong ones, and ``beyond``, correct ones to problems of which the
        scorer's own scored responses solve none.
        Over ``problems`` the median is that of the problems' medians, and means
        are of the problems' means; over ``responses`` every response weighs the
        same.  The row ``shared`` is over the problems to which every source
        (model and protocol) that this scorer scored on the benchmark has a
        response of the class.  Statistics are null without responses,
        intervals with fewer than two problems.
    """
    z_value(confidence)  # refuses a confidence outside (0, 1) even when nothing follows
    types = column_types(PERPLEXITY)
    shared: dict[tuple[str, ...], set[str]] = {}
    classes = [
        (labels, rows.filter(pl.col("n_tokens") > 0))
        for labels, rows in (*by_class(likelihoods), *_beyond(likelihoods))
    ]
    for labels, rows in classes:
        ids = set(rows["problem_id"])
        shared[_rivals(labels)] = ids & shared.get(_rivals(labels), ids)
    frames = [pl.DataFrame(schema=types)]
    for labels, rows in classes:
        common = rows.filter(pl.col("problem_id").is_in(shared[_rivals(labels)]))
        each = matched = _summary(rows, replicates, confidence, by_problem=True)
        if common.height < rows.height:
            matched = _summary(common, replicates, confidence, by_problem=True)
        pooled = _summary(rows, replicates, confidence, by_problem=False)
        for unit, scope, summary in (
            ("problems", "all", each),
            ("problems", "shared", matched),
            ("responses", "all", pooled),
        ):
            row = {**labels, "unit": unit, "scope": scope, **summary}
            frames.append(pl.DataFrame([row], schema=types))
    return pl.concat(frames)


def _beyond(likelihoods: pl.DataFrame) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    """Yield right responses of others to problems that the scorer did not solve itself.

    Of scorers whose own responses were scored and judged.
    """
    if "correct" not in likelihoods.columns:
        return
    problem = ["scorer", "benchmark", "protocol", "problem_id"]
    by_itself = pl.col("scorer") == pl.col("source_model")
    unsolved = (
        likelihoods.filter(by_itself)
        .group_by(problem)
        .agg(solved=pl.col("correct").any())
        .filter(~pl.col("solved"))
    )
    rows = likelihoods.filter(~by_itself).join(unsolved, on=problem, how="semi")
    for labels, kept in by_class(rows):
        if labels["responses"] == "correct" and kept.height:
            yield labels | {"responses": BEYOND}, kept


def _rivals(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the rows have in common that a reader compares with one another."""
    return labels["scorer"], labels["benchmark"], labels["responses"]


def _summary(
    rows: pl.DataFrame, replicates: int, confidence: float, *, by_problem: bool
) -> dict[str, int | float]:
    ids, problem = np.unique(rows["problem_id"].to_numpy(), return_inverse=True)
    summary: dict[str, int | float] = {"n_responses": rows.height, "n_problems": len(ids)}
    if not rows.height:
        return summary
    surprisal = -rows["logprob_sum"].to_numpy().astype(np.float64)
    with np.errstate(over="ignore"):  # beyond e^709 a perplexity is infinite, and so shown
        perplexity = np.exp(surprisal / rows["n_tokens"].to_numpy())
    middle = perplexity
    averaged = [perplexity, surprisal, rows["n_tokens"].to_numpy().astype(np.float64)]
    if by_problem:
        middle = _medians(perplexity, problem)
        averaged = [_means(values, problem) for values in averaged]
        problem = np.arange(len(ids))
    summary["median_perplexity"] = float(np.median(middle))
    for name, values in zip(("perplexity", "surprisal", "tokens"), averaged, strict=True):
        summary[f"mean_{name}"] = float(values.mean())
    if len(ids) < 2:
        return summary
    drawn = _replicates(middle, averaged, problem, replicates)
    for name, values in zip(("median", "mean", "surprisal", "tokens"), drawn, strict=True):
        low, high = percentiles(values, confidence)
        summary[f"{name}_ci_low"], summary[f"{name}_ci_high"] = float(low), float(high)
    return summary


def _means(values: Floats, problem: NDArray[np.intp]) -> Floats:
    """Return each problem's mean [M]."""
    means: Floats = np.bincount(problem, weights=values) / np.bincount(problem)
    return means


def _medians(values: Floats, problem: NDArray[np.intp]) -> Floats:
    """Return each problem's median [M]."""
    ordered = values[np.lexsort((values, problem))]
    sizes = np.bincount(problem)
    first = np.cumsum(sizes) - sizes
    medians: Floats = (ordered[first + (sizes - 1) // 2] + ordered[first + sizes // 2]) / 2
    return medians


def _replicates(
    middle: Floats, averaged: Sequence[Floats], problem: NDArray[np.intp], replicates: int
) -> list[Floats]:
    """Return bootstrap medians of one quantity and means of others, each [replicates].

    ``middle`` is what the median is of.  With float32 weights, sums of counts are
    exact up to 2²⁴ values.
    """
    order = np.argsort(middle, kind="stable")
    values, owner = middle[order], problem[order]
    sizes = np.bincount(problem).astype(np.float64)
    seed = content_seed(*averaged[:2], problem)
    summed = [np.bincount(problem, each).astype(np.float64) for each in averaged]
    totals = np.stack(summed, axis=1)
    medians, means = [], []
    for weights in weight_blocks(len(sizes), replicates, seed, len(values)):
        running = np.cumsum(weights[:, owner], axis=1)
        half = running[:, -1:] / 2
        lower = (running < half).sum(axis=1)
        upper = (running <= half).sum(axis=1)
        medians.append((values[lower] + values[upper]) / 2)
        means.append(weighted_mean(weights.astype(np.float64), sizes[:, None], totals))
    return [np.concatenate(medians), *np.concatenate(means).T]


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the joined log-probabilities and their summary."""
    rows = pl.concat([inputs.likelihoods, inputs.in_part], how="diagonal")
    replicates, confidence = inputs.bootstrap, inputs.confidence
    return {
        PERPLEXITY.name: perplexity_table(
            inputs.likelihoods, replicates=replicates, confidence=confidence
        ),
        RESCORED.name: rescored_table(rows, replicates=replicates, confidence=confidence),
        LIKELIHOODS.name: rows,
    }
