"""Modular arithmetic: problems worked by hand, read back, and what is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.errors import InputError
from boundary.kinds.modular.problem import MODULI, OPERATORS, question, solution, steps

#: (4 + 5) mod 7 is 2; 2 - 6 is -4, which is 3; 3 * 0 is 0; 0 - 1 is -1, which is 6.
BY_HAND = "m7 o + 4 = = p + 5 a - 6 = b * 0 c - 1 ="

problems = st.sampled_from(MODULI).flatmap(
    lambda m: st.tuples(
        st.just(m),
        st.integers(0, 15),
        st.lists(st.tuples(st.sampled_from(OPERATORS), st.integers(0, m - 1)), max_size=9),
        st.integers(0, m - 1),
        st.lists(st.integers(0, 3), min_size=9, max_size=9),
    )
)


def test_a_problem_worked_by_hand() -> None:
    assert solution(BY_HAND) == "o + 4 4 p + 5 2 a - 6 3 b * 0 0 c - 1 6 # 6"
    assert solution("m11 a + 10 b * 10 =") == "a + 10 10 b * 10 1 # 1"
    assert solution("m5 a + 4 b * - 3 c - - 4 =") == "a + 4 4 b * - 3 3 c - - 4 2 # 2"


@given(problems, st.booleans())
def test_what_is_written_is_read_back_and_signs_change_no_value(drawn, negative) -> None:
    modulus, start, more, first, fillers = drawn
    slots = [("+", first), *more]
    text = question(modulus, start, slots, fillers[: len(more)], negative)
    value = 0
    for operator, operand in slots:
        value = eval(f"({value} {operator} {operand}) % {modulus}")
    written = steps(text)
    assert len(written) == len(slots) and written[-1][-1] == str(value)
    assert all(" ".join(step[:-1]) in text for step in written)
    plain = question(modulus, start, slots, [0] * len(more), False)
    assert [step[-1] for step in steps(plain)] == [step[-1] for step in written]
    if not negative:
        assert re.sub(r"( =)+", "", text) == re.sub(r" =$", "", plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m7 =",
        "m7 a + 3",
        "m6 a + 3 b + 1 =",
        "m7 a - 3 b + 1 =",  # the first operator
        "m7 a + 3 c + 1 =",  # no consecutive labels
        "m7 a + 7 b + 1 =",  # no residue
        "m7 a + 03 b + 1 =",
        "m7 a + ٣ b + 1 =",
        "m7 a + 3 b / 1 =",
        "m7 a + 3 b + - - 1 =",
        "p o3 o17 o5 =",
        "What is 2 + 2?",
        "m7 " + "a + 3 " * 5_000,
    ],
)
def test_what_is_no_problem(text: str) -> None:
    with pytest.raises(InputError, match=r"no problem of modular arithmetic; one reads 'm7 c \+ 3"):
        steps(text)
