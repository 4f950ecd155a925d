"""Posteriors of rates and what would settle a problem, against closed forms and simulation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta, binomtest

from boundary.analyses.coverage.compute import coverage_tables
from boundary.analyses.coverage.posterior import (
    FLAT,
    MOST_FURTHER,
    Rates,
    beta_prior,
    settled_after,
)
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.analysis.questions import Questions
from boundary.simulate.populations import population


def test_the_prior_has_the_moments_of_the_rates():
    n, correct = np.full(6, 4), np.array([0, 0, 1, 2, 4, 4])
    first = Fraction(11, 24)
    second = Fraction(0 + 0 + 0 + 2 + 12 + 12, 6 * 12)
    total = (first - second) / (second - first**2)
    a, b = beta_prior(n, correct, Questions.distinct(6))
    assert (a, b) == pytest.approx((float(first * total), float((1 - first) * total)), rel=1e-12)


@pytest.mark.parametrize("correct", [[0] * 6, [4] * 6, [1, 2, 0, 4]])
def test_counts_that_tell_of_no_prior(correct):
    apart = Questions.distinct(len(correct))
    assert beta_prior(np.full(len(correct), 4), np.array(correct), apart) == FLAT
    assert beta_prior(np.ones(9, dtype=int), np.arange(9) % 2, Questions.distinct(9)) == FLAT


def test_a_prior_knows_no_more_than_all_samples():
    """Problems alike have no spread, and problems all right or all wrong have the largest."""
    alike = beta_prior(np.full(9, 8), np.full(9, 2), Questions.distinct(9))
    assert sum(alike) == pytest.approx(72) and alike[0] == pytest.approx(18)
    split = beta_prior(np.full(9, 8), np.array([0, 8, 8] * 3), Questions.distinct(9))
    assert 0 < sum(split) <= 0.02


def test_intervals_reach_what_no_sample_excludes():
    some = Rates.of(np.full(6, 4), np.array([0, 0, 1, 2, 4, 4]), Questions.distinct(6))
    low, high = some.interval(0.9)
    assert low[:2].tolist() == [0, 0] and high[4:].tolist() == [1, 1]
    a, b = beta_prior(np.full(6, 4), np.array([0, 0, 1, 2, 4, 4]), Questions.distinct(6))
    assert (low[2], high[2]) == pytest.approx(beta(a + 1, b + 3).interval(0.9), rel=1e-9)
    assert some.mean[3] == pytest.approx((a + 2) / (a + b + 4))


def test_a_question_has_the_mean_counts_of_its_ids():
    index = np.array([0, 0, 1, 2, 3, 4])
    joined = Rates.of(np.full(6, 4), np.array([1, 2, 0, 4, 1, 3]), Questions(index))
    assert joined.a - joined.a[1] == pytest.approx([1.5, 0, 4, 1, 3])
    assert joined.a + joined.b == pytest.approx(np.full(5, joined.a[1] + joined.b[1]))


@pytest.mark.parametrize(("limit", "confidence"), [(0.1, 0.95), (0.01, 0.95), (0.3, 0.8)])
def test_what_settles_a_problem_is_the_exact_upper_end(limit, confidence):
    n = np.array([1.0, 5.0, 1000.0])
    further = settled_after(n, np.full(3, limit), confidence)
    assert further[2] == 0

    def upper(failures):
        return binomtest(0, int(failures)).proportion_ci(confidence, "exact").high

    for some, more in zip(n[:2], further[:2], strict=True):
        assert upper(some + more) < limit <= upper(some + more - 1)


def test_what_cannot_be_settled_is_null():
    far, never = settled_after(np.array([8.0, 8.0]), np.array([1e-5, 1e-7]), 0.95)
    assert 0 < far < MOST_FURTHER and np.isnan(never)


def test_published_problems_have_rates_and_what_would_settle_them(math500, math500_comparison):
    problems = coverage_tables(pair_from_spec(math500, math500_comparison))[1]
    only = pl.col("set").is_in(["base_only", "other_only"])
    alone = problems.filter(only)
    assert alone["settled_after"].null_count() == 0 and alone.height == 22
    assert problems.filter(~only)["settled_after"].null_count() == 478
    # The base solved them once or twice of 128: so rare a success is not ruled out by 128 failures.
    rare = alone.filter((pl.col("base_correct") <= 2) & (pl.col("other_correct") == 0))
    assert rare.height and rare["settled_after"].min() > 100
    assert (alone.filter(pl.col("base_correct") > 12)["settled_after"] == 0).all()
    for side in ("base", "other"):
        low, mean, high = (problems[f"{side}_rate{end}"] for end in ("_low", "", "_high"))
        assert ((low <= mean) & (mean <= high)).all()
        error = (mean - problems[f"{side}_correct"] / problems[f"{side}_n"]).abs()
        assert error.max() < 0.01


def test_exchanged_models_exchange_everything(arm):
    rng = np.random.default_rng(2)
    counts = rng.binomial(64, rng.beta(0.3, 1, (2, 80)))
    arms = [arm(name, each, 64) for name, each in zip("bo", counts, strict=True)]
    one, two = (coverage_tables(pair_arms(*pair, "c"))[1] for pair in (arms, arms[::-1]))
    assert one["settled_after"].equals(two["settled_after"])
    for end in ("", "_low", "_high"):
        assert one[f"base_rate{end}"].equals(two[f"other_rate{end}"])


@pytest.mark.parametrize("name", ["published", "sharpened late", "new skill", "independent"])
def test_intervals_of_rates_cover(name):
    """Over all problems, and over those without a right sample, whose rate may be 0."""
    rng, held, none = np.random.default_rng(8), [], []
    for _ in range(20):
        for truth in population(name, 128).draw(100, rng):
            correct = rng.binomial(128, truth)
            side = Rates.of(np.full(100, 128), correct, Questions.distinct(100))
            low, high = side.interval(0.95)
            inside = (low <= truth) & (truth <= high)
            held.append(inside.mean())
            none += inside[correct == 0].tolist()
    assert np.mean(held) >= 0.93 and np.mean(none) >= 0.93
