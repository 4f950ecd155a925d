"""Plans of looks that a study cannot have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
WHERE = "analyses.crossover"
PLAN = [{"n": 64, "alpha": 0.01}, {"n": 96, "alpha": 0.02}, {"n": 128, "alpha": 0.04}]


def test_a_plan_is_read(edit: Callable[..., Raw]) -> None:
    study = parse_study(edit({WHERE: {"looks": PLAN}}), "study.yaml")
    assert [look.n for look in study.analyses.crossover.looks] == [64, 96, 128]
    exact = [{"n": 8, "alpha": 0.05}]
    parse_study(edit({WHERE: {"looks": exact}}), "study.yaml")


BROKEN = {
    "too much": (
        {WHERE: {"looks": [*PLAN[:2], {"n": 128, "alpha": 0.06}]}},
        f"{WHERE}.looks[2].alpha: 0.06 is spent by the last look, and analyses.confidence 0.95 "
        "leaves 0.05 for all looks together.",
    ),
    "n falls": (
        {WHERE: {"looks": [PLAN[1], PLAN[0] | {"alpha": 0.03}]}},
        f"{WHERE}.looks: looks[1].n is 64, and looks[0].n 96: list looks as n rises",
    ),
    "alpha stays": (
        {WHERE: {"looks": [PLAN[0], PLAN[1] | {"alpha": 0.01}]}},
        f"{WHERE}.looks: looks[1].alpha is 0.01, and looks[0].alpha 0.01: list looks",
    ),
    "alpha of nothing": ({WHERE: {"looks": [{"n": 64, "alpha": 0}]}}, f"{WHERE}.looks[0].alpha: "),
    "no n": ({WHERE: {"looks": [{"alpha": 0.01}]}}, f"{WHERE}.looks[0].n: missing."),
    "other key": ({WHERE: {"look": PLAN}}, f"{WHERE}.look: unknown key"),
    "switched off": (
        {WHERE: False},
        f"{WHERE}: no study may do without it; leave the key out.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_problem(name: str, edit: Callable[..., Raw], problems: Callable[..., Any]) -> None:
    edits, expected = BROKEN[name]
    line = problems(edit(edits))[0]
    assert line.startswith(expected), line
