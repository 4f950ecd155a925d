"""Steps of chains of modular arithmetic, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.kinds.modular.problem import solution
from boundary.kinds.modular.steps import STEPS

QUESTION = "m7 c + 3 d * 5 = e - 2 ="
RIGHT = "c + 3 3 d * 5 1 e - 2 6 # 6"


def test_a_step_is_a_slot_and_its_value() -> None:
    assert solution(QUESTION) == RIGHT
    steps = STEPS.split(QUESTION, RIGHT)
    assert [RIGHT[step.start : step.end] for step in steps] == ["3", "1", "6"]
    assert [RIGHT[: step.until] for step in steps][1] == "c + 3 3 d * 5 1"


@pytest.mark.parametrize(
    ("response", "count"),
    [("", 0), ("# 6", 0), ("c + 3", 0), ("c + 3 3 5 d", 1), ("c + 3 3 # 3", 1), ("c + - 3 4", 1)],
)
def test_what_breaks_the_form_ends_the_steps(response: str, count: int) -> None:
    assert len(STEPS.split(QUESTION, response)) == count


def test_a_replaced_value_is_carried_on() -> None:
    assert STEPS.implied is not None
    assert STEPS.implied(QUESTION, "c + 3 4") == "4"  # 4 · 5 − 2 = 18 ≡ 4
    assert STEPS.implied(QUESTION, "c + 3 3 d * 5 0") == "5"  # 0 − 2 ≡ 5
    assert STEPS.implied(QUESTION, "c + 3 3 d * 5 1 e - 2 2") == "2"
    assert STEPS.implied("m7 c + 3 d * 0 =", "c + 3 5") == "0"  # what went before is lost
    assert STEPS.implied(QUESTION, "# 6") is None
    assert STEPS.implied("m7 c + - 4 d * 5 =", "c + - 4 3") == "1"


def test_another_value_is_another_residue() -> None:
    rng = np.random.default_rng(0)
    drawn = {STEPS.another(QUESTION, "3", rng) for _ in range(200)}
    assert drawn == {"0", "1", "2", "4", "5", "6"}


@given(st.text())
def test_no_response_raises(response: str) -> None:
    assert STEPS.implied is not None
    for step in STEPS.split(QUESTION, response):
        STEPS.implied(QUESTION, response[: step.until])
