"""What analyses of likelihoods share: classes of responses, and means over their problems.

The unit of every interval is the problem, as the responses to one are drawn together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.analysis.bootstrap import content_seed, weight_blocks
from boundary.analysis.intervals import Floats, mean_and_se, share_interval
from boundary.errors import TableError
from boundary.tables import SCORED

GROUP = tuple(SCORED)


def require(likelihoods: pl.DataFrame, columns: Sequence[str], analysis: str, why: str) -> None:
    """Refuse likelihoods that lack what an earlier version did not write.

    Parameters
    ----------
    likelihoods : polars.DataFrame
    columns : sequence of str
        Columns that the present version always fills.
    analysis : str
    why : str
        What they are needed for.

    Raises
    ------
    TableError
        When one is absent, or null in some row.
    """
    missing = [
        name for name in columns if name not in likelihoods.columns or likelihoods[name].has_nulls()
    ]
    if missing:
        raise TableError(
            f"a likelihood table has no {', '.join(missing)}, as an earlier version made it, and "
            f"{why}; score anew: snakemake --forcerun score_responses, or switch the analysis "
            f"off: analyses: {{{analysis}: false}}."
        )


def by_class(likelihoods: pl.DataFrame) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    """Yield the labels and the responses of every scorer, source and class, sorted.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table; ``correct`` may be absent or null.

    Yields
    ------
    labels : dict of str to str
        Scorer, source model, benchmark, protocol, and ``responses``: ``all``, and
        ``correct`` and ``wrong`` where some verdicts are known.
    rows : polars.DataFrame
        By problem and sample, possibly none.
    """
    if "correct" not in likelihoods.columns:
        likelihoods = likelihoods.with_columns(correct=pl.lit(None, dtype=pl.Boolean))
    ordered = likelihoods.sort("problem_id", "sample_index")
    for key, rows in sorted(
        ordered.group_by(GROUP, maintain_order=True), key=lambda item: [str(x) for x in item[0]]
    ):
        labels = {name: str(value) for name, value in zip(GROUP, key, strict=True)}
        yield {**labels, "responses": "all"}, rows
        if rows["correct"].null_count() < rows.height:
            yield {**labels, "responses": "correct"}, rows.filter(pl.col("correct"))
            yield {**labels, "responses": "wrong"}, rows.filter(~pl.col("correct"))


def weighted_mean(weights: Floats, sizes: Floats, totals: Floats) -> Floats:
    """Return Σ totals / Σ sizes in each replicate, infinite where a value drawn is.

    A response that the scorer cannot produce has infinite surprisal; 0 × inf is
    kept out of the product.

    Parameters
    ----------
    weights : float64 array [R, M]
        Times that each problem is drawn.
    sizes : float64 array [M] or [M, 1]
    totals : float64 array [M] or [M, K]
    """
    impossible = np.isinf(totals)
    finite = np.where(impossible, 0.0, totals)
    return np.where(weights @ impossible > 0, np.inf, weights @ finite / (weights @ sizes))


def percentiles(values: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return percentiles over replicates, the first axis.

    They are observed values, so that infinities stay whole.
    """
    tail = (1 - confidence) / 2
    low: Floats = np.quantile(values, tail, axis=0, method="lower")
    high: Floats = np.quantile(values, 1 - tail, axis=0, method="higher")
    return low, high


def mean_intervals(
    totals: Floats, sizes: Floats, replicates: int, confidence: float
) -> list[tuple[float, float | None, float | None]]:
    """Return Σ totals / Σ sizes over problems with percentiles of the bootstrap over problems.

    Parameters
    ----------
    totals : float64 array [M, K]
        What each problem has of K quantities; infinite as of `weighted_mean`.
    sizes : float64 array [M]
        Of how many that is the sum; 1 gives every problem the same weight.
    replicates : int
    confidence : float

    Returns
    -------
    list of (value, low, high)
        One a quantity; ends are None with fewer than two problems.
    """
    values = totals.sum(axis=0) / sizes.sum()
    if len(sizes) < 2:
        return [(float(value), None, None) for value in values]
    seed = content_seed(totals, sizes)
    blocks = weight_blocks(len(sizes), replicates, seed, totals.shape[1])
    drawn = [weighted_mean(block.astype(np.float64), sizes[:, None], totals) for block in blocks]
    ends = percentiles(np.concatenate(drawn), confidence)
    return [(float(v), float(low), float(high)) for v, low, high in zip(values, *ends, strict=True)]


def share_with_interval(
    hits: Floats, sizes: Floats, confidence: float
) -> tuple[float, float, float]:
    """Return Σ hits / Σ sizes over problems with an interval that is open where all agree.

    A bootstrap of problems that all have the share 1 never draws another.  So the
    standard error is that of a ratio, linearised (Cochran 1977, Sampling Techniques,
    6.3), and the interval `intervals.share_interval`.

    Parameters
    ----------
    hits, sizes : float64 arrays [M]
        Of each problem; sizes of 1 with shares as hits give problems the same weight.
    confidence : float
    """
    value = hits.sum() / sizes.sum()
    _, se = mean_and_se((hits - value * sizes) / sizes.mean())
    low, high = share_interval(np.asarray(value), np.asarray(se), len(sizes), confidence)
    return float(value), float(low), float(high)


def problem_weights(problem: NDArray[np.intp]) -> Floats:
    """Return weights of responses [n] under which every problem weighs the same; their sum is 1.

    Parameters
    ----------
    problem : int array [n]
        Number of each response's problem, 0 … M − 1.
    """
    sizes = np.bincount(problem)
    weights: Floats = 1 / (sizes[problem] * len(sizes))
    return weights


def weighted_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> list[float]:
    """Return the smallest values up to which a share of the weight lies, one a level."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    # A level that is reached but for rounding is reached.
    places = np.searchsorted(running, np.asarray(levels) * running[-1] - 1e-12)
    return [float(value) for value in values[order][places]]
