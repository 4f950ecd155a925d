"""Steps of mathematics in words: which equations are found, and what they become."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.interventions.mathematics import STEPS


def results(response: str) -> list[str]:
    return [response[s.start : s.end] for s in STEPS.split("?", response)]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("He has 3 + 4 = 7 apples.\nThen 7 * 2 = 14.", ["7", "14"]),
        ("$48/2=24$ clips", ["24"]),
        ("so $2\\cdot 3 = 6$.", ["6"]),
        ("5 * 3 = $15.", ["15"]),
        ("2 * 3 = 6 = 12 / 2", ["6"]),
        ("10 / 4 = 2.5 litres", ["2.5"]),
        ("3 + 4 = 8", ["8"]),  # a wrong step is one too
        ("x = 7", []),
        ("a + 4 = 7", []),
        ("2 * 3 = 3 + 3", []),
        ("3 + 4 = 7x", []),
        ("3 + 4 = 7%", []),
        ("no step at all", []),
        ("10 * 1000 = 10,000", []),
    ],
)
def test_the_checker_of_arithmetic_finds_the_steps(response: str, expected: list[str]) -> None:
    assert results(response) == expected


def test_what_closes_a_result_belongs_to_its_step() -> None:
    """Else a model could make 17 of a 1 that stands where a 7 stood."""
    for response, closed in (
        ("3 + 4 = 7.\nNext", "3 + 4 = 7."),
        ("$3+4=7$ is", "$3+4=7$"),
        ("3 + 4 = 7 apples", "3 + 4 = 7"),
    ):
        (step,) = STEPS.split("?", response)
        assert response[: step.until] == closed


@pytest.mark.parametrize("result", ["0", "7", "-3", "24", "2.5", "0.05", "1000"])
def test_another_result_is_like_it_and_never_the_same(result: str) -> None:
    rng = np.random.default_rng(2)
    drawn = [str(STEPS.another("?", result, rng)) for _ in range(200)]
    assert result not in drawn
    places = len(result.partition(".")[2])
    unit = 10.0**-places
    most = max(5 * unit, abs(float(result)) / 2) + unit / 2
    for value in drawn:
        assert len(value.partition(".")[2]) == places
        assert abs(float(value) - float(result)) <= most


def test_a_paraphrase_writes_signs_as_words() -> None:
    assert STEPS.paraphrase is not None
    chain = "First 3 + 4 = 7, then 7 × 2 = $14 - a lot."
    assert STEPS.paraphrase(chain) == "First 3 plus 4 is 7, then 7 times 2 is $14 - a lot."
    assert STEPS.paraphrase("nothing to say") == "nothing to say"


@pytest.mark.parametrize("text", ["1=" * 50_000, "1+1=2 " * 20_000, ("1=" * 400 + "\n") * 100])
def test_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    assert len(STEPS.split("?", text)) <= 200
    assert time.process_time() - start < 5


@given(st.text(alphabet="0123456789+-*/=.,$ <>\\()\n", max_size=60))
def test_spans_lie_within_the_response(response: str) -> None:
    rng = np.random.default_rng(0)
    for step in STEPS.split("?", response):
        assert 0 <= step.start < step.end <= step.until <= len(response)
        float(str(STEPS.another("?", response[step.start : step.end], rng)))
