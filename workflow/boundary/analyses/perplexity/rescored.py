"""Whether what was scored is what was sampled, and likelihoods that no tokeniser divides.

A response is scored by the tokens that were sampled where they are known, else by
those of its text, which may be others.  A model that scores its own responses gives
the sums that sampling gave, up to rounding: a check that costs nothing.
"""

from __future__ import annotations

import math

import polars as pl

from boundary.analyses.perplexity.tables import RESCORED
from boundary.analysis.frames import column_types
from boundary.analysis.scored import GROUP, mean_intervals

#: Columns that an earlier version did not write.
LATER = {
    "response_bytes": pl.Int64,
    "sampled_tokens": pl.Int64,
    "sampled_logprob_sum": pl.Float64,
    "left_out_tokens": pl.Int64,
    "vocabulary": pl.String,
}


def rescored_table(
    likelihoods: pl.DataFrame, *, replicates: int = 10_000, confidence: float = 0.95
) -> pl.DataFrame:
    """Hold scored responses against sampled ones, a row a scorer and source.

    Parameters
    ----------
    likelihoods : polars.DataFrame
        A LIKELIHOODS table, responses scored in part among them; columns of
        `LATER` may be absent.
    replicates : int
        Bootstrap replicates over problems.
    confidence : float

    Returns
    -------
    polars.DataFrame
        A RESCORED table. ``other_tokens`` counts, of the responses whose number of
        sampled tokens is known and whose source has the scorer's vocabulary,
        those that were scored by another number of tokens.
        ``largest_difference``, in nats, is that of a sum from the one that sampling
        gave, over the ``compared`` responses of the scorer itself with as many
        tokens, and ``largest_per_token`` the largest per token. ``bits_per_byte`` is
        −Σ log₂ p over the bytes of UTF-8 of whole responses, whatever the vocabulary,
        with an interval over problems; infinite where the scorer cannot produce one.
    """
    absent = {name: kind for name, kind in LATER.items() if name not in likelihoods.columns}
    rows = likelihoods.with_columns(pl.lit(None, kind).alias(name) for name, kind in absent.items())
    rows = rows.with_columns(pl.col("left_out_tokens").fill_null(0))
    # Files of two versions may tell of one scorer and not tell.
    known_ones = rows.group_by("scorer").agg(pl.col("vocabulary").unique())
    vocabularies = {name: each[0] for name, each in known_ones.rows() if len(each) == 1}
    made = []
    for key, group in sorted(rows.group_by(GROUP), key=lambda item: [str(x) for x in item[0]]):
        scorer, source = map(str, key[:2])
        one, other = vocabularies.get(scorer), vocabularies.get(source)
        same = None if one is None or other is None else one == other
        whole = group.filter(left_out_tokens=0)
        known = group.filter(pl.col("sampled_tokens").is_not_null() & pl.lit(same is True))
        scored_tokens = pl.col("n_tokens") + pl.col("left_out_tokens")
        alike = known.filter(scored_tokens == pl.col("sampled_tokens"))
        compared = alike.filter(
            pl.col("sampled_logprob_sum").is_not_null() & (pl.col("n_tokens") > 0),
            pl.lit(scorer == source),
        )
        difference = (compared["logprob_sum"] - compared["sampled_logprob_sum"]).abs()
        made.append(
            {
                **dict(zip(GROUP, key, strict=True)),
                "n_responses": group.height,
                "in_part": group.height - whole.height,
                "left_out_tokens": int(group["left_out_tokens"].sum()),
                "same_vocabulary": same,
                "sampled_known": known.height,
                "other_tokens": known.height - alike.height,
                "compared": compared.height,
                "largest_difference": difference.max(),
                "largest_per_token": (difference / compared["n_tokens"]).max(),
                **_bits(whole, replicates, confidence),
            }
        )
    return pl.DataFrame(made, schema=column_types(RESCORED))


def _bits(rows: pl.DataFrame, replicates: int, confidence: float) -> dict[str, float | int | None]:
    """Return bits per byte of responses with text, by problem."""
    kept = rows.filter(pl.col("response_bytes") > 0)
    by_problem = (
        kept.group_by("problem_id")
        .agg(bits=-pl.col("logprob_sum").sum() / math.log(2), bytes=pl.col("response_bytes").sum())
        .sort("problem_id")
    )
    if by_problem.is_empty():
        return {"n_problems": 0}
    totals, sizes = by_problem.select("bits").to_numpy(), by_problem["bytes"].to_numpy()
    ((value, low, high),) = mean_intervals(totals, sizes.astype(float), replicates, confidence)
    n_problems = by_problem.height
    return {
        "n_problems": n_problems,
        "bits_per_byte": value,
        "bits_low": low,
        "bits_high": high,
    }
