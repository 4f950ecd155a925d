"""Tests of the problems table, read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from boundary.data.evalplus import RULES
from boundary.errors import InputError
from boundary.verify.code.suite import RULE_NAMES, read_suite
from boundary.verify.sandbox import wire

F = {"style": "function", "entry_point": "f"}
CASES = [
    {"args": [{"b": 1, "a": {"$tuple": [2]}}], "expected": {"$set": [1]}},
    {"args": [], "expected": 1},
]


def read(**tests: Any) -> Any:
    return read_suite("p/1", json.dumps(tests))


def test_function_style() -> None:
    suite = read(style="function", entry_point="S.f", cases=CASES, base=1)
    assert suite.given == ({1}, 1)
    (argument,) = suite.arguments(0)
    assert list(argument.items()) == [("b", 1), ("a", (2,))]
    assert (suite.entry_point, suite.base, suite.tolerant) == ("S.f", 1, False)


def test_stdio_style() -> None:
    suite = read(style="stdio", cases=[{"stdin": "é\n", "stdout": "1\n"}])
    assert suite.inputs == ("é\n".encode(),)
    assert suite.given == ("1\n",)
    assert suite.entry_point is None


def test_asserts_style() -> None:
    suite = read(style="asserts", entry_point="f", program="assert f(1) == 2\nassert f(3)\n")
    assert suite.style == "function"
    assert suite.inputs == (wire.encode((1,), ordered=True), wire.encode((3,), ordered=True))
    assert suite.given == (2, True)


def test_a_reference_says_what_is_expected() -> None:
    compare = {"atol": 1e-4, "rule": "set"}
    suite = read(**F, cases=[{"args": [1]}], reference={"program": "f = abs"}, compare=compare)
    assert suite.given is None
    assert (suite.reference, suite.rule, suite.atol, suite.tolerant) == (
        "f = abs",
        "set",
        (1e-4,),
        True,
    )


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ({"style": "pytest"}, "style"),
        ({**F, "cases": []}, "no case"),
        ({**F, "cases": [{"args": [1]}]}, "no reference"),
        ({"style": "function", "cases": CASES}, "entry_point"),
        ({"style": "function", "entry_point": "a.b.c", "cases": CASES}, "entry_point"),
        ({"style": "function", "entry_point": "f(1)", "cases": CASES}, "entry_point"),
        ({**F, "cases": [*CASES, {"args": []}]}, "1 case"),
        ({**F, "cases": CASES, "base": 3}, "base"),
        ({**F, "cases": CASES, "compare": {"rule": "x"}}, "rule"),
        ({**F, "cases": CASES, "compare": {"atol": 2}}, "atol"),
        ({**F, "cases": [{"args": [{"$x": 1}], "expected": 1}]}, "x"),
        ({"style": "stdio", "cases": [{"stdin": "1"}]}, "stdout"),
        ({"style": "stdio", "cases": []}, "no case"),
        ({"style": "asserts", "entry_point": "f", "program": ""}, "no case"),
        ({"style": "asserts", "entry_point": "f", "program": "assert g(1)"}, "rewritten"),
        ({}, "style"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name(tests: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        read(**tests)
    assert "p/1" in str(error.value)


@pytest.mark.parametrize("tests", [None, "", "[]", "{"])
def test_no_tests_are_refused(tests: str | None) -> None:
    with pytest.raises(InputError, match="p/1"):
        read_suite("p/1", tests)


def test_every_rule_of_evalplus_is_known() -> None:
    assert {*RULE_NAMES} == {"equal", *RULES}
