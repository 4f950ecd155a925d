"""Families of rates against scipy, closed forms and the condition of an optimum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import betabinom

from boundary.analysis.families import (
    FAMILIES,
    beta_binomial,
    beta_fit,
    likelihood,
    mixture_fit,
    npmle,
    power_law,
    zero_inflated,
)
from boundary.analysis.passk import pass_at_k

KS = np.array([24, 96])


def counted(correct, n):
    return np.bincount(correct, minlength=n + 1)[None].astype(float)


def drawn(n, a, b, never=0.0, m=400, seed=0):
    rng = np.random.default_rng(seed)
    return counted(rng.binomial(n, rng.beta(a, b, m) * (rng.random(m) >= never)), n)


@pytest.mark.parametrize("truncated", [False, True])
@pytest.mark.parametrize("parameters", [(12, 0.4, 0.6), (64, 5.0, 50.0), (128, 0.3, 1.2)])
def test_no_beta_binomial_is_likelier(parameters, truncated):
    n = parameters[0]
    seen = drawn(*parameters)

    def loss(logs):
        values = betabinom.logpmf(np.arange(n + 1), n, *np.exp(logs))
        if not truncated:
            return -float(seen[0] @ values)
        return -float(seen[0, 1:] @ (values[1:] - np.log1p(-np.exp(values[0]))))

    fitted = np.log(np.concatenate(beta_fit(seen, truncated=truncated)))
    best = minimize(loss, fitted, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    assert loss(fitted) <= best.fun + 1e-6


def test_growth_is_that_of_the_fitted_distribution():
    seen = drawn(12, 0.4, 0.6)
    a, b = (float(each[0]) for each in beta_fit(seen))
    failed = [betabinom.pmf(0, k, a, b) for k in (12, *KS)]
    assert beta_binomial(seen, KS)[0] == pytest.approx(failed[0] - np.array(failed[1:]), abs=1e-12)


def test_problems_that_are_never_solved_add_nothing():
    seen = drawn(64, 0.8, 4.0, never=0.4)
    a, b = (float(each[0]) for each in beta_fit(seen, truncated=True))
    solvable = seen[0, 1:].sum() / 400 / (1 - betabinom.pmf(0, 64, a, b))
    grown = [betabinom.pmf(0, 64, a, b) - betabinom.pmf(0, k, a, b) for k in (128, 512)]
    inflated = zero_inflated(seen, np.array([128, 512]))[0]
    assert inflated == pytest.approx(solvable * np.array(grown), rel=1e-9)
    assert (inflated < beta_binomial(seen, np.array([128, 512]))[0]).all()
    # Without zeros beyond those of the beta-binomial the share is at its bound.
    few = counted(np.array([0] * 2 + [1] * 40 + [2] * 10 + [8] * 9), 8)
    assert (zero_inflated(few, KS) == beta_binomial(few, KS)).all()


def test_the_mixture_meets_the_condition_of_an_optimum():
    """No rate's directional derivative is above 0, and those with weight are at 0 (Lindsay)."""
    seen = drawn(32, 0.35, 1.2)
    rates, weights = mixture_fit(seen)
    likely = likelihood(32, np.arange(33), rates)
    gradient = (seen[0] / 400 / (likely @ weights[0])) @ likely - 1
    assert weights[0].sum() == pytest.approx(1)
    assert gradient.max() < 2e-3
    assert np.abs(weights[0] * gradient).max() < 1e-3
    grown = [weights[0] @ ((1 - rates) ** 32 - (1 - rates) ** k) for k in KS + 32]
    assert npmle(seen, KS + 32)[0] == pytest.approx(grown)


def test_the_power_law_is_the_least_squares_line_of_logs():
    correct = np.random.default_rng(3).binomial(64, 0.02, 300)
    at = np.unique(np.rint(np.geomspace(8, 64, 7)).astype(int))
    curve = np.array([np.mean(pass_at_k(64, correct, int(k))) for k in at])
    slope, level = np.polyfit(np.log(at), np.log(-np.log(curve)), 1)
    expected = [np.exp(-np.exp(level + slope * np.log(k))) for k in (64, 128, 512)]
    grown = power_law(counted(correct, 64), np.array([128, 512]))[0]
    assert grown == pytest.approx(np.array(expected[1:]) - expected[0])


@pytest.mark.parametrize("name", FAMILIES)
def test_weightings_are_fitted_each_by_itself_and_none_falls(name):
    seen = np.concatenate([drawn(16, 0.4, 2.0, seed=seed) for seed in range(3)])
    ks = np.array([16, 32, 128])
    together = FAMILIES[name](seen, ks)
    assert together.shape == (3, 3) and np.isfinite(together).all()
    assert (np.diff(together, axis=1) >= 0).all() and together[:, 0] == pytest.approx(0, abs=1e-12)
    alone = FAMILIES[name](seen[:1], ks)
    assert together[:1] == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("correct", [0, 16])
def test_problems_that_are_all_alike_move_nothing(name, correct):
    grown = FAMILIES[name](counted(np.full(50, correct), 16), np.array([32, 128]))
    assert grown == pytest.approx(0, abs=0.02) and np.isfinite(grown).all()
