"""Overlap of words: against all subsequences by brute force, and by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import pytest

from boundary.screen.overlap import common_beginning, common_subsequence, rouge_l


def words(text: str) -> list[str]:
    return text.split()


def brute(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the length of the longest subsequence of the first that stands in the second."""

    def within(part: Sequence[str]) -> bool:
        left = iter(two)
        return all(word in left for word in part)

    sizes = range(len(one), -1, -1)
    return next(n for n in sizes if any(within(part) for part in combinations(one, n)))


@pytest.mark.parametrize("seed", range(150))
def test_against_all_subsequences(seed: int) -> None:
    draw = random.Random(seed)
    one, two = (draw.choices("abcd"[: draw.randint(1, 4)], k=draw.randint(0, 9)) for _ in range(2))
    assert common_subsequence(one, two) == brute(one, two) == common_subsequence(two, one)


def test_more_words_than_a_machine_word_has_bits() -> None:
    one = [str(i % 7) for i in range(200)]
    assert common_subsequence(one, one) == 200
    assert common_subsequence(one, one[::2]) == 100
    assert common_subsequence(one, ["x"] * 200) == 0


def test_rouge_by_hand() -> None:
    """Of four and three words three stand in order: 6/7."""
    assert rouge_l(words("a b c d"), words("a c d")) == pytest.approx(6 / 7)
    assert rouge_l(words("a b"), words("a b")) == 1.0
    assert rouge_l(words("a b"), words("b a")) == 0.5
    assert rouge_l(["a"], []) == rouge_l([], ["a"]) == 0.0


def test_the_beginning() -> None:
    assert common_beginning(words("a b c"), words("a b d")) == 2
    assert common_beginning(words("a b c"), words("a b")) == 2
    assert common_beginning(words("a"), words("b")) == common_beginning(["a"], []) == 0
