import math

import numpy as np
import pytest

from boundary.analysis.importance import importance

#: Two toys over categories: the scorer, the sampler, and which categories are right.
A = ((0.5, 0.25, 0.15, 0.07, 0.03), (0.1, 0.2, 0.3, 0.3, 0.1), (3, 4))
B = ((0.90, 0.06, 0.03, 0.01), (0.2, 0.1, 0.1, 0.6), (1, 2, 3))


def at_expectation(toy, n=100):
    """Return the log-ratios of the right ones of n draws, each as often as expected."""
    scorer, sampler, right = toy
    ratios = [math.log(scorer[i] / sampler[i]) for i in right for _ in range(round(n * sampler[i]))]
    return np.array(ratios)


@pytest.mark.parametrize(("toy", "effective", "right"), [(A, 39.4737, 40), (B, 22.1402, 80)])
def test_toys_at_expectation(toy, effective, right):
    made = importance(at_expectation(toy), 100, 0.95)
    assert made.estimate == pytest.approx(0.1, abs=1e-12)
    assert made.effective == pytest.approx(effective, abs=5e-5)
    assert len(at_expectation(toy)) == right
    assert made.refused == ""


@pytest.mark.parametrize(("toy", "logarithm"), [(A, -2.3087493574), (B, -3.5082517765)])
def test_the_bound_by_the_kl_divergence(toy, logarithm):
    """It is p only where all ratios agree; one impossible response makes it 0."""
    made = importance(at_expectation(toy), 100, 0.95)
    assert math.log(made.jensen) == pytest.approx(logarithm, abs=1e-9)
    assert made.jensen < made.estimate
    alike = importance(np.full(40, math.log(0.25)), 100, 0.95)
    assert alike.jensen == pytest.approx(alike.estimate)
    assert importance(np.r_[at_expectation(toy), -math.inf], 101, 0.95).jensen == 0


def test_the_largest_share_of_a_toy():
    assert importance(at_expectation(B), 100, 0.95).largest_share == pytest.approx(0.06)


def test_the_interval_covers_the_truth():
    scorer, sampler, right = (np.array(part) for part in A)
    draws = np.random.default_rng(5).choice(5, size=(2000, 200), p=sampler)
    covered = 0
    for row in draws:
        ratios = np.log(scorer / sampler)[row[np.isin(row, right)]]
        made = importance(ratios, 200, 0.95)
        covered += made.low <= 0.1 <= made.high
    assert 0.93 < covered / 2000 < 0.97


def test_one_lucky_draw_is_refused():
    made = importance(np.array([math.log(250.0)]), 256, 0.95)
    assert (made.effective, made.largest_share) == (1.0, 1.0)
    assert made.refused == "few effective responses"


def test_one_response_that_outweighs_many_is_refused():
    ratios = np.log(np.r_[np.ones(400), 2000.0])
    made = importance(ratios, 1000, 0.95)
    assert made.effective < 10
    assert made.refused == "few effective responses"
    half = importance(np.log(np.r_[np.ones(4), 4.5]), 10, 0.95)
    assert half.largest_share > 0.5


def test_without_right_responses_or_with_impossible_ones_alone():
    for ratios in (np.array([]), np.array([-math.inf, -math.inf])):
        made = importance(ratios, 8, 0.95)
        assert (made.estimate, made.refused) == (0.0, "no right response")
        assert made.low is None


def test_no_spread_gives_no_interval():
    made = importance(np.zeros(32), 32, 0.95)
    assert (made.estimate, made.low, made.high, made.effective) == (1.0, None, None, 32.0)


def test_tiny_and_huge_ratios_do_not_overflow():
    made = importance(np.full(20, -2000.0), 40, 0.95)
    assert made.estimate == 0.0
    assert made.effective == pytest.approx(20.0)
    assert math.isfinite(importance(np.full(20, 2000.0), 40, 0.95).estimate)
