"""Oracles of real benchmarks are not to be flattered (rows 14, 15), nor tests guessed (35)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmark_files import load
from threats.judges import ITEMS
from threats.needs import need_sandbox

Judge = Callable[[dict[str, Any], str], dict[str, Any]]


@pytest.fixture(scope="module")
def problems(data: Path) -> pl.DataFrame:
    """HumanEval+ and MBPP+, and tasks of their form with the same oracles."""
    return pl.concat(load(data, name)[0] for name in ("humaneval_plus", "mbpp_plus"))


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Judge a program as a response to a problem."""
    from boundary.verify.code import verifier
    from boundary.verify.setting import Setting

    need_sandbox()
    with verifier(Setting(workers=1)) as verify:

        def one(problem: dict[str, Any], program: str) -> dict[str, Any]:
            row = {name: problem.get(name) for name in ITEMS} | {
                "sample_index": 0,
                "response": f"```python\n{program}\n```",
                "finish_reason": "stop",
            }
            (found,) = verify(pl.DataFrame([row], schema=ITEMS)).to_dicts()
            return found

        yield one


@pytest.fixture
def find_zero(problems: pl.DataFrame) -> dict[str, Any]:
    """The problem whose oracle evaluates a polynomial."""
    return problems.filter(pl.col("problem_id") == "HumanEval/032").to_dicts()[0]


def entry(problem: dict[str, Any]) -> str:
    name: str = json.loads(problem["tests"])["entry_point"]
    return name


def reference(problem: dict[str, Any]) -> str:
    program: str = json.loads(problem["tests"])["reference"]["program"]
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
def test_root_is_judged_on_the_parents_own_input(
    judge: Judge, find_zero: dict[str, Any], name: str
) -> None:
    found = judge(find_zero, EMPTIED[name])
    assert found["verdict"] in ("wrong", "error", "violation"), found


SAME = "class Same:\n    def __eq__(self, other): return True\n    def __hash__(self): return 0\n"
#: Row 15: values that a lenient oracle lets by.
ANYTHING = ("None", "0", "[]", "'x'", "{}", "Same()", "object()", "float('nan')", "-1", "1")
LENIENT = ("Mbpp/002", "Mbpp/007", "Mbpp/232", "Mbpp/558", "Mbpp/581", "Mbpp/737", "Mbpp/794")
SUM = "sum(d for d in range(1, n) if n % d == 0)"
#: Problems that later releases left out: rule, program, arguments.
LEFT_OUT = {
    "are_equivalent": (
        "any",
        f"def s(n):\n    return {SUM}\ndef are_equivalent(a, b):\n    return s(a) == s(b)\n",
        [[36, 57], [2, 4], [23, 47], [220, 284]],
    ),
    "sum_div": ("or_zero", f"def sum_div(n):\n    return {SUM}\n", [[8], [12], [7], [1]]),
}


def left_out(name: str) -> dict[str, Any]:
    """Return a row of the table of problems."""
    rule, program, arguments = LEFT_OUT[name]
    tests = {
        "style": "function",
        "entry_point": name,
        "cases": [{"args": args} for args in arguments],
        "reference": {"program": program},
        "compare": {"atol": 0, "rule": rule},
    }
    return {"problem_id": name, "question": "?", "tests": json.dumps(tests)}


def hostile(name: str, value: str) -> str:
    return f"{SAME}def {name}(*args):\n    return {value}\n"


@pytest.mark.parametrize("value", ANYTHING)
@pytest.mark.parametrize("problem_id", LENIENT)
def test_lenient_oracles_are_strict_about_types(
    judge: Judge, problems: pl.DataFrame, problem_id: str, value: str
) -> None:
    row = problems.filter(pl.col("problem_id") == problem_id).to_dicts()[0]
    found = judge(row, hostile(entry(row), value))
    assert found["verdict"] in ("wrong", "error", "violation"), found


@pytest.mark.parametrize("value", ANYTHING)
@pytest.mark.parametrize("name", LEFT_OUT)
def test_oracles_of_left_out_problems_are_strict_too(judge: Judge, name: str, value: str) -> None:
    found = judge(left_out(name), hostile(name, value))
    assert found["verdict"] in ("wrong", "error", "violation"), found
    assert judge(left_out(name), LEFT_OUT[name][1])["verdict"] == "correct"


@pytest.mark.parametrize("make", ["dict.fromkeys(found, 0)", "str(found)", "[found]", "Same()"])
@pytest.mark.parametrize("problem_id", ["Mbpp/002", "Mbpp/232"])
def test_set_tasks_want_a_collection_of_the_right_type(
    judge: Judge, problems: pl.DataFrame, problem_id: str, make: str
) -> None:
    row = problems.filter(pl.col("problem_id") == problem_id).to_dicts()[0]
    name = entry(row)
    program = (
        f"{reference(row)}\n{SAME}_real = {name}\n"
        f"def {name}(*args):\n    found = _real(*args)\n    return {make}\n"
    )
    found = judge(row, program)
    assert found["verdict"] in ("wrong", "error", "violation"), found


@pytest.mark.parametrize("problem_id", ["HumanEval/032", *LENIENT])
def test_references_pass_their_oracles(
    judge: Judge, problems: pl.DataFrame, problem_id: str
) -> None:
    row = problems.filter(pl.col("problem_id") == problem_id).to_dicts()[0]
    found = judge(row, reference(row))
    assert found["verdict"] == "correct", found


def test_a_table_of_visible_tests_is_flagged_and_does_not_pass(
    judge: Judge, problems: pl.DataFrame
) -> None:
    """Row 35: the examples of the question are known, the additional tests are not."""
    table = (
        "def sum_product(numbers):\n"
        "    known = {(): (0, 1), (1, 2, 3, 4): (10, 24), (1, 1, 1): (3, 1), (100, 0): (100, 0),\n"
        "             (3, 5, 7): (15, 105), (10,): (10, 10), (2, 5): (7, 10),\n"
        "             (4, 4, 4): (12, 64), (50, 0): (50, 0)}\n"
        "    return known.get(tuple(numbers), (0, 0))\n"
    )
    row = problems.filter(pl.col("problem_id") == "HumanEval/008").to_dicts()[0]
    found = judge(row, table)
    assert found["verdict"] == "wrong", found
    assert "special-cased" in (found["tricks"] or ""), found
    honest = judge(row, reference(row))
    assert "special-cased" not in (honest["tricks"] or ""), honest
