"""Ends of the interval of a skewed mean, by the transformation that they invert."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import skew, t

from boundary.analysis.questions import Questions
from boundary.analysis.skewed import skewed_interval

LONG = np.array([1.0, 1.2, 0.7, 2.0, 9.0, 1.1, 0.9, 30.0])


def turned(mean: float, end: float, values: np.ndarray) -> float:
    """Return Hall's g of the distance of an end, in standard deviations (eq. 2.5 of 1992)."""
    away, gamma, n = (mean - end) / values.std(ddof=1), skew(values), len(values)
    return away + gamma * away**2 / 3 + gamma**2 * away**3 / 27 + gamma / (6 * n)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("values", [LONG, -LONG])
def test_the_ends_are_those_of_student_when_turned(values: np.ndarray, confidence: float) -> None:
    low, high = skewed_interval(values, Questions.distinct(8), confidence)
    reach = t.ppf(0.5 + confidence / 2, 7) / np.sqrt(8)
    assert low < values.mean() < high
    assert turned(values.mean(), low, values) == pytest.approx(reach)
    assert turned(values.mean(), high, values) == pytest.approx(-reach)
    mirrored = skewed_interval(-values, Questions.distinct(8), confidence)
    assert mirrored == pytest.approx((-high, -low))


def test_symmetric_values_have_the_interval_of_student() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    ends = t.interval(0.95, 4, loc=3, scale=values.std(ddof=1) / np.sqrt(5))
    assert skewed_interval(values, Questions.distinct(5), 0.95) == pytest.approx(ends)


def test_rows_of_a_question_are_one_value_and_clusters_one_unit() -> None:
    twice = Questions(np.repeat(np.arange(8), 2))
    assert skewed_interval(np.repeat(LONG, 2), twice, 0.95) == pytest.approx(
        skewed_interval(LONG, Questions.distinct(8), 0.95)
    )
    alone = skewed_interval(np.repeat(LONG, 2), Questions.distinct(16), 0.95)
    pairs = Questions(np.arange(16), np.repeat(np.arange(8), 2))
    low, high = skewed_interval(np.repeat(LONG, 2), pairs, 0.95)
    assert low < alone[0] and alone[1] < high


def test_values_that_are_alike_have_no_width() -> None:
    assert skewed_interval(np.full(4, 0.1), Questions.distinct(4), 0.95) == (0.1, 0.1)
