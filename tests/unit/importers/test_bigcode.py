"""Generations of the BigCode harness, with and without results, and every fault.

They are made as bigcode_eval/evaluator.py and main.py of bigcode-evaluation-harness
@ 8fc5bae write them; its own tests hold lists of two tasks of the same form.
"""

from __future__ import annotations

import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, import_side, read_side
from file_mutants import survive

PROMPTS = [f'def f{i}(x: int) -> int:\n    """ Add {i} to x. """\n' for i in range(3)]
LISTS = [
    [f"{prompt}    return x + {i}\n", f"{prompt}    return 0\n"] for i, prompt in enumerate(PROMPTS)
]
SETTINGS = {"model": "org/m", "limit_start": 0, "metric_output_path": "evaluation_results.json"}


@pytest.fixture
def problems(tmp_path):
    """Return the path of the problems that the prompts begin."""
    rows = [
        {"problem_id": f"HumanEval/{i}", "question": prompt, "answer": f"x + {i}", "kind": "text"}
        for i, prompt in enumerate(PROMPTS)
    ]
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write(folder, lists=LISTS, name="generations_humaneval.json", results=None, **settings):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(lists))
    if results is not None:
        content = {**results, "config": SETTINGS | settings}
        (folder / "evaluation_results.json").write_text(json.dumps(content))
    return folder


def arms(path, work, problems=None):
    return import_side(path, Reading(problems=problems), work).arms


def test_the_place_is_the_task(tmp_path):
    (arm,) = arms(write(tmp_path / "run"), tmp_path / "work")
    assert (arm.model, arm.benchmark) == ("run", "humaneval")
    assert arm.counts.select("problem_id", "n").rows() == [(f"HumanEval/{i}", 2) for i in range(3)]
    assert [texts[0] for texts in arm.problems.values()] == PROMPTS


@pytest.mark.parametrize(
    ("name", "benchmark", "first"),
    [
        ("generations_mbpp.json", "mbpp", "0"),
        ("mine_humanevalplus.json", "humaneval_plus", "HumanEval/0"),
        ("generations_pal-gsm8k-greedy.json", "pal-gsm8k-greedy", "0"),
        ("mine.json", "benchmark", "0"),
    ],
)
def test_the_name_tells_the_task(tmp_path, name, benchmark, first):
    (arm,) = arms(write(tmp_path / "run", name=name), tmp_path / "work")
    assert (arm.benchmark, next(iter(arm.problems))) == (benchmark, first)


def test_results_tell_model_and_beginning(tmp_path):
    folder = write(
        tmp_path / "run", LISTS[1:], results={"humaneval": {"pass@1": 0.5}}, limit_start=1
    )
    side = import_side(folder, Reading(), tmp_path / "work")
    (arm,) = side.arms
    assert (arm.model, list(arm.problems)) == ("org/m", ["HumanEval/1", "HumanEval/2"])
    assert any("the harness found {'pass@1': 0.5}" in each for each in side.tally.remarks())


def test_a_list_that_begins_elsewhere_is_not_taken_for_the_first(tmp_path, problems):
    folder = write(tmp_path / "run", LISTS[1:])
    (arm,) = arms(folder, tmp_path / "work", problems)
    assert list(arm.problems) == ["HumanEval/1", "HumanEval/2"]


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ([["a"], []], r"task 2 should be a list of programs, and is \[\]"),
        ([["a"], [3]], r"task 2 should be a list of programs, and is \[3\]"),
        ([["a"], None], "task 2 should be a list of programs, and is None"),
        ([LISTS[0], LISTS[0]], "task 2 has the prompt of task 1"),
        ([["a"], ["b", "c"]], "task 2 has 2 programs, and the first has 1"),
    ],
)
def test_a_fault_is_told(tmp_path, lists, told):
    with pytest.raises(InputError, match=told):
        arms(write(tmp_path / "run", lists), tmp_path / "work")


def test_settings_that_are_none_are_refused(tmp_path):
    folder = write(tmp_path / "run", results={}, limit_start="1")
    with pytest.raises(InputError, match="from the task '1' on"):
        arms(folder, tmp_path / "work")
    (folder / "generations_humaneval.json").unlink()
    with pytest.raises(InputError, match="holds results, and there are no generations"):
        arms(folder, tmp_path / "work")


def test_two_files_of_one_task_are_refused(tmp_path):
    folder = write(write(tmp_path / "run"), LISTS[:1], "x_humaneval.json")
    with pytest.raises(InputError, match=r"x_humaneval.json: is of the task humaneval, as"):
        arms(folder, tmp_path / "work")


def test_programs_without_problems_cannot_be_judged(tmp_path):
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        read_side(write(tmp_path / "run"), Reading(), tmp_path / "work")


def test_mutants(tmp_path, problems):
    survive(
        lambda path: read_side(path, Reading(problems=problems), path.parent / "w"),
        {"generations_humaneval.json": json.dumps(LISTS).encode()},
        tmp_path / "m",
        12,
    )
