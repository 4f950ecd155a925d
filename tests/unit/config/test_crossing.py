"""What of cross-sampling a study cannot have, told by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.cross_sampling"
ASKED = {"comparisons": ["rl-vs-base"], "benchmarks": ["short"]}

BROKEN = {
    "unknown comparison": (
        {WHERE: ASKED | {"comparisons": ["rl-vs-bose"]}},
        f"{WHERE}.comparisons[0]: no comparison is called 'rl-vs-bose'; there are: rl-vs-base, "
        "paper2-vs-paper. Did you mean 'rl-vs-base'?",
    ),
    "another benchmark": (
        {WHERE: ASKED | {"benchmarks": ["old"]}},
        f"{WHERE}: no comparison 'rl-vs-base' is on a benchmark 'old'.",
    ),
    "counts": (
        {WHERE: {"comparisons": ["paper2-vs-paper"], "benchmarks": ["old"]}},
        f"{WHERE}: 'paper' of 'paper2-vs-paper' is not sampled here; leave the pair out.",
    ),
    "two protocols": (
        {
            WHERE: ASKED,
            "comparisons.0.name": "rl-vs-base",
            "comparisons.0.other_protocol": "cold",
            "comparisons.0.allow_differences": ["temperature"],
        },
        f"{WHERE}: 'rl-vs-base' compares two protocols ('t1' and 'cold'), and one response "
        "follows one.",
    ),
    "one model": (
        {
            WHERE: ASKED | {"comparisons": ["same"]},
            "comparisons.0.name": "same",
            "comparisons.0.other": "base",
        },
        f"{WHERE}: 'same' is of one model, which cannot write with itself.",
    ),
    "vllm": (
        {WHERE: ASKED, "protocols.t1.engine": "vllm"},
        f"{WHERE}: 'rl-vs-base' is sampled by the engine 'vllm', and two models take turns in "
        "'transformers' alone; compare them under a protocol of it.",
    ),
    "sampler of whole responses": (
        {WHERE: ASKED, "protocols.t1.sampler": {"power": {"alpha": 4, "steps": 10}}},
        f"{WHERE}: 'rl-vs-base' is sampled by power(4, 10, one block), which redraws responses",
    ),
    "over budget": (
        {WHERE: ASKED | {"positions": [1, 2], "responses": 4, "most_tokens": 6911}},
        f"{WHERE}.most_tokens: cross-sampling rl in base on 'short' may take 6,912 tokens",
    ),
    "twice": (
        {WHERE: ASKED | {"positions": [1, 2, 1]}},
        f"{WHERE}.positions[2]: 1 is listed twice.",
    ),
    "no position": ({WHERE: ASKED | {"positions": [0]}}, f"{WHERE}.positions[0]"),
    "analysis alone": (
        {"analyses.gain_carriers": True},
        f"analyses.gain_carriers: needs the section {WHERE}, which is missing.",
    ),
    "figure alone": (
        {"figures.0": "cross_sampling"},
        f"figures[0]: 'cross_sampling' needs the section {WHERE}, which is missing.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Callable[..., Raw], problems: Callable[..., Any]) -> None:
    edits, expected = BROKEN[name]
    (line,) = [line for line in problems(edit(edits)) if not line.startswith("comparisons[")]
    assert line.startswith(expected)


def test_a_budget_that_is_enough(edit: Callable[..., Raw]) -> None:
    """Six problems, host and donor alone and two choices at each of two m, four responses of 48."""
    asked = ASKED | {"positions": [1, 2], "responses": 4, "most_tokens": 6 * 6 * 4 * 48}
    section = parse_study(edit({WHERE: asked}), "study.yaml").analyses.cross_sampling
    assert section is not None
    assert section.positions == [1, 2]
    assert parse_study(edit({WHERE: ...}), "study.yaml").analyses.cross_sampling is None
