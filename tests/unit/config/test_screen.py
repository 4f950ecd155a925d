"""What of a screen a study cannot have, told by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.screen"
ASKED = {"models": ["rl"], "benchmarks": ["text"], "protocol": "t1"}
TEXT = {
    "benchmarks.text": {"source": "file:t.jsonl"},
    "comparisons.0.benchmarks": ["short", "text"],
}

BROKEN = {
    "unknown model": ({"models": ["rll"]}, f"{WHERE}.models[0]: no model is called 'rll'"),
    "counts": (
        {"models": ["paper"]},
        f"{WHERE}.models[0]: 'paper' has published counts only, and no responses.",
    ),
    "an arm that nobody samples": (
        {"protocol": "cold"},
        f"{WHERE}: no comparison or series samples 'rl' on 'text' under 'cold', so it has no "
        "responses to compare.",
    ),
    "the lab's problems": (
        {"benchmarks": ["short"]},
        f"{WHERE}.benchmarks[0]: the problems of 'short' are drawn by the lab",
    ),
    "a share twice": ({"shares": [0.5, 0.5]}, f"{WHERE}.shares[1]: 0.5 is listed twice."),
    "a whole problem": ({"shares": [1.0]}, f"{WHERE}.shares[0]"),
    "too few twins for a flag": (
        {"twins": 58},
        f"{WHERE}.twins: with 58 no problem can be flagged at 0.05 after Holm's correction over "
        "3 shares; take at least 59, or fewer shares.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Callable[..., Raw], problems: Callable[..., Any]) -> None:
    keys, expected = BROKEN[name]
    assert problems(edit(TEXT | {WHERE: ASKED | keys}))[0].startswith(expected)


def test_a_section_in_order(edit: Callable[..., Raw]) -> None:
    section = parse_study(edit(TEXT | {WHERE: ASKED}), "study.yaml").analyses.screen
    assert section is not None
    assert (section.shares, section.twins, section.level) == ([0.4, 0.6, 0.8], 59, 0.05)
    one = {WHERE: ASKED | {"shares": [0.6], "twins": 19}}
    assert parse_study(edit(TEXT | one), "study.yaml").analyses.screen is not None
    assert parse_study(edit({WHERE: ...}), "study.yaml").analyses.screen is None
