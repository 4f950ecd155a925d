"""Estimates that carry their error: against formulas of ratios and products worked out by hand."""

import math

import numpy as np
import pytest

from boundary.analysis.linearised import Estimate
from boundary.analysis.questions import Questions

RNG = np.random.default_rng(5)
ONE, TWO = RNG.random(40), 0.5 + RNG.random(40)
ALONE = Questions.distinct(40)


def test_a_mean_has_the_error_of_a_mean():
    mean = Estimate.mean(ONE)
    assert mean.value == pytest.approx(ONE.mean())
    assert mean.se(ALONE) == pytest.approx(ONE.std(ddof=1) / math.sqrt(40))


def test_a_ratio_has_the_error_of_its_residuals():
    ratio = Estimate.mean(ONE) / Estimate.mean(TWO)
    residual = (ONE - ratio.value * TWO) / TWO.mean()
    assert ratio.value == pytest.approx(ONE.mean() / TWO.mean())
    assert ratio.se(ALONE) == pytest.approx(residual.std(ddof=1) / math.sqrt(40))


def test_products_sums_and_differences_follow_the_rules_of_differentiation():
    one, two = Estimate.mean(ONE), Estimate.mean(TWO)
    made = (one * two + one - two).half()
    gradient = (TWO.mean() + 1) / 2, (ONE.mean() - 1) / 2
    covariance = np.cov(ONE, TWO)
    variance = np.array(gradient) @ covariance @ np.array(gradient)
    assert made.value == pytest.approx((ONE.mean() * TWO.mean() + ONE.mean() - TWO.mean()) / 2)
    assert made.se(ALONE) == pytest.approx(math.sqrt(variance / 40))


def test_clusters_are_respected():
    cluster = np.repeat(np.arange(10), 4)
    drawn = np.repeat(RNG.random(10), 4)
    single = Estimate.mean(drawn[::4]).se(Questions.distinct(10))
    assert Estimate.mean(drawn).se(Questions(np.arange(40), cluster)) == pytest.approx(single)
    assert Estimate.mean(ONE).se(Questions(np.arange(40), np.zeros(40, np.int64))) == math.inf
