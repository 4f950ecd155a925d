"""Tokens that a scorer would seldom write, as marks on a response."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from boundary.origins import KEY

#: Probabilities of a token below which it has a mark of level 1, 2 and 3.
LEVELS = (0.1, 0.01, 0.001)
_SURPRISALS = tuple(-math.log(share) for share in LEVELS)


@dataclass(frozen=True)
class Piece:
    """A part of a response; ``level`` 0 is unmarked, and ``chance`` the token's probability."""

    text: str
    level: int = 0
    chance: float | None = None


def marked_tokens(tokens: pl.DataFrame) -> pl.DataFrame:
    """Return the tokens that have a mark: few, so that those of all responses fit in memory.

    Parameters
    ----------
    tokens : polars.DataFrame
        Rows of a TOKEN_SCORES table with ``token_ends``.

    Returns
    -------
    polars.DataFrame
        ``problem_id, sample_index, start, end`` (characters) and ``logprob``, in order.
    """
    return (
        tokens.select(*KEY, end="token_ends", logprob="logprobs")
        .explode("end", "logprob")
        .with_columns(start=pl.col("end").shift(1, fill_value=0).over(*KEY))
        .filter(pl.col("logprob") < math.log(LEVELS[0]), pl.col("start") < pl.col("end"))
        .select(*KEY, "start", "end", "logprob")
        .sort(*KEY, "start")
    )


def pieces(text: str, marks: Sequence[tuple[int, int, float]]) -> Iterator[Piece]:
    """Yield a response in pieces, marked and not, of which each has some character.

    Parameters
    ----------
    text : str
        The response, or its beginning.
    marks : sequence of (int, int, float)
        Start, end and log-probability, in order and disjoint.
    """
    done = 0
    for start, end, logprob in marks:
        if before := text[done:start]:
            yield Piece(before)
        if marked := text[start:end]:
            yield Piece(marked, bisect_left(_SURPRISALS, -logprob), math.exp(logprob))
        done = end
    if rest := text[done:]:
        yield Piece(rest)
