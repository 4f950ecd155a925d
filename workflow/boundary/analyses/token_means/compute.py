"""What a scorer says of tokens: of those sampled, of its likeliest, and on average.

The mean log-probability of sampled tokens alone tells paths of low entropy from
others, not what is typical from what is not; the negative entropy is what it would
be if the scorer had sampled itself.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.token_means.tables import SUMS, TOKEN_MEANS
from boundary.analysis.frames import column_types
from boundary.analysis.scored import by_class, mean_intervals, require, share_with_interval


def token_means_table(
    likelihoods: pl.DataFrame, *, replicates: int = 10_000, confidence: float = 0.95
) -> pl.DataFrame:
    """Return means over tokens of what each scorer says of each source's responses.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table with ``correct``; sums of entropy are null where the engine
        that scored has none.
    replicates : int
        Bootstrap replicates over problems.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A TOKEN_MEANS table, in nats: ``sampled`` tokens, the ``likeliest`` at each place
        whatever was sampled, and the ``expected`` log-probability, −H, null where some
        entropy is unknown.  Over ``tokens`` each weighs the same; over ``problems`` each
        problem, within which tokens do.  Responses without a token are not counted;
        those that the scorer cannot produce are, and left out of means.

    Raises
    ------
    TableError
        When an earlier version scored, which looked at sampled tokens alone.
    """
    why = "sampled tokens are set beside the likeliest"
    require(likelihoods, ["top_tokens", "top_logprob_sum"], "token_means", why)
    types = column_types(TOKEN_MEANS)
    signed = likelihoods.filter(pl.col("n_tokens") > 0).with_columns(-pl.col("entropy_sum"))
    rows = []
    for labels, group in by_class(signed):
        known = group.filter(pl.col("logprob_sum").is_finite())
        counted = labels | {
            "n_responses": group.height,
            "n_impossible": group.height - known.height,
            "n_problems": known["problem_id"].n_unique(),
            "n_tokens": int(known["n_tokens"].sum()),
        }
        summed = (
            known.with_columns(n_unknown=pl.col("entropy_sum").is_null())
            .group_by("problem_id")
            .agg(pl.col("n_tokens", "top_tokens", "n_unknown", *SUMS.values()).sum())
            .sort("problem_id")
        )
        for unit in ("problems", "tokens"):
            means = _means(summed, unit, replicates, confidence) if summed.height else {}
            rows.append({**counted, "unit": unit, **means})
    return pl.DataFrame(rows, schema=types)


def _means(
    summed: pl.DataFrame, unit: str, replicates: int, confidence: float
) -> dict[str, float | None]:
    """Return the means with intervals, from sums over each problem."""
    tokens = summed["n_tokens"].to_numpy().astype(np.float64)
    sizes = tokens if unit == "tokens" else np.ones(len(tokens))
    scale = sizes / tokens
    taken = {
        name: column
        for name, column in SUMS.items()
        if name != "expected" or summed["n_unknown"].sum() == 0
    }
    totals = summed.select(taken.values()).to_numpy() * scale[:, None]
    means: dict[str, float | None] = {}
    for name, ends in zip(
        taken, mean_intervals(totals, sizes, replicates, confidence), strict=True
    ):
        means |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    hits = summed["top_tokens"].to_numpy() * scale
    names = ("share_likeliest", "share_likeliest_low", "share_likeliest_high")
    return means | dict(zip(names, share_with_interval(hits, sizes, confidence), strict=True))


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return means over tokens."""
    table = token_means_table(
        inputs.likelihoods, replicates=inputs.bootstrap, confidence=inputs.confidence
    )
    return {TOKEN_MEANS.name: table}
