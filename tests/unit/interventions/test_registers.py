"""Steps of traces of the register machine, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.interventions.registers import STEPS
from boundary.tasks.registers import TABLE, solution

QUESTION = "p o3 o17 o5 o8 ="


def state(operation: int, before: int = 0) -> int:
    return int(TABLE[operation, before])


def test_a_step_is_an_operation_and_its_state() -> None:
    response = "> o3 v9 o17 v2 o5 v20 # v9 v2 v20"
    steps = STEPS.split(QUESTION, response)
    assert [response[s.start : s.end] for s in steps] == ["v9", "v2", "v20"]
    assert [response[: s.until] for s in steps][1] == "> o3 v9 o17 v2"


@pytest.mark.parametrize(
    ("response", "count"),
    [
        ("", 0),
        ("o3 v9", 0),
        ("> o3", 0),
        ("> v9 o3", 0),
        ("> o3 v9 # v9", 1),
        ("< o3 v9 o3 o3", 1),
        ("> o3 v9 v2", 1),
    ],
)
def test_what_breaks_the_form_ends_the_steps(response: str, count: int) -> None:
    assert len(STEPS.split(QUESTION, response)) == count


def test_a_replaced_state_is_carried_on() -> None:
    """The first of four operations acts on register 0, as does the fourth."""
    assert STEPS.implied is not None
    second, third = state(17), state(5)
    fourth = state(8, 11)
    expected = f"v{second} v{third} v{fourth}"
    assert STEPS.implied(QUESTION, "> o3 v11") == expected
    assert STEPS.implied(QUESTION, f"> o3 v11 o17 v{second}") == expected
    # Of the second nothing is read again: it stands in the answer as it was replaced.
    whole = state(8, state(3))
    assert STEPS.implied(QUESTION, f"> o3 v{state(3)} o17 v7") == f"v7 v{third} v{whole}"


def test_right_beginnings_imply_the_right_answer_by_their_own_strategy() -> None:
    assert STEPS.implied is not None
    for question in (QUESTION, "q o3 o17 o5 o8 ="):
        words = solution(question)
        for step in range(1, 5):
            beginning = " ".join(words[: 1 + 2 * step])
            assert STEPS.implied(question, beginning) == " ".join(words[-3:])
    backward = STEPS.implied("q o3 o17 o5 o8 =", f"< o8 v{state(8)}")
    assert STEPS.implied(QUESTION, f"< o8 v{state(8)}") == backward


def test_nothing_follows_from_more_steps_than_there_are_operations() -> None:
    assert STEPS.implied is not None
    assert STEPS.implied("p o1 o2 o3 =", "> o1 v1 o2 v1 o3 v1 o4 v1") is None
    assert STEPS.implied("what?", "> o1 v1") is None


def test_another_state_is_never_the_same() -> None:
    rng = np.random.default_rng(1)
    drawn = {STEPS.another(QUESTION, "v3", rng) for _ in range(500)}
    assert drawn == {f"v{i}" for i in range(24)} - {"v3"}


@given(st.text(alphabet="><#o v=0123\n", max_size=40))
def test_no_response_raises(response: str) -> None:
    assert STEPS.implied is not None
    for step in STEPS.split(QUESTION, response):
        STEPS.implied(QUESTION, response[: step.until])
