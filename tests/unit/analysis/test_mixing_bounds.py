"""Bounds by linear programmes, against closed forms of moment problems."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.analysis.mixing_bounds import Bands, bands_of, bound_ks, chance, held_ks, rate_grid
from simulations import make_pair


@pytest.mark.parametrize("k", [2, 5, 8])
def test_of_a_known_mean_the_extremes_are_one_rate_and_rates_of_0_and_1(k):
    """1 − (1 − p)^k is concave in p: Jensen's inequality, and the chord from 0 to 1."""
    base, other = 0.3, 0.12
    ends = np.array([[base], [other], [-1.0]]), np.array([[base], [other], [1.0]])
    low, high = Bands(np.array([1]), *ends).limits(k)
    jensen = [1 - (1 - mean) ** k for mean in (base, other)]
    # No end lies inside of the true one, nor far beyond.
    assert base - jensen[1] - 3e-3 <= low <= base - jensen[1] + 1e-6
    assert jensen[0] - other - 1e-6 <= high <= jensen[0] - other + 3e-3


@pytest.mark.parametrize("rates", [(0.3, 0.1), (0.004, 0.02), (1.0, 0.0)])
def test_curves_of_single_rates_lie_within_bounds_that_narrow_with_the_bands(rates):
    n = 64
    ks = held_ks(n)
    curves = chance(ks, np.array(rates)).T
    truth = chance(np.array([2 * n]), np.array(rates))[0]
    widths = []
    for slack in (0.05, 0.01):
        known = np.stack([*curves, curves[0] - curves[1]])
        low, high = Bands(ks, known - slack, known + slack).limits(2 * n)
        assert low <= truth[0] - truth[1] <= high
        widths.append(high - low)
    assert widths[1] < widths[0]


def test_a_curve_that_falls_is_of_no_distribution():
    low = np.array([[0.499, 0.399], [0.099, 0.099], [-1.0, -1.0]])
    high = np.array([[0.501, 0.401], [0.101, 0.101], [1.0, 1.0]])
    assert Bands(np.array([1, 2]), low, high).limits(4) is None


def test_grids_reach_from_0_to_1_and_from_1_to_n():
    rates = rate_grid(512, 3, 10)
    assert rates[0] == 0 and rates[-1] == 1 and (np.diff(rates) > 0).all()
    assert rates[1] * 512 == pytest.approx(1 / 16)
    assert held_ks(1024)[[0, -1]].tolist() == [1, 1024] and len(held_ks(1024)) <= 26
    assert bound_ks(64, 1).tolist() == [64, 128, 256, 512]


def test_exchanging_the_arms_exchanges_the_same_bands():
    rng = np.random.default_rng(1)
    base, other = rng.binomial(16, 0.3, 40), rng.binomial(16, 0.5, 40)
    (one, first), (two, second) = (
        bands_of(make_pair(*arms, 16, None), 200, 0.95) for arms in ((base, other), (other, base))
    )
    assert first != second
    assert (one.low == two.low).all() and (one.high == two.high).all()
    mean = [arm.mean() / 16 for arm in ((base, other), (other, base))[first]]
    assert all(one.low[i, 0] < mean[i] < one.high[i, 0] for i in (0, 1))
