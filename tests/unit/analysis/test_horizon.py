"""Logistic curves in log2(length): known curves come back, and what has none says so."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from boundary.analysis.horizon import ends, logistic_curves, ratio_ends, resampled

LENGTHS = 2.0 ** np.arange(10)


def fit(shares, weights=None, penalty=1e-12, lengths=LENGTHS):
    weights = np.ones(len(lengths)) if weights is None else np.asarray(weights, dtype=float)
    return logistic_curves(lengths, np.asarray(shares, dtype=float), weights[None], penalty)


def test_an_exact_curve_comes_back():
    shares = 1 / (1 + np.exp(-(3.0 - 0.6 * np.log2(LENGTHS))))
    curve = fit(shares)
    assert curve.horizon[0] == pytest.approx(2 ** (3.0 / 0.6), rel=1e-8)
    assert (curve.intercept[0], curve.slope[0]) == pytest.approx((3.0, -0.6), rel=1e-8)
    assert fit(shares, np.arange(1, 11)).horizon[0] == pytest.approx(32, rel=1e-8)


@pytest.mark.parametrize("penalty", [1e-5, 0.1, 3.0])
def test_the_penalty_is_that_of_sklearn_with_weights_of_sum_1(penalty):
    """Its loss, C Σ w loss + slope²/2 with C = 1/λ, minimised in another way."""
    rng = np.random.default_rng(1)
    lengths, shares, weights = (
        2 ** rng.uniform(0, 9, 40),
        rng.uniform(size=40),
        rng.uniform(size=40),
    )
    x, w = np.log2(lengths), weights / weights.sum()

    def loss(at):
        score = at[0] + at[1] * x
        return (w * (np.logaddexp(0, score) - shares * score)).sum() / penalty + at[1] ** 2 / 2

    best = minimize(loss, (0.0, 0.0), tol=1e-14).x
    curve = fit(shares, weights, penalty, lengths)
    assert (curve.intercept[0], curve.slope[0]) == pytest.approx(best, abs=2e-4)
    assert loss((curve.intercept[0], curve.slope[0])) <= loss(best) + 1e-9


def test_a_share_is_successes_and_failures_of_a_part_of_the_weight():
    lengths, shares = np.array([1.0, 4.0, 16.0, 64.0]), np.array([0.9, 0.5, 0.25, 0.0])
    split = logistic_curves(
        np.repeat(lengths, 2),
        np.tile([1.0, 0.0], 4),
        np.ravel([shares, 1 - shares], "F")[None],
        0.1,
    )
    assert fit(shares, penalty=0.1, lengths=lengths).horizon == pytest.approx(split.horizon)


def test_lengths_that_part_success_from_failure_have_a_finite_slope():
    curve = fit(LENGTHS < 20, penalty=1e-5)
    assert 16 < curve.horizon[0] < 32
    assert -100 < curve.slope[0] < -1


@pytest.mark.parametrize(
    ("shares", "horizon"),
    [(np.zeros(10), 0.0), (np.ones(10), math.inf), (LENGTHS > 20, 0.0), (LENGTHS > 2, math.inf)],
)
def test_without_a_fall_there_is_no_length(shares, horizon):
    assert fit(shares).horizon[0] == horizon


def test_each_row_of_weights_is_a_fit_of_its_own():
    rng = np.random.default_rng(2)
    shares, weights = rng.uniform(size=10), rng.integers(0, 4, (50, 10)).astype(float)
    one = fit(shares, penalty=0.01)
    together = logistic_curves(LENGTHS, shares, weights, 0.01, one)
    for row, intercept, slope in zip(weights, together.intercept, together.slope, strict=True):
        alone = fit(shares, row, 0.01)
        assert (alone.intercept[0], alone.slope[0]) == pytest.approx((intercept, slope), abs=1e-7)


def test_clusters_are_drawn_whole_in_number_and_their_problems_anew():
    cluster = np.array([0, 0, 0, 1, 2, 2])
    drawn = resampled(cluster, 6, 4000, 7)
    sizes = np.array([3, 1, 2])
    per = np.stack([drawn[:, cluster == c].sum(axis=1) for c in range(3)], axis=1)
    assert ((per % sizes) == 0).all()
    assert ((per / sizes).sum(axis=1) == 3).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(6), abs=0.08)
    assert (resampled(None, 6, 100, 7).sum(axis=1) == 6).all()


def test_ends_are_wider_for_few_problems():
    values = np.random.default_rng(3).normal(size=20_000)
    wide = [np.subtract(*ends(values, units, 0.95)[::-1]) for units in (5, 30, 10_000)]
    # t of 4 degrees of freedom times √(5/4), then nearly the normal quantiles.
    assert wide == pytest.approx([2 * 2.776 * math.sqrt(1.25), 4.16, 3.92], rel=0.05)


def test_of_horizons_beyond_the_data_only_the_side_counts():
    inside = np.full(1000, 8.0)
    span, many = (1.0, 64.0), (10_000, 0.95)

    def between(base, other):
        return ratio_ends(base, other, span, *many)

    assert between(inside, 2 * inside) == (2.0, 2.0)
    short, long = np.full(1000, 1e-9), np.full(1000, 1e9)
    assert between(short, inside) == (8.0, math.inf)
    assert between(inside, long) == (8.0, math.inf)
    assert between(long, inside) == (0.0, 1 / 8)
    assert between(short, short) == between(long, long) == (0.0, math.inf)
    assert between(np.zeros(1000), np.full(1000, math.inf)) == (64.0, math.inf)
