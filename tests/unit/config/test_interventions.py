"""What of interventions a study cannot have, told by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.interventions"
ASKED = {"models": ["rl"], "benchmarks": ["short"], "protocol": "t1"}
CHOICE = {"source": "file:c.jsonl", "kind": "choice"}

BROKEN = {
    "unknown model": (
        {WHERE: ASKED | {"models": ["rll"]}},
        f"{WHERE}.models[0]: no model is called 'rll'; there are: base, early, rl, paper, paper2. "
        "Did you mean 'rl'?",
    ),
    "unknown protocol": (
        {WHERE: ASKED | {"protocol": "t2"}},
        f"{WHERE}.protocol: no protocol is called 't2'",
    ),
    "counts": (
        {WHERE: ASKED | {"models": ["paper"]}},
        f"{WHERE}.models[0]: 'paper' has published counts only, and no responses.",
    ),
    "an arm that nobody samples": (
        {WHERE: ASKED | {"protocol": "cold"}},
        f"{WHERE}: no comparison or series samples 'rl' on 'short' under 'cold', so it has no "
        "responses to edit.",
    ),
    "twice": (
        {WHERE: ASKED | {"edits": ["swap", "swap"]}},
        f"{WHERE}.edits[1]: 'swap' is listed twice.",
    ),
    "no such edit": ({WHERE: ASKED | {"edits": ["reverse"]}}, f"{WHERE}.edits[0]"),
    "no edit": ({WHERE: ASKED | {"edits": []}}, f"{WHERE}.edits"),
    "no step": ({WHERE: ASKED | {"steps": 0}}, f"{WHERE}.steps"),
    "over budget": (
        # Six problems, two responses, of each of which two go on at one step in 48 tokens.
        {
            WHERE: ASKED
            | {"edits": ["corrupt"], "responses": 2, "steps": 1, "most_tokens": 6 * 2 * 2 * 48 - 1}
        },
        f"{WHERE}.most_tokens: interventions on 'rl' on 'short' may take 1,152 tokens",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Callable[..., Raw], problems: Callable[..., Any]) -> None:
    edits, expected = BROKEN[name]
    assert problems(edit(edits))[0].startswith(expected)


def test_problems_whose_steps_nobody_finds(
    edit: Callable[..., Raw], problems: Callable[..., Any]
) -> None:
    lines = problems(edit({WHERE: ASKED | {"benchmarks": ["mcq"]}, "benchmarks.mcq": CHOICE}))
    assert (
        f"{WHERE}.benchmarks[0]: 'mcq' has problems of kind 'choice', in responses to which "
        "nobody finds steps; they are found of: lab, math, modular." in lines
    )


def test_a_section_in_order(edit: Callable[..., Raw]) -> None:
    section = parse_study(edit({WHERE: ASKED}), "study.yaml").analyses.interventions
    assert section is not None
    assert section.edits[0] == "corrupt"
    assert (section.responses, section.steps) == (8, 8)
    assert parse_study(edit({WHERE: ...}), "study.yaml").analyses.interventions is None
