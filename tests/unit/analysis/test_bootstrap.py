from dataclasses import replace

import numpy as np
import pytest

from boundary.analysis.bootstrap import (
    STUDENTISED,
    UNITS,
    Sample,
    content_seed,
    draw_groups,
    drawn_columns,
    simultaneous_band,
    weight_blocks,
)
from boundary.analysis.intervals import mean_and_se
from boundary.errors import InputError


def problem_by_problem(values):
    """Return what draws problem by problem, at all columns of ``[M, K]``."""
    mean, se = mean_and_se(values)
    return Sample(mean, se, len(values), np.arange(values.shape[1]), (values - mean,))


def test_weights_are_whole_draws_of_all_problems():
    blocks = list(weight_blocks(40, 1000, seed=5, width=10**5))
    weights = np.concatenate(blocks)
    assert len(blocks) > 1 and weights.shape == (1000, 40)
    assert np.all(weights.sum(axis=1) == 40) and weights.min() >= 0
    # multinomial: mean 1, variance 1 − 1/M, covariance −1/M
    assert weights.mean(axis=0) == pytest.approx(np.ones(40), abs=0.15)
    assert weights.var() == pytest.approx(1 - 1 / 40, abs=0.03)


def test_the_seed_depends_on_content_alone():
    a = np.arange(6)
    assert content_seed(a) == content_seed(a.copy()) == content_seed(a[::-1][::-1])
    assert content_seed(a) != content_seed(a + 1)
    assert content_seed(a) != content_seed(a.reshape(2, 3))


def test_critical_value_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    values = rng.uniform(-1, 1, (25, 6))
    band = simultaneous_band(problem_by_problem(values), 400, 0.95, seed=11)
    weights = np.concatenate(list(weight_blocks(25, 400, 11, 6)))
    peaks = []
    for row in weights.astype(np.float64):
        drawn = np.repeat(values, row.astype(int), axis=0)
        variance = STUDENTISED * drawn.var(axis=0) + (1 - STUDENTISED) * values.var(axis=0)
        peaks.append(max(abs(drawn.mean(axis=0) - values.mean(axis=0)) / np.sqrt(variance / 25)))
    assert band.critical == pytest.approx(np.quantile(peaks, 0.95, method="higher"), abs=1e-4)
    half = band.critical * values.std(axis=0, ddof=1) / 5
    assert band.high - band.mean == pytest.approx(half, abs=1e-9)
    assert band.mean - band.low == pytest.approx(half, abs=1e-9)


def test_the_same_seed_gives_the_same_band():
    values = np.random.default_rng(1).uniform(-1, 1, (60, 30))
    one, two = (simultaneous_band(problem_by_problem(values), 500, 0.95, seed=3) for _ in range(2))
    assert one.critical == two.critical and np.array_equal(one.low, two.low)
    assert simultaneous_band(problem_by_problem(values), 500, 0.95, seed=4).critical != one.critical


def test_the_band_holds_everywhere_at_once():
    rng = np.random.default_rng(2)
    held, pointwise, runs = 0, 0, 300
    for seed in range(runs):
        shared = rng.normal(size=(80, 1))
        values = 0.5 * (shared + rng.normal(size=(80, 12)))
        band = simultaneous_band(problem_by_problem(values), 400, 0.95, seed)
        held += bool(np.all((band.low <= 0) & (band.high >= 0)))
        pointwise += bool(np.all((band.ci_low <= 0) & (band.ci_high >= 0)))
    assert 0.91 <= held / runs <= 0.985
    assert pointwise / runs < 0.85


