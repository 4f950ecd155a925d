"""Scores of tokens from what vLLM returns for a row."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from boundary.engines.token_scores import PLAIN, ROUNDING, Extras, Nucleus
from boundary.engines.vllm.run import scored
from boundary.engines.vllm.scores import listed, token_scores
from boundary.errors import MachineError

#: Four words, of which three are listed.
EXTRAS = Extras(nuclei=(Nucleus(1.0, 0.5),))


def lists(*places: list[float], ranks: list[int] | None = None) -> SimpleNamespace:
    """Make vLLM's flat lists: at each place the token of the row, then the likeliest."""
    width = len(places[0])
    first = ranks or [1] * len(places)
    return SimpleNamespace(
        logprobs=[value for place in places for value in place],
        ranks=[rank for one in first for rank in (one, *range(1, width))],
    )


def output(prompt: SimpleNamespace | None, last: SimpleNamespace) -> SimpleNamespace:
    """Make what vLLM returns for a row: nothing for its first token."""
    return SimpleNamespace(prompt_logprobs=prompt, outputs=[SimpleNamespace(logprobs=last)])


def test_scores_are_of_the_response_alone() -> None:
    # Tokens 10 11 | 12 13 14: vLLM saw the first four, and chose 14.
    row = output(lists([-9.0], [-1.0], [-2.0]), lists([-4.0]))
    made = token_scores(row, [10, 11], [12, 13, 14], PLAIN, 56)
    assert made.logprob.tolist() == [-1.0, -2.0, -4.0]
    assert made.total == -7.0
    assert made.rank is made.top_logprob is made.entropy is None


def test_a_response_of_one_token_needs_no_prompt_logprobs() -> None:
    assert scored([14], 0)["prompt_logprobs"] is None
    assert scored([14], 20)["logprobs"] == 20
    assert token_scores(output(None, lists([-4.0])), [10], [14], PLAIN, 56).total == -4.0


def test_a_token_that_was_not_scored_is_an_error() -> None:
    row = output(lists([-9.0], [-1.0]), lists([-4.0]))
    with pytest.raises(MachineError, match="2 of 3"):
        token_scores(row, [10, 11], [12, 13, 14], PLAIN, 56)


def test_the_sum_does_not_lose_small_terms() -> None:
    row = output(lists([-1.0], *[[-1e-16]] * 10), lists([-1.0]))
    made = token_scores(row, [1], [2] * 11 + [3], PLAIN, 56)
    assert made.total == -math.fsum([2.0, *[1e-16] * 10])


def test_likeliest_tokens_tell_rank_and_reach() -> None:
    """P = (.5, .3, .1, .1): the second word, the first, and one that is not listed."""
    top = [math.log(0.5), math.log(0.3), math.log(0.1 + 1e-9)]
    row = output(
        lists([-9.0, *top], [top[1], *top], [top[0], *top], ranks=[1, 2, 2]),
        lists([math.log(0.1), *top], ranks=[4]),
    )
    nucleus = Extras(nuclei=(Nucleus(1.0, 0.5), Nucleus(1.0, 0.95)))
    assert listed(nucleus, 3) == 3
    made = token_scores(row, [10, 11], [12, 13, 14], nucleus, 3)
    assert made.rank is not None and made.top_logprob is not None
    assert made.rank.tolist() == [2, 1, 4]
    assert made.top_logprob.tolist() == [top[0]] * 3
    assert made.before_low[:2, 0].tolist() == pytest.approx([0.5, 0], abs=0.06)
    assert made.before_high[2].tolist() == [1 + ROUNDING] * 2
    # A mass of exactly top_p is known up to rounding only.
    assert made.undecided(nucleus.nuclei)[:, 0].tolist() == [True, False, False]
    assert made.outside(nucleus.nuclei)[:, 0].tolist() == [False, False, True]
    assert made.undecided(nucleus.nuclei)[:, 1].tolist() == [False, False, True]
    assert np.isfinite(made.before_low).all()
