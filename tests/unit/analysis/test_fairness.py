"""Arms that different engines sampled are not compared in silence."""

from __future__ import annotations

import pytest

from boundary.analysis.fairness import check_engines
from boundary.errors import InputError

PAIR = {
    "comparison": "rl-vs-base",
    "base": "base",
    "other": "rl",
    "benchmark": "b",
    "protocol": "p",
}
ONE = {"engine": "transformers", "torch": "2.13.0", "device": "cpu"}
TWO = ONE | {"torch": "2.14.0"}


def test_same_engine_passes() -> None:
    check_engines([PAIR], {("base", "b", "p"): ONE, ("rl", "b", "p"): dict(ONE)})


def test_different_versions_are_named() -> None:
    with pytest.raises(InputError) as error:
        check_engines([PAIR], {("base", "b", "p"): ONE, ("rl", "b", "p"): TWO})
    assert "torch 2.13.0 and 2.14.0" in str(error.value)
    assert "rl-vs-base" in str(error.value) and "allow_differences" in str(error.value)


def test_a_named_difference_passes() -> None:
    pair = PAIR | {"allowed": ["engine_version"]}
    check_engines([pair], {("base", "b", "p"): ONE, ("rl", "b", "p"): TWO})


def test_the_other_protocol_counts() -> None:
    engines = {("base", "b", "p"): ONE, ("base", "b", "hot"): TWO}
    with pytest.raises(InputError):
        check_engines([PAIR | {"other": "base", "other_protocol": "hot"}], engines)


def test_published_counts_say_nothing_of_their_engine() -> None:
    check_engines([PAIR], {("base", "b", "p"): ONE, ("rl", "b", "p"): {}})
    check_engines([PAIR], {})
