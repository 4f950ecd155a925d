"""Numbers and hostile text as a reader should see them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary import wording


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (math.nan, "–"),
        (14.432, "14.4"),
        (1024.0, "1,024"),
        (12345, "12,345"),
        (-7, "−7"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (-0.5, "−0.5"),
    ],
)
def test_number(value: float | None, shown: str) -> None:
    assert wording.number(value) == shown


def test_points_are_always_signed() -> None:
    assert wording.points(-0.1654) == "−16.5"
    assert wording.points(0.024) == "+2.4"
    assert wording.points(None) == "–"
    assert wording.points(-1e-17) == wording.points(-0.0) == "+0.0"


def test_small_p_values_are_bounded() -> None:
    assert wording.p_value(0.00085) == "p < 0.001"
    assert wording.p_value(0.125) == "p = 0.12"


def test_open_ends_are_written_so() -> None:
    assert wording.k_interval(0.0, 31.0) == "(0, 31]"
    assert wording.k_interval(8.2, math.inf) == "[8.2, ∞)"
    assert wording.k_interval(None, None) == "no interval"


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    shown = wording.reveal(text)
    assert not any(ord(char) < 32 or char in "\u202e\u2066\u200b\u2028\x7f" for char in shown)


def test_kept_characters_stay() -> None:
    assert wording.reveal("a\n\x00b", keep="\n") == "a\n⟨U+0000⟩b"


def test_the_first_of_many_names() -> None:
    assert wording.first_of(["a", "b"], 2) == "a, b"
    assert wording.first_of({"a": None, "b": None, "c": None}, 1) == "a and 2 more"
    assert wording.first_of([], 3) == ""
