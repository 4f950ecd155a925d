"""Twins of problems: alike in form, unlike each other, and exchangeable with their problem."""

from __future__ import annotations

import re

import pytest
from scipy.stats import binomtest

from boundary.screen.twins import NAMES, alterable, twins_of

TEXT = "Janet has 16 eggs, and Josh 1,200 for $3.50 each: Janet's 16 are x2 of 0 or 05."


def test_other_names_and_numbers_of_as_many_digits() -> None:
    twins = twins_of(TEXT, 59, 1)
    assert twins is not None
    assert len({TEXT, *twins}) == 60
    form = re.compile(
        r"(\w+) has ([1-9][1-9]) eggs, and (\w+) ([1-9]),([1-9])00 for \$([1-9])\.([1-9])0 each: "
        r"(\w+)'s ([1-9][1-9]) are x2 of 0 or 0([1-9])\."
    )
    for twin in twins:
        match = form.fullmatch(twin)
        assert match is not None, twin
        # One name or number is one everywhere, and she stays she.
        assert (match[1], match[2]) == (match[8], match[9])
        assert match[1] in NAMES[0]
        assert match[3] in NAMES[1]
        assert len(twin.split()) == len(TEXT.split())


def test_unlike_values_stay_unlike() -> None:
    for twin in twins_of("Anna met Emma and Lucy: 1 2 3 4 5 6 7 8 9", 40, 1) or []:
        words = twin.replace(":", "").split()
        assert len(set(words)) == len(words)


def test_the_seed_and_the_text_decide() -> None:
    assert twins_of(TEXT, 9, 1) == twins_of(TEXT, 9, 1) != twins_of(TEXT, 9, 2)


@pytest.mark.parametrize("text", ["May the fourth be with you", "x2 and a_1 of 0 or 0.00", ""])
def test_nothing_to_alter(text: str) -> None:
    assert not alterable(text)
    assert twins_of(text, 1, 1) is None


def test_as_many_as_there_are_and_no_more() -> None:
    """One digit has eight others; two unlike ones 9·8 − 1."""
    assert sorted(twins_of("7 eggs", 8, 1) or []) == [f"{i} eggs" for i in range(1, 10) if i != 7]
    assert twins_of("7 eggs", 9, 1) is None
    assert len(twins_of("7 and 8", 71, 1) or []) == 71
    assert twins_of("7 and 8", 72, 1) is None


def test_very_long_numbers() -> None:
    number = "1" * 5000
    (twin,) = twins_of(f"of {number}", 1, 1) or []
    assert len(twin) == 5003


def test_a_drawn_problem_is_exchangeable_with_its_twins() -> None:
    """A model that likes the digit 2 at one place and hates it at the other is right by chance.

    With other values at every place, the problem alone would have its favourite in one of
    nine cases, and not in one of twenty.
    """
    drawn, best = 4000, 0
    for seed in range(drawn):
        problem = (twins_of("5 of 7 eggs", 1, seed) or [""])[0]
        twins = twins_of(problem, 19, seed + drawn) or []

        def score(text: str) -> float:
            first, _, second, _ = text.split()
            return 10.0 * (first == "2") - (second == "2") + int(second) / 100

        best += all(score(problem) > score(twin) for twin in twins)
    assert binomtest(best, drawn, 1 / 20, alternative="greater").pvalue > 0.01
