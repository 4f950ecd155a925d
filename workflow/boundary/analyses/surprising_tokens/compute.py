"""Which tokens make a right response unlike what a scorer would write.

A token's surprisal alone marks every free choice.  Less the entropy of its place, in
standard deviations of the surprisal there, it marks what the scorer would seldom choose.
"""

from __future__ import annotations

import polars as pl

from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.surprising_tokens.tables import SURPRISING_TOKENS
from boundary.analyses.typicality.compute import z_score
from boundary.analysis.frames import column_types
from boundary.tables import LIKELIHOODS

#: Responses of each source under each other scorer.
CHOSEN = 2
#: Tokens kept of a response, around its most surprising one.
MOST_TOKENS = 400
LISTS = ("token_ends", "logprobs", "ranks", "entropies", "varentropies")
#: (s − H)/√V of a token, null where V is 0.
CONTRIBUTION = pl.when(pl.col("varentropies") > 0).then(
    (-pl.col("logprobs") - pl.col("entropies")).cast(pl.Float64)
    / pl.col("varentropies").cast(pl.Float64).sqrt()
)


def least_typical(tokens: pl.DataFrame, texts: pl.DataFrame, chosen: int = CHOSEN) -> pl.DataFrame:
    """Return the right responses of other models with the largest z, of distinct texts.

    Parameters
    ----------
    tokens : polars.DataFrame
        A TOKEN_SCORES table with ``correct``.
    texts : polars.DataFrame
        ``response`` of each, beside its key.
    chosen : int
        Of each scorer and source at most.

    Returns
    -------
    polars.DataFrame
        Columns of ``tokens``, ``response`` and ``z``; none where the engine gave no
        entropies or the tokenizer no places of tokens.  Of equal texts, and of equal z,
        the first by key stands.
    """
    key = [*LIKELIHOODS.key]
    sums = {
        total: pl.col(name).cast(pl.List(pl.Float64)).list.sum()
        for name, total in (
            ("logprobs", "logprob_sum"),
            ("entropies", "entropy_sum"),
            ("varentropies", "varentropy_sum"),
        )
    }
    scored = (
        tokens.filter(pl.col("correct") & (pl.col("scorer") != pl.col("source_model")))
        .with_columns(n_tokens=pl.col("logprobs").list.len(), **sums)
        .with_columns(z=z_score())
    )
    return (
        scored.filter(pl.col("z").is_finite() & pl.col("token_ends").is_not_null())
        .join(texts.select(*key[1:], "response"), on=key[1:], how="left", validate="m:1")
        .sort(key)
        .unique(["scorer", "source_model", "response"], keep="first", maintain_order=True)
        .sort("z", descending=True, maintain_order=True)
        .group_by("scorer", "source_model", maintain_order=True)
        .head(chosen)
        .sort(key)
    )


def token_rows(response: pl.DataFrame, most: int = MOST_TOKENS) -> pl.DataFrame:
    """Return a row a token of one response, of at most so many around the most surprising.

    Parameters
    ----------
    response : polars.DataFrame
        One row of `least_typical`.
    most : int

    Returns
    -------
    polars.DataFrame
        Rows of a SURPRISING_TOKENS table.
    """
    each = response.explode(LISTS).select(
        *LIKELIHOODS.key,
        "z",
        "response",
        n_tokens=pl.len().cast(pl.Int64),
        place=pl.int_range(pl.len(), dtype=pl.Int64),
        start=pl.col("token_ends").shift(1, fill_value=0),
        end="token_ends",
        logprob=pl.col("logprobs").cast(pl.Float64),
        rank="ranks",
        contribution=CONTRIBUTION,
    )
    peak = each["contribution"].arg_max() or 0
    # Cut first: every slice of text is counted from the beginning of the response.
    kept = each.slice(max(0, min(peak - most // 2, each.height - most)), most)
    text = pl.col("response").str.slice("start", pl.col("end") - pl.col("start"))
    return kept.with_columns(text=text).select(*SURPRISING_TOKENS.columns)


def compute(inputs: LikelihoodInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return the tokens of the least typical right responses."""
    chosen = least_typical(inputs.tokens(), inputs.texts())
    empty = pl.DataFrame(schema=column_types(SURPRISING_TOKENS))
    rows = [token_rows(chosen[i]) for i in range(chosen.height)]
    return {SURPRISING_TOKENS.name: pl.concat([empty, *rows])}
