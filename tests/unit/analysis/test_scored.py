"""Means over problems and shares with intervals, held against closed forms and by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from boundary.analysis.intervals import clopper_pearson
from boundary.analysis.scored import (
    by_class,
    mean_intervals,
    problem_weights,
    require,
    share_with_interval,
    weighted_quantiles,
)
from boundary.errors import TableError


def test_classes_are_sorted_and_of_what_is_graded() -> None:
    arm = {"scorer": "s", "benchmark": "b", "protocol": "p"}
    rows = [
        {**arm, "source_model": source, "problem_id": problem, "sample_index": i, "correct": right}
        for source, problem, i, right in (
            ("rl", "q", 1, False),
            ("rl", "a", 0, True),
            ("rl", "q", 0, None),
            ("gold", "a", 0, None),
        )
    ]
    seen = [
        (labels["source_model"], labels["responses"], group.select("problem_id", "sample_index"))
        for labels, group in by_class(pl.DataFrame(rows))
    ]
    assert [(source, which, group.rows()) for source, which, group in seen] == [
        ("gold", "all", [("a", 0)]),
        ("rl", "all", [("a", 0), ("q", 0), ("q", 1)]),
        ("rl", "correct", [("a", 0)]),
        ("rl", "wrong", [("q", 1)]),
    ]


def test_the_bootstrap_interval_is_that_of_two_problems() -> None:
    """Of two problems a quarter of replicates draws either twice, so the ends are their means."""
    totals, sizes = np.array([[2.0, 4.0], [3.0, 0.0]]), np.array([1.0, 3.0])
    first, second = mean_intervals(totals, sizes, 2000, 0.8)
    assert first == pytest.approx((5 / 4, 1.0, 2.0))
    assert second == pytest.approx((1.0, 0.0, 4.0))
    assert mean_intervals(totals[:1], sizes[:1], 2000, 0.8) == [
        (2.0, None, None),
        (4.0, None, None),
    ]


def test_the_bootstrap_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(3).normal(2, 1, 400)
    ((mean, low, high),) = mean_intervals(values[:, None], np.ones(400), 4000, 0.95)
    assert mean == pytest.approx(values.mean())
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((mean - half, mean + half), abs=0.012)


def test_a_share_of_zeros_and_ones_has_the_exact_interval() -> None:
    hits = np.repeat([1.0, 0.0], [7, 3])
    low, high = clopper_pearson(np.array(7.0), np.array(10.0), 0.95)
    assert share_with_interval(hits, np.ones(10), 0.95) == pytest.approx(
        (0.7, float(low), float(high))
    )


def test_the_error_of_a_ratio_is_linearised() -> None:
    """Cochran's standard error by hand, within Korn and Graubard's interval."""
    hits, sizes = np.array([8.0, 30.0, 9.0, 33.0]), np.array([10.0, 40.0, 20.0, 50.0])
    value, low, high = share_with_interval(hits, sizes, 0.95)
    assert value == pytest.approx(80 / 120)
    residuals = hits - value * sizes
    se = np.sqrt((residuals**2).sum() / 3) / 30 / 2
    assert low < value - 1.96 * se < value + 1.96 * se < high
    doubled = share_with_interval(2 * hits, 2 * sizes, 0.95)
    assert doubled == pytest.approx((value, low, high))


def test_a_share_in_which_all_agree_has_an_open_end() -> None:
    value, low, high = share_with_interval(np.full(5, 3.0), np.full(5, 3.0), 0.95)
    assert (value, high) == (1.0, 1.0)
    assert low == pytest.approx(0.025 ** (1 / 5))
    assert share_with_interval(np.ones(1), np.ones(1), 0.95) == (1.0, 0.0, 1.0)


def test_quantiles_weigh_every_problem_alike() -> None:
    """Problem 0 has nine responses at 0, problem 1 one at 5: half of the weight each."""
    values, problem = np.array([0.0] * 9 + [5.0]), np.array([0] * 9 + [1])
    weights = problem_weights(problem)
    assert weights.sum() == pytest.approx(1)
    assert weighted_quantiles(values, weights, [0.05, 0.5, 0.51, 1]) == [0.0, 0.0, 5.0, 5.0]


@pytest.mark.parametrize("column", [pl.Series("x", [1, None]), pl.Series("y", [1, 2])])
def test_what_an_earlier_version_lacks_is_refused_by_name(column: pl.Series) -> None:
    with pytest.raises(TableError, match=r"no x, .* z is; .*forcerun.*analyses: \{thing: false\}"):
        require(pl.DataFrame([column]), ["x"], "thing", "z is")
