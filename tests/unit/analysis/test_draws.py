"""Distributions of right ones among k samples, against exact rationals."""

from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest

from boundary.analysis.draws import drawn_correct, fresh_correct


def beta(a, b):
    return Fraction(factorial(a - 1) * factorial(b - 1), factorial(a + b - 1))


def hypergeometric(n, c, k, j):
    return Fraction(comb(c, j) * comb(n - c, k - j), comb(n, k))


def beta_binomial(n, c, k, j):
    return comb(k, j) * beta(c + 1 + j, n - c + 1 + k - j) / beta(c + 1, n - c + 1)


@pytest.mark.parametrize(
    ("made", "exact", "cases"),
    [
        (drawn_correct, hypergeometric, [(1, 1), (5, 2), (16, 16), (16, 5), (64, 33), (130, 128)]),
        (fresh_correct, beta_binomial, [(1, 1), (1, 40), (3, 16), (16, 5), (64, 33)]),
    ],
)
def test_chances_are_those_of_exact_rationals(made, exact, cases):
    for n, k in cases:
        correct = np.arange(n + 1)
        chances = made(np.full(n + 1, n), correct, k)
        for c in range(n + 1):
            expected = [float(exact(n, c, k, j)) for j in range(k + 1)]
            np.testing.assert_allclose(chances[c], expected, rtol=1e-13, atol=0)


def test_problems_of_unequal_n_stand_side_by_side():
    n, correct = np.array([4, 9, 6]), np.array([0, 9, 3])
    together = drawn_correct(n, correct, 4)
    for row, (size, hits) in enumerate(zip(n, correct, strict=True)):
        alone = drawn_correct(np.array([size]), np.array([hits]), 4)
        np.testing.assert_array_equal(together[row], alone[0])
    assert together[0].tolist() == [1, 0, 0, 0, 0]
    assert together[1].tolist() == [0, 0, 0, 0, 1]


def test_a_thousand_samples_lose_no_digit():
    n, k = 1024, 512
    correct = np.array([0, 1, 300, 512, 1023, 1024])
    chances = drawn_correct(np.full(6, n), correct, k)
    for row, c in enumerate(correct.tolist()):
        exact = [float(hypergeometric(n, c, k, j)) for j in range(k + 1)]
        seen = np.array(exact) > 1e-290
        np.testing.assert_allclose(chances[row][seen], np.array(exact)[seen], rtol=1e-11)
