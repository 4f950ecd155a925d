"""Columns of likelihood tables from what an engine says of each token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from boundary.checking import Table
from boundary.engines.token_scores import Nucleus, TokenScores
from boundary.tables import LIKELIHOODS, TOKEN_SCORES

#: Lists of the token table by the name of the array that each holds.
ARRAYS = {
    "logprobs": "logprob",
    "ranks": "rank",
    "top_logprobs": "top_logprob",
    "entropies": "entropy",
    "varentropies": "varentropy",
}


def sums(scores: Sequence[TokenScores], nuclei: Sequence[Nucleus]) -> pl.DataFrame:
    """Return the columns of a LIKELIHOODS table that follow from scores, a row a response.

    ``perplexity`` is exp(−logprob_sum / n_tokens) under the scorer's raw distribution
    (temperature 1, nothing cut off), null for a response without tokens.
    """
    names = [
        "n_tokens",
        "logprob_sum",
        "top_tokens",
        "top_logprob_sum",
        "entropy_sum",
        "varentropy_sum",
        "outside_tokens",
        "undecided_tokens",
        "first_outside",
    ]
    rows = [
        {
            "n_tokens": len(each.logprob),
            "logprob_sum": each.total,
            "top_tokens": _top(each),
            "top_logprob_sum": _sum(each.top_logprob),
            "entropy_sum": _sum(each.entropy),
            "varentropy_sum": _sum(each.varentropy),
            **_reach(each, nuclei),
        }
        for each in scores
    ]
    frame = pl.DataFrame(rows, schema=_types(LIKELIHOODS, names))
    return frame.with_columns(
        perplexity=pl.when(pl.col("n_tokens") > 0).then(
            (-pl.col("logprob_sum") / pl.col("n_tokens")).exp()
        ),
        temperatures=pl.lit([each.temperature for each in nuclei], pl.List(pl.Float64)),
        top_ps=pl.lit([each.top_p for each in nuclei], pl.List(pl.Float64)),
    )


def tokens(scores: Sequence[TokenScores]) -> pl.DataFrame:
    """Return the lists of a TOKEN_SCORES table but for the places of tokens, a row a response."""
    rows = [{name: getattr(each, array) for name, array in ARRAYS.items()} for each in scores]
    return pl.DataFrame(
        {name: [row[name] for row in rows] for name in ARRAYS},
        schema=_types(TOKEN_SCORES, ARRAYS),
        strict=False,
    )


def _types(table: Table, names: Sequence[str] | Mapping[str, str]) -> dict[str, pl.DataType]:
    return {name: table.columns[name].type for name in names}


def _sum(values: NDArray[np.float64] | None) -> float | None:
    return None if values is None else float(values.sum())


def _top(scores: TokenScores) -> int | None:
    """Return how many tokens are the likeliest of their place, or tied with it."""
    top = scores.top_logprob
    return None if top is None else int((scores.logprob >= top).sum())


def _reach(scores: TokenScores, nuclei: Sequence[Nucleus]) -> dict[str, list[int | None]]:
    """Return, a sampler each, the tokens outside and undecided, and the first one outside."""
    outside, undecided = scores.outside(nuclei), scores.undecided(nuclei)
    first = [int(column.argmax()) if column.any() else None for column in outside.T]
    return {
        "outside_tokens": outside.sum(0).tolist(),
        "undecided_tokens": undecided.sum(0).tolist(),
        "first_outside": first,
    }
