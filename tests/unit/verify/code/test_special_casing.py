"""Changed inputs, and who is suspected."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from boundary.verify.code.scan import Scan
from boundary.verify.code.special_casing import MUTANTS, changed, changed_inputs, suspected
from boundary.verify.code.suite import Suite, read_suite
from boundary.verify.sandbox import wire


def suite(*args: list[Any], base: int | None = None) -> Suite:
    tests = {
        "style": "function", "entry_point": "f", "cases": [{"args": own} for own in args],
        "base": len(args) if base is None else base, "reference": {"program": "def f(x): return x"},
    }  # fmt: skip
    return read_suite("p", json.dumps(tests))


def test_changed_inputs_are_new_of_the_same_types_and_the_same_each_time() -> None:
    own = suite([[1, 2], "abc"], [[3], "d"])
    found = changed_inputs(own)
    assert found == changed_inputs(own)
    assert 4 < len(found) <= MUTANTS
    assert not set(found) & set(own.inputs)
    for data in found:
        numbers, text = wire.decode(data)
        assert type(numbers) is list
        assert type(text) is str


def test_without_visible_inputs_there_are_none() -> None:
    assert changed_inputs(suite([1], base=0)) == ()


@pytest.mark.parametrize(
    "value", [1, 2.5, True, "ab", [1, 2], (1, "a"), {"a": 1}, [[1], [2]], "", [], {}, None, {1}]
)
def test_a_changed_value_keeps_its_type(value: Any) -> None:
    rng = random.Random(0)
    found = [changed(value, rng) for _ in range(20)]
    assert {type(item) for item in found} == {type(value)}
    if value not in ("", [], {}, None, {1}):
        assert any(item != value for item in found)


@pytest.mark.parametrize(("literals", "held"), [(0, False), (1, False), (2, True), (4, True)])
def test_half_of_the_visible_inputs_make_a_suspect(literals: int, held: bool) -> None:
    assert suspected(suite([1], [2], [3], [4]), Scan((), literals)) is held
