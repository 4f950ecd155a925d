"""The product rule: a known rate comes back, and lengths that leave the rule are told."""

import numpy as np
import pytest

from boundary.analysis.intervals import difference_and_p
from boundary.analysis.product_rule import excess_at, step_rate

LENGTHS = np.repeat([1.0, 2.0, 4.0, 8.0, 16.0], 20)


@pytest.mark.parametrize("rate", [0.03, 0.5, 0.9, 0.999])
def test_exact_data_give_the_rate_back(rate):
    fit = step_rate(LENGTHS, rate**LENGTHS, None, 0.95)
    assert fit.rate == pytest.approx(rate, rel=1e-9)
    assert fit.low <= fit.rate <= fit.high
    mean, se, units = excess_at(np.arange(20, 40), LENGTHS, rate**LENGTHS, fit, None)
    assert (mean, units) == (pytest.approx(0, abs=1e-9), 20)
    assert difference_and_p(mean, se, units, 0.95)[2] == pytest.approx(1, abs=0.05)


def test_of_one_step_the_rate_is_the_mean():
    shares = np.array([0.0, 0.25, 0.5, 1.0])
    assert step_rate(np.ones(4), shares, None, 0.95).rate == pytest.approx(shares.mean())
    # L steps at p each: of one length the rate is the L-th root.
    assert step_rate(np.full(4, 3.0), shares, None, 0.95).rate ** 3 == pytest.approx(shares.mean())


def test_the_interval_is_wider_where_problems_depend_on_each_other():
    rng = np.random.default_rng(4)
    lengths, cluster = np.ones(60), np.repeat(np.arange(10), 6)
    shares = np.clip(0.5 + 0.3 * rng.normal(size=10)[cluster], 0, 1)
    alone, joined = (step_rate(lengths, shares, of, 0.95) for of in (None, cluster))
    assert joined.rate == alone.rate
    assert joined.high - joined.low > 2 * (alone.high - alone.low)


@pytest.mark.parametrize("solved", [0.0, 1.0])
def test_where_nothing_or_everything_is_solved_the_unseen_bounds_the_rate(solved):
    fit = step_rate(np.ones(30), np.full(30, solved), None, 0.95)
    far = 1 - 0.025 ** (1 / 30)  # Clopper-Pearson of 0 of 30
    assert (fit.low, fit.high) == pytest.approx((0, far) if solved == 0 else (1 - far, 1))


def test_a_length_that_leaves_the_rule_is_told_with_its_sign():
    rng = np.random.default_rng(5)
    rates = np.where(LENGTHS == 16, 0.6, 0.9**LENGTHS)  # 0.9^16 is 0.19
    shares = rng.binomial(64, rates) / 64
    fit = step_rate(LENGTHS, shares, None, 0.95)
    low, high, p = difference_and_p(
        *excess_at(np.flatnonzero(LENGTHS == 16), LENGTHS, shares, fit, None), 0.95
    )
    assert 0 < low < high
    assert p < 0.02


def test_problems_that_differ_break_the_rule_upwards_at_great_lengths():
    rates = np.where(np.arange(100) % 5 == 0, 0.0, 0.99)  # a fifth is never solved
    shares = rates**LENGTHS
    fit = step_rate(LENGTHS, shares, None, 0.95)
    excess = [
        excess_at(np.flatnonzero(length == LENGTHS), LENGTHS, shares, fit, None)[0]
        for length in (1.0, 16.0)
    ]
    assert excess[0] < 0 < excess[1]


@pytest.mark.parametrize("mean", [-0.2, -0.01, 0.0, 0.05, 0.1])
@pytest.mark.parametrize("se", [0.0, 0.01, 0.1])
@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (-0.9, 0.1), (-0.2, 0.8)])
def test_p_and_interval_of_a_difference_agree(mean, se, bounds):
    low, high, p = difference_and_p(mean, se, 25, 0.95, bounds)
    assert (p < 0.05) == (low > 0 or high < 0)
    assert difference_and_p(mean, np.inf, 1, 0.95) == (-1.0, 1.0, 1.0)
