"""How typical responses are of a scorer: surprisal less what was to be expected, standardised.

With s the surprisal of a token, and H and V the mean and the variance of what the
scorer's surprisal would be there (its entropy and varentropy, in nats),

    z = Σ(s − H) / √ΣV.

Σ(s − H) is a martingale when the scorer itself draws the tokens, so that whatever
the prompt, the length or the rule of stopping its mean is 0 and its variance the
mean of ΣV.  z divides by √ΣV of the path, so that of z this holds nearly.
Perplexity compares paths of different entropy; z does not.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.typicality.tables import ATYPICAL, QUANTILES, TYPICALITY
from boundary.analysis.frames import column_types
from boundary.analysis.scored import (
    GROUP,
    by_class,
    mean_intervals,
    problem_weights,
    require,
    share_with_interval,
    weighted_quantiles,
)

#: Nats a token below which √ΣV is rounding of sums of float32 log-probabilities.
RESOLUTION = 1e-4
#: Right responses shown of each scorer and source.
SHOWN = 10


def z_score() -> pl.Expr:
    """Return z of LIKELIHOODS rows.

    Infinite where the scorer cannot produce the response; null without a token, where
    entropies are unknown, and where the scorer left so little open that √ΣV is
    rounding.
    """
    scale = pl.col("varentropy_sum").sqrt()
    impossible = pl.col("logprob_sum") == -np.inf
    return (
        pl.when(pl.col("n_tokens") == 0)
        .then(None)
        .when(impossible)
        .then(np.inf)
        .when(pl.col("varentropy_sum") > (RESOLUTION * pl.col("n_tokens")) ** 2)
        .then((-pl.col("logprob_sum") - pl.col("entropy_sum")) / scale)
    )


def typicality_table(
    likelihoods: pl.DataFrame, *, replicates: int = 10_000, confidence: float = 0.95
) -> pl.DataFrame:
    """Summarise z over all, correct and wrong responses of each source under each scorer.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct`` and sums of entropy and varentropy, null where
        the engine that scored has none.
    replicates : int
        Bootstrap replicates over problems.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A TYPICALITY table.  All of it is of a response drawn to a problem drawn, each
        problem alike: mean, standard deviation, quantiles, and the share of z above 2.
        Responses without z, and those that the scorer cannot produce, are left out and
        counted.

    Raises
    ------
    TableError
        When an earlier version scored, which summed no entropies.
    """
    rows = []
    for labels, group in by_class(_scored(likelihoods)):
        known = group.filter(pl.col("z").is_finite())
        row: dict[str, object] = labels | {
            "n_responses": group.height,
            "n_without_z": group["z"].null_count(),
            "n_impossible": int((group["z"] == np.inf).sum()),
            "n_problems": known["problem_id"].n_unique(),
        }
        if known.height:
            row |= _summary(known, replicates, confidence)
        rows.append(row)
    return pl.DataFrame(rows, schema=column_types(TYPICALITY))


def _scored(likelihoods: pl.DataFrame) -> pl.DataFrame:
    """Add z, once it is known that it can be told."""
    needed = ["top_tokens", "response_digest"]
    require(likelihoods, needed, "typicality", "z needs sums of entropies, equal responses once")
    return likelihoods.with_columns(z=z_score())


def _summary(known: pl.DataFrame, replicates: int, confidence: float) -> dict[str, float | None]:
    z = known["z"].to_numpy()
    ids, problem = np.unique(known["problem_id"].to_numpy(), return_inverse=True)
    sizes = np.bincount(problem)
    each, alike = np.bincount(problem, z) / sizes, np.ones(len(ids))
    ((mean, low, high),) = mean_intervals(each[:, None], alike, replicates, confidence)
    weights = problem_weights(problem)
    beyond = np.bincount(problem, z > 2) / sizes
    share, share_low, share_high = share_with_interval(beyond, alike, confidence)
    return {
        "mean_z": mean,
        "mean_z_low": low,
        "mean_z_high": high,
        "sd_z": float(np.sqrt(weights @ (z - mean) ** 2)) if len(z) > 1 else None,
        **dict(zip(QUANTILES, weighted_quantiles(z, weights, [*QUANTILES.values()]), strict=True)),
        "above_two": share,
        "above_two_low": share_low,
        "above_two_high": share_high,
    }


def atypical_table(likelihoods: pl.DataFrame, *, shown: int = SHOWN) -> pl.DataFrame:
    """Return the right responses of the largest z of each source under each scorer.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        As of `typicality_table`.
    shown : int
        How many of each.

    Returns
    -------
    polars.DataFrame
        An ATYPICAL table.  Equal responses to a problem count once; ``n_distinct`` is
        how many there are that have a z, of which these are the largest.

    Raises
    ------
    TableError
        As `typicality_table`.
    """
    right = _scored(likelihoods).filter(pl.col("z").is_not_null() & pl.col("correct"))
    distinct = right.sort("sample_index").unique(
        [*GROUP, "problem_id", "response_digest", "n_tokens"], keep="first", maintain_order=True
    )
    return (
        distinct.sort("z", "problem_id", "sample_index", descending=[True, False, False])
        .with_columns(
            place=pl.int_range(1, pl.len() + 1).over(GROUP),
            n_distinct=pl.len().over(GROUP).cast(pl.Int64),
            surprisal=-pl.col("logprob_sum"),
        )
        .filter(pl.col("place") <= shown)
        .select(*ATYPICAL.columns)
    )


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the summary of z and the least typical right responses."""
    summary = typicality_table(
        inputs.likelihoods, replicates=inputs.bootstrap, confidence=inputs.confidence
    )
    return {TYPICALITY.name: summary, ATYPICAL.name: atypical_table(inputs.likelihoods)}
