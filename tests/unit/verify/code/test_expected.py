"""What records are held against, before any value is built of them."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from boundary.verify.code.expected import Expectation, Expected
from boundary.verify.code.suite import read_suite
from boundary.verify.sandbox import wire
from boundary.verify.sandbox.records import Record


def expectation(expected: object) -> Expectation:
    """Return what one case of a function expects, floats with a tolerance."""
    tests = {
        "style": "function",
        "entry_point": "f",
        "cases": [{"args": [], "expected": expected}],
        "compare": {"atol": 1e-6, "rule": "equal"},
    }
    return Expectation(read_suite("p", json.dumps(tests)), [Expected.of(expected)], None)


def returned(value: object) -> Record:
    data = wire.encode(value)
    return Record(0, "returned", data, len(data))


@pytest.mark.parametrize(
    ("expected", "value", "same"),
    [
        ([1.0] * 5000, [1.0 + 1e-9] * 5000, True),
        ([1.0] * 5000, [1] * 5000, True),
        ([1.0], [1.0] * 5000, False),
        (1, [], False),
    ],
)
def test_values_that_are_close_agree(expected: object, value: object, same: bool) -> None:
    assert expectation(expected).agrees(returned(value)) is same


def test_what_is_far_too_long_is_not_built() -> None:
    """16 MiB of empty sets would take gigabytes of the parent's memory."""
    wanted, bomb = expectation(1.0), returned([set() for _ in range(200_000)])
    tracemalloc.start()
    try:
        assert not wanted.agrees(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
