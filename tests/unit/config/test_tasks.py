"""The lab's tasks: one name each, and the first one's in no digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from boundary.config.study import Benchmark
from boundary.config.tasks import FIRST, KIND_OF, RUNS, TASKS, LabRun, recipe, recipes_of, task
from boundary.kinds import KINDS

Raw = dict[str, Any]
RUN: TypeAdapter[Any] = TypeAdapter(LabRun)


@pytest.mark.parametrize("name", TASKS)
def test_every_setting_of_a_task_names_it(name: str) -> None:
    entry = TASKS[name]
    assert entry.name == name and KINDS[KIND_OF[name]].task
    for cls in (*entry.recipes, entry.drawing):
        assert get_args(cls.model_fields["task"].annotation) == (name,)
        assert cls.model_fields["task"].is_required() == (name != FIRST)


@pytest.mark.parametrize(
    "run",
    [
        {"recipe": "pretrain"},
        {"recipe": "reinforce", "start": "a"},
        {"recipe": "distil", "start": "a", "teacher": "b"},
    ],
)
def test_the_name_of_the_first_task_changes_no_dump(run: Raw) -> None:
    named = RUN.validate_python({"task": FIRST} | run)
    assert named == RUN.validate_python(run) and named.task == FIRST
    assert "task" not in named.model_dump(mode="json")
    drawn = {"source": f"lab:{FIRST}", "lab": {"problems": 3, "lengths": [3]}}
    explicit = {"source": f"lab:{FIRST}", "lab": {"task": FIRST, "problems": 3, "lengths": [3]}}
    dumps = [Benchmark.model_validate(entry).model_dump() for entry in (drawn, explicit)]
    assert dumps[0] == dumps[1] and "task" not in dumps[0]["lab"]


def test_tags_of_what_was_read_and_of_what_was_not() -> None:
    recipes = ["pretrain", "reinforce", "distil", "finetune"]
    assert list(RUNS)[: len(recipes)] == recipes_of(FIRST) == recipes
    assert (task({}), recipe({"recipe": "distil"})) == (FIRST, "distil")
    assert recipe({"task": "sorting", "recipe": "distil"}) == "sorting.distil"
    assert recipe(RUN.validate_python({"recipe": "pretrain"})) == "pretrain"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lab.pre.task": "x"}, 'lab.pre.task: no task is called "x"; there are: registers, '),
        ({"lab.pre.task": []}, "lab.pre.task: no task is called []; there are: registers, "),
        ({"benchmarks.short.lab.task": "x"}, 'benchmarks.short.lab.task: no task is called "x"; '),
    ],
)
def test_a_task_that_there_is_not(
    changes: Raw,
    message: str,
    edit: Callable[[Raw], Raw],
    problems: Callable[[Raw], list[str]],
) -> None:
    assert any(line.startswith(message) for line in problems(edit(changes)))
