"""maj@k against counting every way to draw, and what must hold of any vote."""

import random
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from boundary.analysis import voting
from boundary.analysis.voting import NEGLIGIBLE


def majority_at_k(right, wrong, n, k):
    """Return maj@k of one problem."""
    return voting.majority_at_k(np.array([right]), [wrong], np.array([n]), k)[0]


def exact(right, wrong, n, k):
    """Count the ways to draw k of n by votes and ties, in whole numbers."""
    rest, ways = n - right - sum(wrong), Fraction(0)
    for v in range(1, min(right, k) + 1):
        by_votes = {(0, 0): 1}
        for m in wrong:
            grown = {}
            for (votes, ties), times in by_votes.items():
                for j in range(min(m, v, k - v - votes) + 1):
                    key = votes + j, ties + (j == v)
                    grown[key] = grown.get(key, 0) + times * comb(m, j)
            by_votes = grown
        for (votes, ties), times in by_votes.items():
            silent = k - v - votes
            if silent <= rest:
                ways += Fraction(times * comb(rest, silent) * comb(right, v), 1 + ties)
    return ways / comb(n, k)


def profile(rng, n):
    """Draw how many of n samples give the right answer and each wrong one."""
    right = rng.randint(0, n)
    left, wrong = n - right, []
    while left and rng.random() < 0.8:
        wrong.append(rng.randint(1, min(left, rng.choice([1, 3, 10]))))
        left -= wrong[-1]
    return right, wrong, n


@pytest.mark.parametrize("cells", [voting.CELLS, 100])
def test_small_votes_are_those_of_counting_every_way(cells, monkeypatch):
    monkeypatch.setattr(voting, "CELLS", cells)
    rng = random.Random(1)
    for k in range(1, 25):
        given = [profile(rng, rng.randint(k, 24)) for _ in range(15)]
        right, wrong, n = zip(*given, strict=True)
        assert voting.majority_at_k(np.array(right), wrong, np.array(n), k) == pytest.approx(
            [float(exact(*each, k)) for each in given], abs=1e-12
        )


@pytest.mark.parametrize(
    ("right", "wrong", "n", "k"),
    [
        (30, [28, 20, 10] + [1] * 30, 128, 64),
        (3, [3, 2] + [1] * 80, 128, 8),
        (30, [31, 30], 128, 32),
        (60, [58, 2], 128, 100),
        (5, [4, 4, 4, 4], 40, 39),
        (2, [90], 128, 64),
        (120, [3], 128, 64),
    ],
)
def test_large_votes_are_within_the_stated_error(right, wrong, n, k):
    assert majority_at_k(right, wrong, n, k) == pytest.approx(
        float(exact(right, wrong, n, k)), abs=NEGLIGIBLE
    )


def test_one_sample_is_a_vote_of_one():
    assert majority_at_k(3, [4, 1], 10, 1) == pytest.approx(0.3, abs=1e-14)
    # Of two samples both are tied unless they agree: half of every mixed pair.
    assert majority_at_k(3, [4], 7, 2) == pytest.approx(3 / 7, abs=1e-14)


def test_all_samples_have_one_outcome():
    assert majority_at_k(4, [5], 10, 10) == 0
    assert majority_at_k(5, [5, 5], 20, 20) == pytest.approx(1 / 3)
    assert majority_at_k(1, [], 8, 8) == 1


def test_no_right_answer_never_wins_and_silence_does_not_vote():
    assert majority_at_k(0, [3], 8, 4) == 0
    assert majority_at_k(1, [], 8, 4) == pytest.approx(0.5)


def test_two_answers_share_the_vote_between_them():
    for k in (3, 8, 64, 100):
        one, other = majority_at_k(70, [50], 128, k), majority_at_k(50, [70], 128, k)
        silent = Fraction(comb(8, k), comb(128, k)) if k <= 8 else 0
        assert one + other == pytest.approx(1 - float(silent), abs=2 * NEGLIGIBLE)
