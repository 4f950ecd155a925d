"""The lab's tasks: those kinds of problems that the lab draws, and the types of their settings."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Discriminator, Tag

from boundary.kinds import KINDS
from boundary.lab_task import (
    Distillation,
    Drawing,
    Finetuning,
    OfTask,
    Pretraining,
    Reinforcement,
    Run,
    Task,
)

#: The task of settings that name none.
FIRST = "registers"
_DECLARED: dict[str, Task] = {
    kind.name: import_module(kind.task).TASK for kind in KINDS.values() if kind.task
}
#: By name.
TASKS: dict[str, Task] = {each.name: each for each in _DECLARED.values()}
#: As what the problems of a task are judged.
KIND_OF: dict[str, str] = {each.name: kind for kind, each in _DECLARED.items()}


def _value(settings: object, key: str, default: str) -> str:
    if isinstance(settings, OfTask):
        return str(getattr(settings, key))
    return str(settings.get(key, default)) if isinstance(settings, dict) else default


def task(settings: object, default: str = FIRST) -> str:
    """Return what settings, read or not, name as their task."""
    return _value(settings, "task", default)


def _tag(task: str, recipe: str) -> str:
    return recipe if task == FIRST else f"{task}.{recipe}"


def recipe(settings: object) -> str:
    """Return the tag of a run; what is no mapping is held against the first recipe."""
    missing = "" if isinstance(settings, dict) else next(iter(RUNS))
    return _tag(task(settings), _value(settings, "recipe", missing))


def recipes_of(name: str) -> list[str]:
    """Return the names of the recipes that a task has."""
    return [cls.model_fields["recipe"].annotation.__args__[0] for cls in TASKS[name].recipes]  # type: ignore[union-attr]


#: The settings of a run by the tag of its union: the recipe, behind the task if another.
RUNS: dict[str, type[Run]] = {
    _tag(each.name, name): cls
    for each in TASKS.values()
    for name, cls in zip(recipes_of(each.name), each.recipes, strict=True)
}

if TYPE_CHECKING:
    LabRun = Pretraining | Reinforcement | Distillation | Finetuning
    LabDrawing = Drawing
else:
    #: A run, and the problems of a benchmark, of any task.
    LabRun = Annotated[
        Union[tuple(Annotated[cls, Tag(tag)] for tag, cls in RUNS.items())],  # noqa: UP007
        Discriminator(recipe),
    ]
    LabDrawing = TASKS[FIRST].drawing
    if len(TASKS) > 1:
        LabDrawing = Annotated[
            Union[tuple(Annotated[t.drawing, Tag(t.name)] for t in TASKS.values())],  # noqa: UP007
            Discriminator(task),
        ]