def test_columns_without_spread_take_no_part_and_support_no_false_claim():
    rng = np.random.default_rng(4)
    values = np.zeros((50, 4))
    values[:, 1] = rng.uniform(-1, 1, 50)
    values[:, 2] = 1.0
    values[:, 3] = 0.01
    band = simultaneous_band(problem_by_problem(values), 500, 0.95, seed=0)
    alone = simultaneous_band(problem_by_problem(values[:, [1]]), 500, 0.95, seed=0)
    assert band.critical == pytest.approx(alone.critical, abs=0.3)
    assert band.low[0] < 0 < band.high[0]
    assert 0.7 < band.low[2] < 1 and band.high[2] == 1  # 50 of 50 do support this one
    assert band.low[3] < 0  # a common trifle is within what 50 problems can hide


def test_no_spread_anywhere():
    band = simultaneous_band(problem_by_problem(np.zeros((30, 5))), 200, 0.95, seed=0)
    assert np.all(band.low < 0) and np.all(band.high > 0)


def test_one_problem_leaves_everything_open():
    band = simultaneous_band(problem_by_problem(np.full((1, 3), 0.5)), 200, 0.95, seed=0)
    assert np.all(band.low == -1) and np.all(band.high == 1)


def test_columns_beyond_k_stop_take_no_part():
    values = np.random.default_rng(5).uniform(-1, 1, (60, 30))
    band = simultaneous_band(problem_by_problem(values), 500, 0.95, seed=3, k_stop=10)
    inner = simultaneous_band(problem_by_problem(values[:, :10]), 500, 0.95, seed=3)
    assert band.critical == pytest.approx(inner.critical, abs=1e-3)
    assert (band.high - band.mean) / band.se == pytest.approx(np.full(30, band.critical))


def test_other_levels_and_the_monte_carlo_error_of_the_critical_value():
    values = np.random.default_rng(6).uniform(-1, 1, (60, 30))
    bands = [simultaneous_band(problem_by_problem(values), 1000, 0.95, seed) for seed in range(40)]
    spread = np.std([band.critical for band in bands])
    assert np.mean([band.critical_error for band in bands]) == pytest.approx(spread, rel=0.4)
    one = bands[0]
    assert one.critical_at(0.95) == one.critical < one.critical_at(0.999)
    low, high = one.limits(one.critical_at(0.999), 0.999)
    assert np.all(low < one.low) and np.all(one.high < high)


def test_the_maximum_is_taken_over_few_columns_without_loss():
    assert drawn_columns(np.arange(1, 9)).tolist() == list(range(8))
    columns = drawn_columns(np.arange(1, 513))
    assert columns[0] == 0 and columns[-1] == 511 and len(columns) < 130
    assert np.max((columns[40:] + 1)[1:] / (columns[40:] + 1)[:-1]) < 1.06


def test_too_few_replicates_are_refused():
    with pytest.raises(InputError, match="at least 100 are needed"):
        simultaneous_band(problem_by_problem(np.zeros((5, 2))), 50, 0.99, seed=0)


def test_groups_of_problems_give_what_single_problems_give():
    rng = np.random.default_rng(2)
    m = 12_000
    curves = rng.normal(size=(m, 3)) @ rng.normal(size=(3, 20))
    rare = np.zeros((m, 1))
    rare[rng.choice(m, 8, replace=False)] = 0.3  # eight problems tell all of a column
    values = np.concatenate([curves, rare], axis=1)
    one = problem_by_problem(values)
    groups = draw_groups(m, seed=3)
    assert groups.shape == (UNITS, m) and draw_groups(UNITS, seed=3) is None
    grouped = replace(one, draws=(groups @ one.draws[0],))
    bands = [simultaneous_band(each, 2000, 0.95, seed=1) for each in (one, grouped)]
    assert bands[1].critical == pytest.approx(bands[0].critical, abs=0.1)
    alone = [
        simultaneous_band(
            replace(
                each,
                mean=each.mean[[20]],
                se=each.se[[20]],
                columns=np.array([0]),
                draws=(each.draws[0][:, [20]],),
            ),
            4000,
            0.93,  # between two of the few values that the column can take
            seed=1,
        ).critical
        for each in (one, grouped)
    ]
    assert alone[1] == pytest.approx(alone[0], abs=0.12)
