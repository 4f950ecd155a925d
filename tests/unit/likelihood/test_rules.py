"""What no table of likelihoods or token scores holds, whoever made it."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from boundary.errors import TableError
from boundary.tables import LIKELIHOODS, TOKEN_SCORES, check

KEY = {
    **dict.fromkeys(("scorer", "source_model", "benchmark", "protocol", "problem_id"), "x"),
    "sample_index": 0,
}
SUMS = {
    **KEY,
    **{"n_tokens": 2, "logprob_sum": -1.0, "perplexity": 1.6},
    **{"temperatures": [0.6], "top_ps": [0.95]},
    **{"outside_tokens": [2], "undecided_tokens": [0], "first_outside": [0]},
}
TOKENS = {**KEY, "logprobs": [-1.0, -math.inf], "ranks": [1, 2], "token_ends": [1, 1]}


def of(table: Any, row: dict[str, Any]) -> pl.DataFrame:
    types = {name: column.type for name, column in table.columns.items() if name in row}
    return check(pl.DataFrame([row], schema=types), table, "file")


def test_what_a_scorer_says_is_in_order() -> None:
    assert of(LIKELIHOODS, SUMS).height == of(TOKEN_SCORES, TOKENS).height == 1
    never = {"logprob_sum": -math.inf, "perplexity": math.inf}
    assert of(LIKELIHOODS, SUMS | never).height == 1
    unknown = {"token_ends": None, "entropies": None}
    assert of(TOKEN_SCORES, TOKENS | unknown).height == 1
    assert of(TOKEN_SCORES, TOKENS | {"logprobs": [], "ranks": [], "token_ends": []}).height == 1


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"logprob_sum": 0.1}, "logprob_sum at most 0"),
        ({"logprob_sum": math.inf}, "logprob_sum at most 0"),
        ({"logprob_sum": math.nan}, "not NaN"),
        ({"outside_tokens": [1, 1]}, "outside_tokens as long as temperatures"),
        ({"top_ps": []}, "top_ps as long as temperatures"),
        ({"outside_tokens": [3]}, "outside_tokens at most n_tokens"),
        ({"undecided_tokens": [3]}, "undecided_tokens at most n_tokens"),
    ],
)
def test_sums_that_no_scorer_gives(edit: dict[str, Any], words: str) -> None:
    with pytest.raises(TableError, match=words):
        of(LIKELIHOODS, SUMS | edit)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"logprobs": None}, "logprobs: not_nullable"),
        ({"logprobs": [-1.0, math.nan]}, "logprobs are numbers, none above 0"),
        ({"logprobs": [-1.0, None]}, "logprobs are numbers, none above 0"),
        ({"logprobs": [-1.0, 0.5]}, "logprobs are numbers, none above 0"),
        ({"token_ends": [1]}, "token_ends as long as logprobs"),
        ({"ranks": [1, 2, 3]}, "ranks as long as logprobs"),
        ({"entropies": [1.0]}, "entropies as long as logprobs"),
    ],
)
def test_tokens_that_no_scorer_gives(edit: dict[str, Any], words: str) -> None:
    with pytest.raises(TableError, match=words):
        of(TOKEN_SCORES, TOKENS | edit)
