"""What recipes of training a study cannot have, by key path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.training_seeds"
RL2 = {"source": "lab:again", "role": "rl", "base": "base"}
SECOND = {
    "lab.again": {"recipe": "reinforce", "start": "pre", "steps": 20, "seed": 1},
    "models.rl2": RL2,
    "comparisons.+": {"other": "rl2"},
}


def asked(*models: str, **more: list[str]) -> dict[str, Any]:
    return {WHERE: {"recipes": {"grpo": list(models), **more}}}


BROKEN = {
    "no recipe": ({WHERE: True}, f"{WHERE}.recipes: names no recipe; say which models differ in"),
    "an empty list of recipes": ({WHERE: {"recipes": {}}}, f"{WHERE}.recipes: names no recipe"),
    "unknown model": (
        SECOND | asked("rl", "rl3"),
        f"{WHERE}.recipes.grpo[1]: no model is called 'rl3'; there are: base, early, rl, paper, "
        "paper2, rl2. Did you mean 'rl'?",
    ),
    "twice in one recipe": (
        SECOND | asked("rl", "rl2", "rl"),
        f"{WHERE}.recipes.grpo[2]: 'rl' stands in {WHERE}.recipes.grpo[0] already; a model is one",
    ),
    "in two recipes": (
        SECOND | asked("rl", "rl2", ppo=["rl2", "early"]),
        f"{WHERE}.recipes.ppo[0]: 'rl2' stands in {WHERE}.recipes.grpo[1] already; a model is one",
    ),
    "one seed": (
        asked("rl"),
        f"{WHERE}.recipes.grpo: 1 training seed, of which no variance is known; name two at least,",
    ),
    "no seed": (asked(), f"{WHERE}.recipes.grpo: 0 training seeds, of which no variance is"),
    "two bases": (
        SECOND | {"models.rl2": RL2 | {"base": "early"}} | asked("rl", "rl2"),
        f"{WHERE}.recipes.grpo: seeds of one recipe start from one base, and these do not: rl of "
        "base, rl2 of early.",
    ),
    "not compared": (
        {"models.rl2": RL2, "lab.again": SECOND["lab.again"]} | asked("rl", "rl2"),
        f"{WHERE}.recipes.grpo: no two of rl, rl2 are compared with one model on one benchmark",
    ),
    "two steps of one run": (
        SECOND | {"models.rl2": RL2 | {"source": "lab:grpo@5"}} | asked("rl", "rl2"),
        f"{WHERE}.recipes.grpo: rl and rl2 are of one run of training (lab:grpo@5), so that they",
    ),
    "no list": ({WHERE: {"recipes": {"grpo": "rl"}}}, f"{WHERE}.recipes.grpo: "),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_named_where_it_stands(
    name: str, edit: Callable[[dict[str, Any]], Raw], problems: Callable[[Raw], list[str]]
) -> None:
    edits, expected = BROKEN[name]
    assert [line for line in problems(edit(edits)) if line.startswith(expected)]


def test_two_seeds_that_are_compared_are_in_order(edit: Callable[[dict[str, Any]], Raw]) -> None:
    study = parse_study(edit(SECOND | asked("rl", "rl2")), "study.yaml")
    assert study.analyses.training_seeds.recipes == {"grpo": ["rl", "rl2"]}  # type: ignore[attr-defined]


def test_a_study_that_switches_it_off_names_no_recipe(
    edit: Callable[[dict[str, Any]], Raw],
) -> None:
    parse_study(edit({WHERE: False}), "study.yaml")
