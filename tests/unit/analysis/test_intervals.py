import numpy as np
import pytest
from scipy.stats import beta, binomtest

from boundary.analysis.intervals import (
    difference_interval,
    mean_and_se,
    share_interval,
    unseen_share,
    widen_to_monotone,
    z_value,
)
from boundary.errors import InputError


def test_z_is_the_two_sided_normal_quantile():
    assert z_value(0.95) == pytest.approx(1.959963985)
    assert z_value(0.99) == pytest.approx(2.575829304)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.1, float("nan")])
def test_a_confidence_outside_zero_to_one_is_refused(confidence):
    with pytest.raises(InputError, match="not between 0 and 1"):
        z_value(confidence)


@pytest.mark.parametrize("m", [1, 6, 30, 500])
def test_unseen_share_is_clopper_pearson_for_none_of_m(m):
    assert unseen_share(m, 0.05) == pytest.approx(beta.ppf(0.95, 1, m), rel=1e-9)


def test_mean_and_se_by_hand():
    mean, se = mean_and_se(np.array([[0.0, 0.3], [1.0, 0.3], [0.5, 0.3 + 1e-15]]))
    assert mean == pytest.approx([0.5, 0.3])
    assert se[0] == pytest.approx(0.5 / np.sqrt(3))
    assert se[1] == 0  # rounding is no spread


def interval(values, confidence=0.95):
    values = np.asarray(values, dtype=float)[:, None]
    low, high = share_interval(*mean_and_se(values), len(values), confidence)
    return low[0], high[0]


@pytest.mark.parametrize("solved", [0, 1, 3, 50, 97, 99, 100])
def test_values_of_0_and_1_get_the_exact_interval(solved):
    exact = binomtest(solved, 100).proportion_ci(0.95, method="exact")
    assert interval([1.0] * solved + [0.0] * (100 - solved)) == pytest.approx(
        (exact.low, exact.high), abs=1e-9
    )


def test_an_interval_neither_collapses_nor_jumps_where_problems_agree():
    pi = 1 - 0.025 ** (1 / 30)
    assert interval([0.4] * 30) == pytest.approx((0.4 * (1 - pi), 0.4 * (1 - pi) + pi))
    assert interval([1.0] * 30) == pytest.approx((1 - pi, 1.0))
    ends = [interval([1 - 10.0**-x] * 29 + [1 - 10.0 ** (1 - x)]) for x in np.arange(1.5, 15, 0.1)]
    assert np.abs(np.diff(ends, axis=0)).max() < 0.04
    assert ends[-1] == pytest.approx((1 - pi, 1.0), abs=1e-9)


def test_in_the_middle_the_interval_is_nearly_normal():
    values = np.random.default_rng(0).uniform(0.2, 0.8, 400)
    half = 1.96 * values.std(ddof=1) / 20
    assert interval(values) == pytest.approx(
        (values.mean() - half, values.mean() + half), abs=half / 20
    )


def test_one_problem_tells_nothing():
    assert interval([0.7]) == (0.0, 1.0)
    assert difference([0.7]) == (-1.0, 1.0)


def difference(values):
    values = np.asarray(values, dtype=float)[:, None]
    low, high = difference_interval(*mean_and_se(values), len(values), multiplier=1.96, miss=0.05)
    return low[0], high[0]


def test_a_difference_is_normal_and_reaches_what_may_not_have_been_seen():
    values = [-0.5, 0.0, 0.5, 0.5] * 30
    half = 1.96 * np.std(values, ddof=1) / np.sqrt(120)
    assert difference(values) == pytest.approx((0.125 - half, 0.125 + half))
    pi = 1 - 0.05 ** (1 / 30)
    assert difference([0.0] * 30) == pytest.approx((-pi, pi))
    assert difference([1.0] * 30) == pytest.approx((1 - 2 * pi, 1.0))
    assert difference([0.01] * 30)[0] < 0  # a common trifle is within what 30 problems can hide


def test_ends_along_a_curve_are_widened_until_they_do_not_fall():
    low, high = widen_to_monotone(np.array([0.1, 0.3, 0.2, 0.4]), np.array([0.5, 0.4, 0.6, 0.6]))
    assert low.tolist() == [0.1, 0.2, 0.2, 0.4] and high.tolist() == [0.5, 0.5, 0.6, 0.6]


def test_clusters_widen_as_copies_do():
    rng = np.random.default_rng(3)
    kinds = rng.uniform(size=(40, 1))
    mean, se = mean_and_se(np.repeat(kinds, 5, axis=0), np.repeat(np.arange(40), 5))
    assert mean == pytest.approx(kinds.mean())
    assert se == pytest.approx(kinds.std(ddof=1) / np.sqrt(40))
    # Problems of one cluster that differ from each other more than by chance narrow nothing.
    apart = np.tile([[0.0], [1.0]], (40, 1))
    assert mean_and_se(apart, np.repeat(np.arange(40), 2))[1] == mean_and_se(apart)[1]
    assert mean_and_se(apart, np.zeros(80, dtype=np.int64))[1] == np.inf
