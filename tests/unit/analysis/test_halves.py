"""Halves of samples against sums over all of them, in exact rationals."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from boundary.analysis.halves import at_most, within

CASES = [(9, 4, 4), (8, 0, 4), (8, 8, 4), (10, 1, 5), (13, 12, 6), (40, 17, 20), (2, 1, 1)]


def chance(n, correct, half, hits):
    return Fraction(comb(correct, hits) * comb(n - correct, half - hits), comb(n, half))


def columns():
    return (np.array(each) for each in zip(*CASES, strict=True))


def test_a_half_holds_at_most_so_many():
    n, correct, half = columns()
    most = np.tile(np.arange(-1, 21), (len(CASES), 1))
    exact = [
        [
            float(sum(chance(*case, j) for j in range(min(top, case[2]) + 1)))
            for top in range(-1, 21)
        ]
        for case in CASES
    ]
    np.testing.assert_allclose(at_most(n, correct, half, most), exact, atol=1e-12)


def test_bins_hold_every_half_and_their_correct_samples():
    n, correct, half = columns()
    edges = np.tile([-1, 0, 2, 5, 20], (len(CASES), 1))
    chances, hits = within(n, correct, half, edges)
    for row, case in enumerate(CASES):
        for place, (low, high) in enumerate(zip(edges[row, :-1], edges[row, 1:], strict=True)):
            inside = range(max(low + 1, 0), min(high, case[2]) + 1)
            assert chances[row, place] == pytest.approx(
                float(sum(chance(*case, j) for j in inside))
            )
            expected = float(sum(j * chance(*case, j) for j in inside))
            assert hits[row, place] == pytest.approx(expected, abs=1e-12)


def test_a_million_samples_are_normal():
    n, correct, half = (np.array([value]) for value in (1_000_000, 400_000, 500_000))
    below = at_most(n, correct, half, np.array([[199_999, 200_000, 200_245]]))[0]
    assert below[0] == pytest.approx(1 - below[1], abs=1e-6)  # even about its mean of 200,000
    assert below[2] == pytest.approx(0.8414, abs=1e-3)  # one standard deviation above, 245
