"""Special oracles accept what their problem means, by type first."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import pytest

from boundary.data.evalplus import RULES
from boundary.verify.code.compare import Comparison
from boundary.verify.code.oracles import BESIDE, root, sum_of_divisors

EXACT = Comparison(0.0, frozenset, lambda: False)


def accepts(rule: str, args: tuple[Any, ...], expected: Any, own: Any) -> bool:
    return BESIDE[rule](EXACT, args, expected, own)


def test_every_rule_is_here_or_decided_elsewhere() -> None:
    assert set(RULES) == {*BESIDE, "root", "not_none"}


@pytest.mark.parametrize("own", [[2, 1], (1, 2), {1, 2}, frozenset({1, 2}), [1, 2, 2]])
def test_collections_of_the_same_members(own: Any) -> None:
    assert accepts("set", (), (1, 2), own)


@pytest.mark.parametrize(
    "own", [{1: 0, 2: 0}, "12", None, [1], [1, 2, 3], [True, 2], [1.0, 2], [[1], [2]], 12, []]
)
def test_no_other_collections(own: Any) -> None:
    assert not accepts("set", (), (1, 2), own)


def test_members_that_are_lists() -> None:
    assert accepts("set", (), [[1], [2]], [[2], [1]])
    assert not accepts("set", (), [[1], [2]], [[2], [3]])


def test_members_that_are_made_to_collide_take_no_time() -> None:
    own = [i * sys.hash_info.modulus for i in range(50_000)]
    start = time.process_time()
    assert not accepts("set", (), [1, 2], own)
    assert time.process_time() - start < 5
    assert accepts("set", (), own, own[::-1])


def test_sums_of_divisors() -> None:
    assert [sum_of_divisors(n) for n in (1, 2, 6, 12, 16, 97)] == [1, 3, 12, 28, 31, 98]
    # 23 and 47: 1 and 1 without themselves, 24 and 48 with.
    assert accepts("any", (23, 47), True, False)
    assert accepts("any", (23, 47), True, True)
    assert not accepts("any", (36, 57), False, True)
    for own in (None, 0, 1, "x", [], 1.0):
        assert not accepts("any", (23, 47), True, own)


@pytest.mark.parametrize(
    ("n", "own", "fine"), [(1, 0, True), (8, 0, False), (1, False, False), (1, 0.0, False)]
)
def test_zero_only_where_there_are_no_divisors(n: int, own: Any, fine: bool) -> None:
    assert accepts("or_zero", (n,), 7, own) is fine


def test_pyramid() -> None:
    surface = 9 + 6 * math.hypot(1.5, 4)
    assert accepts("pyramid", (3, 4), 33, round(surface))
    assert accepts("pyramid", (3, 4), 33, surface)
    for own in (True, surface + 0.1, None, math.nan, math.inf, 10**400, "35"):
        assert not accepts("pyramid", (3, 4), 33, own)


def test_digit_distance() -> None:
    assert accepts("digit_distance", (12345, 9), 8, 1 + 2 + 3 + 4 + 4)
    assert not accepts("digit_distance", (12345, 9), 8, 14.0)
    assert not accepts("digit_distance", (12345, 9), 8, 13)


@pytest.mark.parametrize(
    ("own", "fine"),
    [
        (-0.5, True), (-0.50001, True), (-0.5001, False), (0, False), (False, False), (None, False),
        (math.nan, False), (math.inf, False), (1e308, False), (10**400, False), ([-0.5], False),
    ],
)  # fmt: skip
def test_root(own: Any, fine: bool) -> None:
    assert root(([1, 2],), own, 1e-4) is fine


def test_a_root_is_within_the_rounding_of_its_terms() -> None:
    """(x - 10⁶)³ by its coefficients, of up to 10¹⁸."""
    coefficients = [-(10**18), 3 * 10**12, -3 * 10**6, 1]
    assert root((coefficients,), 1e6, 1e-4)
    assert root((coefficients,), 1e6 + 1e-3, 1e-4)  # 10⁻⁹, below the rounding of 10¹⁸
    assert not root((coefficients,), 1e6 + 1e3, 1e-4)
