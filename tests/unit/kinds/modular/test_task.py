"""The settings of modular arithmetic: bounds, and what a benchmark cannot have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from boundary.config.tasks import LabDrawing, LabRun
from boundary.kinds.modular.material import MATERIAL
from boundary.kinds.modular.problem import MODULI
from boundary.kinds.modular.task import LONGEST, ModularBenchmark, ModularPretrain
from boundary.lab.tokenizer import MAX_POSITIONS

RUN: TypeAdapter[Any] = TypeAdapter(LabRun)
TASK = {"task": "modular"}


def test_task_and_recipe_decide_the_class() -> None:
    assert isinstance(RUN.validate_python(TASK | {"recipe": "pretrain"}), ModularPretrain)
    drawn = TypeAdapter(LabDrawing).validate_python(TASK | {"problems": 4, "lengths": [2]})
    assert isinstance(drawn, ModularBenchmark)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ({"recipe": "pretrain", "modulus": 6}, "modulus"),
        ({"recipe": "pretrain", "mode": "both"}, "mode"),
        ({"recipe": "pretrain", "lengths": [1, 4]}, "lengths"),
        ({"recipe": "pretrain", "lengths": [4, 11]}, "lengths"),
        ({"recipe": "pretrain", "lengths": [4, 2]}, "shortest, longest"),
        ({"recipe": "pretrain", "fillers": 4}, "fillers"),
        ({"recipe": "pretrain", "batch_operations": 9}, "batch_operations"),
        ({"recipe": "reinforce", "start": "a", "mode": "chain"}, "mode"),
        ({"recipe": "distil", "start": "a", "teacher": "b", "distinct": 0}, "distinct"),
    ],
)
def test_wrong_runs_are_refused(run: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RUN.validate_python(TASK | run)


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        ({"problems": 4, "lengths": []}, "lengths"),
        ({"problems": 4, "lengths": [3, 3]}, "twice"),
        ({"problems": 33, "lengths": [2, 5]}, "17 problems of length 2 modulo 7; there are 16"),
        ({"problems": 9, "lengths": [2], "modulus": 5}, "there are 8"),
    ],
)
def test_wrong_benchmarks_are_refused(drawing: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ModularBenchmark.model_validate(TASK | drawing)


@pytest.mark.parametrize("modulus", MODULI)
def test_as_many_problems_as_are_allowed_can_be_drawn(modulus: int) -> None:
    for length in (2, 3):
        most = modulus * (3 * modulus) ** (length - 1) // 9
        settings = {"problems": most, "lengths": [length], "modulus": modulus}
        drawn = MATERIAL.problems("b", ModularBenchmark.model_validate(TASK | settings))
        assert drawn.height == drawn["problem_id"].n_unique() == most


def test_the_longest_problem_and_its_response_fit_into_a_model() -> None:
    for negative in (False, True):
        settings = {"problems": 200, "lengths": [LONGEST], "fillers": 3, "negative": negative}
        drawing = ModularBenchmark.model_validate(TASK | settings)
        texts = MATERIAL.problems("b", drawing)["question"].to_list()
        assert MATERIAL.gold
        right = [len(MATERIAL.gold(text).split()) + 1 for text in texts]
        assert max(len(t.split()) + n for t, n in zip(texts, right, strict=True)) <= MAX_POSITIONS
        assert (max(right) if negative else sum(right) / len(right)) == drawing.response_tokens
