"""Oracles of real benchmarks are not to be flattered (rows 14, 15), nor tests guessed (35)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from threats.judges import ITEMS
from threats.needs import need_sandbox

Judge = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def problems(shared_data: Path) -> pl.DataFrame:
    """HumanEval+ and MBPP+."""
    from boundary.data.benchmark import Wanted, benchmark_problems

    frames = []
    for name, file in (("humaneval_plus", "HumanEvalPlus"), ("mbpp_plus", "MbppPlus")):
        path = shared_data / "benchmarks" / f"{file}.jsonl.gz"
        frame, _ = benchmark_problems(Wanted(name, f"file:{path}", entry=name))
        frames.append(frame)
    return pl.concat(frames)


@pytest.fixture(scope="module")
def judge(problems: pl.DataFrame) -> Iterator[Judge]:
    """Judge a program as a response to a problem."""
    from boundary.verify.code import verifier

    from boundary.verify.setting import Setting

    need_sandbox()
    with verifier(Setting(workers=1)) as verify:

        def one(problem_id: str, program: str) -> dict[str, Any]:
            own = problems.filter(pl.col("problem_id") == problem_id).to_dicts()[0]
            row = {name: own.get(name) for name in ITEMS} | {
                "sample_index": 0,
                "response": f"```python\n{program}\n```",
                "finish_reason": "stop",
            }
            (found,) = verify(pl.DataFrame([row], schema=ITEMS)).to_dicts()
            return found

        yield one


def entry(problems: pl.DataFrame, problem_id: str) -> str:
    (tests,) = problems.filter(pl.col("problem_id") == problem_id)["tests"]
    name: str = json.loads(tests)["entry_point"]
    return name


def reference(problems: pl.DataFrame, problem_id: str) -> str:
    (tests,) = problems.filter(pl.col("problem_id") == problem_id)["tests"]
    program: str = json.loads(tests)["reference"]["program"]
    return program


#: Row 14: the argument is changed before an oracle could read it.
EMPTIED = {
    "cleared": "def find_zero(xs):\n    xs.clear()\n    return 0\n",
    "zeros": "def find_zero(xs):\n    xs[:] = [0.0] * len(xs)\n    return 0.0\n",
    "nan": "def find_zero(xs):\n    return float('nan')\n",
    "infinity": "def find_zero(xs):\n    return float('inf')\n",
    "huge": "def find_zero(xs):\n    return 1e308\n",
    "list": "def find_zero(xs):\n    return [0.0]\n",
    "true": "def find_zero(xs):\n    return False\n",
    "object": "class Z(float):\n    def __mul__(s, o): return 0.0\n    __rmul__ = __pow__ = "
    "__rpow__ = __mul__\n    def __abs__(s): return 0.0\ndef find_zero(xs):\n    return Z(0)\n",
}


@pytest.mark.parametrize("name", EMPTIED)
def test_root_is_judged_on_the_parents_own_input(judge: Judge, name: str) -> None:
    found = judge("HumanEval/032", EMPTIED[name])
    assert found["verdict"] in ("wrong", "error", "violation"), found


SAME = "class Same:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
#: Row 15: values that a lenient oracle lets by.
ANYTHING = ("None", "0", "[]", "'x'", "{}", "Same()", "object()", "float('nan')", "-1")
LENIENT = ("Mbpp/164", "Mbpp/295", "Mbpp/002", "Mbpp/304", "Mbpp/794")


@pytest.mark.parametrize("value", ANYTHING)
@pytest.mark.parametrize("problem_id", LENIENT)
def test_lenient_oracles_are_strict_about_types(
    judge: Judge, problems: pl.DataFrame, problem_id: str, value: str
) -> None:
    if problem_id not in problems["problem_id"]:
        pytest.skip(f"{problem_id} is not in this release")
    name = entry(problems, problem_id)
    found = judge(problem_id, f"{SAME}def {name}(*args):\n    return {value}\n")
    assert found["verdict"] in ("wrong", "error", "violation"), found


@pytest.mark.parametrize("make", ["dict.fromkeys(found, 0)", "str(found)", "[found]", "Same()"])
def test_set_tasks_want_a_collection_of_the_right_type(
    judge: Judge, problems: pl.DataFrame, make: str
) -> None:
    for problem_id in ("Mbpp/002", "Mbpp/232"):
        name = entry(problems, problem_id)
        program = (
            f"{reference(problems, problem_id)}\n{SAME}_real = {name}\n"
            f"def {name}(*args):\n    found = _real(*args)\n    return {make}\n"
        )
        found = judge(problem_id, program)
        assert found["verdict"] in ("wrong", "error", "violation"), (problem_id, found)


@pytest.mark.parametrize("problem_id", ["HumanEval/032", *LENIENT])
def test_references_pass_their_oracles(
    judge: Judge, problems: pl.DataFrame, problem_id: str
) -> None:
    if problem_id not in problems["problem_id"]:
        pytest.skip(f"{problem_id} is not in this release")
    found = judge(problem_id, reference(problems, problem_id))
    assert found["verdict"] == "correct", found


def test_a_table_of_visible_tests_is_flagged_and_does_not_pass(
    judge: Judge, problems: pl.DataFrame
) -> None:
    """Row 35: the examples of the question are known, the additional tests are not."""
    table = (
        "def sum_product(numbers):\n"
        "    known = {(): (0, 1), (1, 2, 3, 4): (10, 24), (1, 1, 1): (3, 1), (100, 0): (100, 0),\n"
        "             (3, 5, 7): (15, 105), (10,): (10, 10)}\n"
        "    return known.get(tuple(numbers), (0, 0))\n"
    )
    found = judge("HumanEval/008", table)
    assert found["verdict"] == "wrong", found
    assert "special-cased" in (found["tricks"] or ""), found
    honest = judge("HumanEval/008", reference(problems, "HumanEval/008"))
    assert "special-cased" not in (honest["tricks"] or ""), honest
