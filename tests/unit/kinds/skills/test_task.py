"""Settings of the skills: what is refused, and where."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from boundary.config.tasks import LabDrawing, LabRun
from boundary.kinds.skills.task import SkillBenchmark, SkillPretrain

RUN, DRAWING = TypeAdapter(LabRun), TypeAdapter(LabDrawing)
RL: dict[str, Any] = {"task": "skills", "recipe": "reinforce", "start": "b"}
BASE: dict[str, Any] = {"task": "skills", "recipe": "pretrain"}
PROBLEMS: dict[str, Any] = {"task": "skills", "problems": 20, "lengths": [3, 4]}


def test_defaults_are_the_measured_base() -> None:
    run = RUN.validate_python(BASE)
    assert isinstance(run, SkillPretrain)
    assert (run.lengths, run.noise, run.steps, run.phase_switch) == ([3, 8], 0.25, 600, 0.6)
    assert run.step_work == 64 * 2 * 480


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (RL, "families"),
        (RL | {"families": {}}, "families"),
        (RL | {"families": {"u": 1.0}}, "'p', 'q', 'r', 's' or 't'"),
        (RL | {"families": {"r": 0.5}}, "must sum to 1, not to 0.5"),
        (RL | {"families": {"r": 1.0, "p": 0.0}}, "greater than 0"),
        (RL | {"families": {"r": 1.0}, "lengths": [5, 4]}, "shortest, longest"),
        (RL | {"families": {"r": 1.0}, "lengths": [3, 17]}, "16"),
        (BASE | {"phases": [{"p": 1.0}]}, "phases"),
        (BASE | {"phases": [{"p": 1.0}, {"p": 0.9}]}, "must sum to 1"),
        (BASE | {"forward_share": [0.5, 0.5]}, "forward_share"),
    ],
)
def test_wrong_runs_are_refused(run: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RUN.validate_python(run)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, "families"),
        ({"families": {"r": 0.45, "p": 0.55}}, "10 problems of each length cannot be split"),
        ({"families": {"r": 0.25, "p": 0.75}}, "cannot be split"),
        ({"families": {"r": 1.0}, "problems": 21}, "spread evenly"),
        ({"families": {"r": 1.0}, "problems": 802}, "401 problems of length 3"),
    ],
)
def test_problems_that_cannot_be_drawn_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DRAWING.validate_python(PROBLEMS | changed)


def test_families_split_each_length() -> None:
    drawing = DRAWING.validate_python(PROBLEMS | {"families": {"s": 0.3, "p": 0.7}})
    assert isinstance(drawing, SkillBenchmark)
    assert drawing.by_family(10) == (3, 7)
    assert drawing.response_tokens == 13
