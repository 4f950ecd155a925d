"""Stop strings and settings of the sampler mean the same under both engines."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from boundary.engines import Request
from drawing import Draws, draw


def text_of(draws: Draws) -> dict[tuple[int, int], tuple[object, ...]]:
    """Return what is counted of each response, numbers apart."""
    return {k: (r.token_ids, r.text, r.n_tokens, r.finish_reason) for k, r in draws.items()}


@pytest.mark.parametrize("stop", [["#"], ["r1 =", "="]])
def test_a_stop_string_cuts_both_at_one_token(
    engine: Any, transformers_engine: Any, requests: list[Request], stop: list[str]
) -> None:
    keys = {"temperature": 0.0, "samples_per_shard": 1, "stop": stop}
    ours, theirs = (draw(each, requests[:20], **keys) for each in (engine, transformers_engine))
    assert text_of(ours) == text_of(theirs)
    assert any(r.finish_reason == "stop" and stop[0] not in r.text for r in ours.values())


@pytest.mark.parametrize(
    "filters",
    [
        {"repetition_penalty": 1.4},
        {"presence_penalty": 1.5, "frequency_penalty": -0.5},
        {"frequency_penalty": 1.0, "repetition_penalty": 0.8},
    ],
)
def test_penalties_choose_the_same_likeliest_tokens(
    engine: Any, transformers_engine: Any, requests: list[Request], filters: dict[str, float]
) -> None:
    """Their log-probabilities are the model's own, which no penalty changes."""
    keys = {"temperature": 0.0, "samples_per_shard": 1}
    ours, theirs = (
        draw(each, requests[:20], **keys, **filters) for each in (engine, transformers_engine)
    )
    assert text_of(ours) == text_of(theirs)
    for key, response in ours.items():
        assert response.logprobs == pytest.approx(theirs[key].logprobs, abs=1e-3)


def test_what_is_cut_off_is_cut_off_by_both(
    engine: Any, transformers_engine: Any, requests: list[Request]
) -> None:
    """The first tokens of many samples: the same ones are possible, as often."""
    keys = {"max_tokens": 1, "samples_per_shard": 2000, "temperature": 2.0}
    for filters in ({"top_k": 3, "top_p": 0.7}, {"min_p": 0.5, "top_p": 0.6}, {"min_p": 0.2}):
        ours, theirs = (
            Counter(r.token_ids for r in draw(each, requests[:1], **keys, **filters).values())
            for each in (engine, transformers_engine)
        )
        assert ours.keys() == theirs.keys()
        assert all(abs(ours[token] - theirs[token]) < 200 for token in ours)
