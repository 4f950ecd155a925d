import numpy as np
import pytest
from scipy.stats import beta, binomtest

from boundary.analysis.intervals import (
    mean_and_se,
    mean_interval,
    unseen_share,
    wilson_interval,
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


def test_wilson_agrees_with_scipy():
    low, high = wilson_interval(np.array([0, 3, 40, 57, 60]), 60, 0.9)
    for i, successes in enumerate([0, 3, 40, 57, 60]):
        known = binomtest(successes, 60).proportion_ci(0.9, method="wilson")
        assert (low[i], high[i]) == pytest.approx((known.low, known.high), abs=1e-12)


def test_mean_and_se_by_hand():
    mean, se = mean_and_se(np.array([[0.0, 0.3], [1.0, 0.3], [0.5, 0.3 + 1e-15]]))
    assert mean == pytest.approx([0.5, 0.3])
    assert se[0] == pytest.approx(0.5 / np.sqrt(3))
    assert se[1] == 0  # rounding is no spread


def interval(values, bounds=(0.0, 1.0)):
    values = np.asarray(values, dtype=float)[:, None]
    mean, se = mean_and_se(values)
    low, high = mean_interval(mean, se, len(values), multiplier=1.96, miss=0.05, bounds=bounds)
    return low[0], high[0]


def test_agreeing_values_get_the_clopper_pearson_bound_and_not_a_point():
    assert interval([1.0] * 30) == pytest.approx((0.05 ** (1 / 30), 1.0))
    assert interval([0.0] * 30) == pytest.approx((0.0, 1 - 0.05 ** (1 / 30)))
    pi = 1 - 0.05 ** (1 / 30)
    assert interval([0.4] * 30) == pytest.approx((0.4 * (1 - pi), 0.4 * (1 - pi) + pi))
    assert interval([0.0] * 30, (-1.0, 1.0)) == pytest.approx((-pi, pi))


def test_near_a_bound_the_interval_is_as_wide_as_at_it():
    low, high = interval([1 - 1e-9] * 29 + [1 - 1e-8])
    assert low == pytest.approx(0.05 ** (1 / 30))
    assert high == pytest.approx(1.0, abs=1e-8)


def test_one_problem_tells_nothing():
    assert interval([0.7]) == (0.0, 1.0)
    assert interval([0.7], (-1.0, 1.0)) == (-1.0, 1.0)


def test_in_general_the_interval_is_normal_and_clipped():
    values = [0.0, 0.5, 1.0, 1.0]
    se = np.std(values, ddof=1) / 2
    assert interval(values) == pytest.approx((0.625 - 1.96 * se, 1.0))
