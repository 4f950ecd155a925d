"""Stop strings and settings of the sampler mean the same under both engines."""

from __future__ import annotations

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
