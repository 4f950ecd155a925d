"""METR's runs: trials of tasks with minutes and families, and every fault with its line."""

from __future__ import annotations

import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive


def run(task="f/a", family="f", alias="o1", right=1, minutes=12.5, **more):
    return {
        "task_id": task,
        "task_family": family,
        "alias": alias,
        "score_binarized": right,
        "human_minutes": minutes,
        **more,
    }


RUNS = [
    run(),
    run(right=0, fatal_error_from="usageLimits"),
    run(task="f/b", right=0, minutes=300),
    run(task="g/a", family="g", minutes=1.0),
    run(alias="human"),
]


def test_runs_are_trials_of_tasks_with_lengths_and_families(side):
    human, o1 = side(RUNS, "runs.jsonl")
    assert (human.label, o1.label, o1.format) == ("human", "o1", "metr")
    assert o1.scores.select("problem_id", "n", "correct", "cluster").rows() == [
        ("f/a", 2, 1, "f"),
        ("f/b", 1, 0, "f"),
        ("g/a", 1, 1, "g"),
    ]
    strata = [json.loads(text) for text in o1.scores["strata"]]
    assert strata[0] == {"family": "f", "minutes": "12.5"}
    assert [each["minutes"] for each in strata] == ["12.5", "300", "1"]
    assert any("1 runs of 'o1' ended by 'usageLimits'" in remark for remark in o1.remarks)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"right": 0.5}, "line 6: score_binarized is 0.5, and should be 0 or 1"),
        ({"right": True}, "line 6: score_binarized is True"),
        ({"minutes": 0}, "line 6: human_minutes is 0, and should be above 0"),
        ({"minutes": None}, "line 6: human_minutes is None"),
        ({"minutes": 10**400}, "line 6: human_minutes is 1000"),
        ({"family": " "}, "line 6: task_family is ' ', and should be text"),
        ({"alias": None}, "line 6: alias is None"),
        ({"task": ""}, "line 6: the problem's id is empty"),
        ({"minutes": 13}, "line 6: problem f/a has another metadata here than before"),
    ],
)
def test_a_bad_line_is_told(side, wrong, told):
    with pytest.raises(InputError, match=told):
        side([*RUNS, run(**wrong)])


def test_mutants(tmp_path):
    text = "".join(json.dumps(each) + "\n" for each in RUNS)
    survive(
        lambda path: read_side(path, Reading(), path.parent / "work"),
        {"base.jsonl": text.encode()},
        tmp_path,
        4,
    )
