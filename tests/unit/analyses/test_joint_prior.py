import numpy as np
import pytest
from scipy.stats import binom

from boundary.analyses.coverage.joint_prior import fit_joint_prior, likelihood

#: Pairs of rates of base and other, and how many problems of each hundred have them.
KINDS = {(0.5, 0.0): 40, (0.5, 0.02): 20, (0.05, 0.3): 25, (0.0, 0.4): 15}


def drawn(rng, n_base, n_other, times):
    base, other = (
        np.repeat([kind[side] for kind in KINDS], [share * times for share in KINDS.values()])
        for side in (0, 1)
    )
    size = np.ones_like(base, dtype=np.int64)
    return np.stack(
        [n_base * size, rng.binomial(n_base, base), n_other * size, rng.binomial(n_other, other)]
    )


def test_the_likelihood_is_binomial_and_1_at_its_best_rate():
    rates = np.array([0.0, 0.01, 0.3, 0.5, 1.0])
    n, correct = np.array([8, 8, 8, 64]), np.array([0, 3, 8, 1])
    exact = binom.pmf(correct[:, None], n[:, None], rates)
    values = likelihood(n, correct, rates)
    assert values == pytest.approx(exact / exact.max(axis=1, keepdims=True), abs=1e-12)
    many = likelihood(np.array([10**6]), np.array([499_000]), rates)
    assert many.max() == 1 and np.isfinite(many).all()


def test_posteriors_are_those_of_the_mixture_the_problems_come_from():
    n, draws = 64, 64
    counts = drawn(np.random.default_rng(4), n, n, 50)
    prior = fit_joint_prior(counts, np.ones(counts.shape[1]))
    assert prior.weights.sum() == pytest.approx(1)
    solves = 32  # what the base did: the other failed n times
    one = np.array([n])
    chance = prior.other_solves(one, np.array([solves]), one, np.array([draws]))[0]
    # Of the problems of which the base solves half, a third has a rate of 0.02.
    slow = 20 * 0.98**n
    exact = slow / (slow + 40) * (1 - 0.98**draws)
    assert chance == pytest.approx(exact, abs=0.03)


def test_unequal_n_and_exchanged_models():
    counts = drawn(np.random.default_rng(9), 128, 32, 10)
    shares = np.ones(counts.shape[1])
    prior = fit_joint_prior(counts, shares)
    back = fit_joint_prior(counts[[2, 3, 0, 1]], shares)
    assert back.weights == pytest.approx(prior.exchanged().weights, abs=1e-12)


def test_rows_that_share_a_question_weigh_as_one():
    counts = drawn(np.random.default_rng(2), 16, 16, 1)
    once = fit_joint_prior(counts, np.ones(counts.shape[1]))
    twice = fit_joint_prior(np.repeat(counts, 2, axis=1), np.full(2 * counts.shape[1], 0.5))
    assert twice.weights == pytest.approx(once.weights, abs=1e-14)


def test_no_draws_solve_nothing_and_endless_ones_what_can_be_solved():
    counts = drawn(np.random.default_rng(3), 16, 16, 2)
    prior = fit_joint_prior(counts, np.ones(counts.shape[1]))
    n, correct = np.array([16, 16, 16]), np.array([5, 5, 5])
    chances = prior.other_solves(n, correct, n, np.array([0, 16, 10**9]))
    assert chances[0] == 0 and 0 < chances[1] < chances[2] <= 1
