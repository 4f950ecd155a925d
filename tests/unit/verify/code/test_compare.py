"""Exact types, and the few coercions that are let by."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import pytest

from boundary.verify.code.compare import Comparison, number_types, tolerance

NAN = float("nan")


def same(
    expected: Any,
    own: Any,
    *,
    atol: float = 0.0,
    types: frozenset[type] = frozenset(),
    bools: bool = False,
) -> bool:
    return Comparison(atol, lambda: types, lambda: bools).same(expected, own)


@pytest.mark.parametrize(
    ("expected", "own"),
    [
        (1, 1), (1.0, 1), ([1.5, 2.0], [1.5, 2]), ("a", "a"), (None, None), (b"a", b"a"),
        ({1, 2}, frozenset({1, 2})), ({"a": 1}, Counter("a")), (Counter("a"), {"a": 1}),
        ({1: [2]}, defaultdict(list, {1: [2]})), (OrderedDict(a=1, b=2), {"b": 2, "a": 1}),
        (NAN, float("nan")), ([NAN], [NAN]), (1j, 1j), (complex(NAN, 0), complex(NAN, 0)),
        (10**400, 10**400), (math.inf, math.inf), (deque([1]), deque([1])), ((1, [2]), (1, [2])),
        ([1.0] * 100, [1] * 100), ({(1, 2.0)}, {(1, 2)}), (0.0, -0.0),
    ],
)  # fmt: skip
def test_passes(expected: Any, own: Any) -> None:
    assert same(expected, own)


@pytest.mark.parametrize(
    ("expected", "own"),
    [
        (1, True), (1, 1.0), (True, 1), (0, False), (1.0, True), (1, "1"), ("a", b"a"), (None, 0),
        ([1], (1,)), ([1], [True]), ({1}, [1]), ({1}, {True}), ({1: 2}, {True: 2}),
        ({1: 2}, {1: 2.0}),
        ({1: 2}, {1: 2, 3: 4}), ([1, 2], [2, 1]), ([1], [1, 1]), (deque([1]), [1]), (1, 1 + 0j),
        (math.inf, -math.inf), (1.0, NAN), (NAN, 1.0), (1.0, 10**400), ({1, 2}, {1}),
        (0.1 + 0.2, 0.3),
        ([1] * 100, [1.0] * 100), ([1] * 100, [True] * 100), ({}, set()), ((), []),
    ],
)  # fmt: skip
def test_does_not_pass(expected: Any, own: Any) -> None:
    assert not same(expected, own)


def test_a_float_for_an_int_only_where_the_problem_has_floats() -> None:
    assert same([1, 2.5], [1.0, 2.5], types=frozenset({int, float}))
    assert same([1, 2.5] * 50, [1.0, 2.5] * 50, types=frozenset({int, float}))
    assert not same(1, 1.0, types=frozenset({int, bool}))
    assert not same(1, 1.5, types=frozenset({int, float}))


def test_an_int_for_a_bool_only_where_the_problem_has_ints_and_never_the_reverse() -> None:
    both = frozenset({int, bool})
    assert same(False, 0, types=both)
    assert not same(False, 0, types=frozenset({bool}))
    assert not same(0, False, types=both)
    assert same(0, False, types=both, bools=True)
    assert not same(1, False, types=both, bools=True)


@pytest.mark.parametrize(
    ("expected", "own", "close"),
    [
        (1.0, 1.0000005, True), (1.0, 1.00001, False), (1.0, 1, True), ([1.0], [1.0000005], True),
        (1, 1.0000005, False), (1e9, 1e9 + 50, True), (math.inf, 1e308, False), (1.0, NAN, False),
        ([1.0], (1.0,), False), (1.0, True, False),
    ],
)  # fmt: skip
def test_tolerance(expected: Any, own: Any, close: bool) -> None:
    assert same(expected, own, atol=1e-6) is close


def test_which_values_have_a_tolerance() -> None:
    assert tolerance(1.5, 0.0, tolerant=True) == 1e-6
    assert tolerance([1.5, 2.0], 0.0, tolerant=True) == 1e-6
    assert tolerance([1.5, 2], 0.0, tolerant=True) == 0.0
    assert tolerance({1.5}, 0.0, tolerant=True) == 0.0
    assert tolerance(1.5, 0.0, tolerant=False) == 0.0
    assert tolerance(1, 0.01, tolerant=False) == 0.01


def test_types_of_numbers_are_found_however_deep() -> None:
    assert number_types([1, {"a": (2.5,)}]) == {int, float}
    assert number_types([{True: [{1.5}]}, "a", None]) == {bool, float}
