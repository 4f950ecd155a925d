"""Controls of a study file: what each permits, and what it is held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.controls import controlled

Raw = dict[str, Any]
SETTING = {"max_tokens": 16, "n": 8, "samples_per_shard": 4}
GAIN = {"base": "base", "other": "rl", "benchmarks": ["tiny"], "protocol": "t1"}
CONTROL = {**GAIN, "other": "base", "other_protocol": "cold", "control": "temperature"}


NOTHING = (
    "control: is held against nothing on 'tiny'; a control asks the model where training began "
    "anew, so it needs"
)


def study(*pairs: Raw) -> Raw:
    return {
        "study": "s",
        "lab": {
            "pre": {"recipe": "pretrain", "steps": 9},
            "again": {"recipe": "pretrain", "steps": 9, "seed": 2},
            "grpo": {"recipe": "reinforce", "start": "pre", "steps": 20},
        },
        "models": {
            "base": {"source": "lab:pre", "role": "base"},
            "rl": {"source": "lab:grpo", "role": "rl", "base": "base"},
            "free": {"source": "lab:again", "role": "base"},
        },
        "benchmarks": {"tiny": {"source": "lab:registers", "lab": {"problems": 6, "lengths": [3]}}},
        "protocols": {
            "t1": SETTING,
            "cold": SETTING | {"temperature": 0.5},
            "cold2": SETTING | {"temperature": 0.5, "top_p": 0.9, "seed": 2},
            "long": SETTING | {"max_tokens": 32},
            "both": SETTING | {"max_tokens": 32, "temperature": 0.5},
            "seed": SETTING | {"seed": 2},
        },
        "comparisons": list(pairs),
    }


def places(*pairs: Raw) -> list[tuple[str, str, str]]:
    read = parse_study(study(*pairs), "x")
    return [(each.gain.label, each.start, each.protocol) for each in controlled(read)]


def test_a_control_is_held_against_what_begins_at_the_same_arm() -> None:
    assert places(GAIN, CONTROL) == [("rl-vs-base", "base", "cold")]
    # Of a control, of the gain and of both the sides may be exchanged.
    turned = {**CONTROL, "protocol": "cold", "other_protocol": "t1", "name": "turned"}
    back = {**GAIN, "base": "rl", "other": "base"}
    assert places(GAIN, turned) == [("rl-vs-base", "base", "cold")]
    assert places(back, CONTROL) == [("base-vs-rl", "other", "cold")]
    assert places(back, turned) == [("base-vs-rl", "other", "cold")]
    # Against the descendant itself it is the same control.
    direct = {**GAIN, "protocol": "cold", "other_protocol": "t1", "control": "temperature"}
    assert places(GAIN, direct) == [("rl-vs-base", "base", "cold")]
    assert places(GAIN, {**CONTROL, "other_protocol": "cold2"})[0][2] == "cold2"
    assert places(GAIN) == []


def test_an_unknown_kind_is_one_line(problems: Callable[[Raw], list[str]]) -> None:
    assert len(problems(study(GAIN, {**CONTROL, "control": "temprature"}))) == 1


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (
            [GAIN, {**CONTROL, "other_protocol": "both"}],
            "comparisons[1]: the two protocols differ in max_tokens (16 and 32); a control of "
            "temperature permits temperature, top_p alone.",
        ),
        (
            [GAIN, {**CONTROL, "control": "truncation"}],
            "comparisons[1]: the two protocols differ in temperature (1.0 and 0.5); a control "
            "of truncation permits max_tokens alone.",
        ),
        (
            [GAIN, {**CONTROL, "allow_differences": ["grader"]}],
            "comparisons[1].allow_differences: a control of temperature permits temperature, "
            "top_p and nothing else; leave it out.",
        ),
        (
            [GAIN, {**CONTROL, "other": "free"}],
            "comparisons[1].control: 'free' was not made from 'base'",
        ),
        (
            [GAIN, {**CONTROL, "other_protocol": "seed"}],
            "comparisons[1].control: the two protocols differ in none of temperature, top_p.",
        ),
        (
            [CONTROL],
            f"comparisons[0].{NOTHING} a comparison there of 'base', under 't1' or 'cold', with a "
            "model made from it.",
        ),
        (
            [GAIN, {**CONTROL, "base": "rl", "other": "rl"}],
            f"comparisons[1].{NOTHING} a comparison there of 'rl', under 't1' or 'cold', with a "
            "model made from it.",
        ),
        # The trained model is the one that is sampled anew, whichever side it stands on.
        (
            [GAIN, {**CONTROL, "other": "rl"}],
            f"comparisons[1].{NOTHING} a comparison there of 'base' with 'rl' under 'cold'.",
        ),
        (
            [GAIN, {**CONTROL, "base": "rl", "protocol": "cold", "other_protocol": "t1"}],
            f"comparisons[1].{NOTHING} a comparison there of 'base' with 'rl' under 'cold'.",
        ),
        ([GAIN, {**CONTROL, "control": "temprature"}], "comparisons[1].control: input should be"),
    ],
)
def test_what_is_no_control_is_refused(
    pairs: list[Raw], message: str, problems: Callable[[Raw], list[str]]
) -> None:
    lines = problems(study(*pairs))
    assert any(line.startswith(message) for line in lines), lines
