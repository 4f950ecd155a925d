"""Two crossed random effects against the analysis of variance by hand, in rationals."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from boundary.analysis.crossed import crossed

#: In eighths: three seeds (rows) on five problems.
EIGHTHS = ((3, -2, 5, 0, 1), (4, -1, 2, 1, -3), (-1, 0, 6, 2, 2))
#: Student's t at 97.5 % with 2 and with 4 degrees of freedom, as of printed tables.
T2, T4 = 4.302652729911275, 2.7764451051977987


def exact():
    return [[Fraction(value, 8) for value in row] for row in EIGHTHS]


def squares(cells):
    """Return mean squares of problems, seeds and residuals (Scheffé 1959, chapter 4)."""
    s, m = len(cells), len(cells[0])
    mean = sum(map(sum, cells)) / (s * m)
    seed = [sum(row) / m for row in cells]
    problem = [sum(row[i] for row in cells) / s for i in range(m)]
    residuals = [[cells[j][i] - seed[j] - problem[i] + mean for i in range(m)] for j in range(s)]
    of_problems = s * sum((each - mean) ** 2 for each in problem) / (m - 1)
    of_seeds = m * sum((each - mean) ** 2 for each in seed) / (s - 1)
    residual = sum(each**2 for row in residuals for each in row) / ((m - 1) * (s - 1))
    return mean, of_problems, of_seeds, residual, residuals


def made(cells, cluster=None):
    values = np.array([[float(value) for value in row] for row in cells])[:, :, None]
    return crossed(values, None if cluster is None else np.array(cluster))


def test_parts_are_those_of_the_two_way_analysis_of_variance():
    mean, of_problems, of_seeds, residual, _ = squares(exact())
    got = made(exact())
    s, m = 3, 5
    assert got.mean.item() == pytest.approx(float(mean), abs=1e-15)
    parts = (got.of_problems, got.of_seeds, got.of_neither)
    for part, square in zip(parts, (of_problems, of_seeds, residual), strict=True):
        assert part.item() == pytest.approx(float(square / (m * s)), rel=1e-13)
    assert got.residual_sd.item() ** 2 == pytest.approx(float(residual), rel=1e-13)
    assert got.problem_sd.item() ** 2 == pytest.approx(float((of_problems - residual) / s))
    assert of_seeds < residual  # by hand: the seeds of this table differ by chance alone
    assert got.seed_sd.item() == 0


def test_the_interval_takes_each_part_at_its_degrees_of_freedom():
    cells = [
        [value + shift for value in row] for row, shift in zip(exact(), (0, 0, 0), strict=True)
    ]
    cells[1] = [value - Fraction(3, 8) for value in cells[1]]
    mean, of_problems, of_seeds, residual, _ = squares(cells)
    got = made(cells)
    seed_variance = (of_seeds - residual) / 5
    assert seed_variance > 0
    assert got.seed_sd.item() ** 2 == pytest.approx(float(seed_variance))
    half = math.sqrt(T4**2 * (of_problems - residual) / 15 + T2**2 * of_seeds / 15)
    low, high = got.interval(0.95)
    unseen = 1 - 0.05 ** (1 / 5)  # a kind of problems that five have not shown
    assert low.item() == pytest.approx(min(mean - half, mean - unseen * (mean + 1)))
    assert high.item() == pytest.approx(max(mean + half, mean + unseen * (1 - mean)))
    alone = got.problems_alone(0.95)
    assert low <= alone[0] and alone[1] <= high


def test_the_interval_of_seeds_is_that_of_tukey_and_williams():
    """Quantiles of χ² and F from printed tables: 2 and 8 degrees of freedom at 2.5 and 97.5 %."""
    cells = [
        [value + shift for value in row] for row, shift in zip(exact(), (0, 1, -1), strict=True)
    ]
    _, _, of_seeds, residual, _ = squares(cells)
    low, high = made(cells).seed_sd_interval(0.95)
    upper = (of_seeds - residual * 6.0595 / 1) * 2 / (5 * 7.377759)
    lower = (of_seeds - residual / 39.373) * 2 / (5 * 0.0506356)
    assert low.item() ** 2 == pytest.approx(float(upper), rel=1e-4)
    assert high.item() ** 2 == pytest.approx(float(lower), rel=1e-4)
    assert low <= made(cells).seed_sd <= high


def test_clusters_are_summed_before_they_are_squared():
    """Against Cameron, Gelbach and Miller, with C/(C−1) and S/(S−1), by hand."""
    cells, cluster = [[*row, row[0]] for row in exact()], [0, 0, 1, 1, 2, 0]
    mean, _, _, _, residuals = squares(cells)
    problem = [sum(row[i] for row in cells) / 3 - mean for i in range(6)]
    groups = [[i for i in range(6) if cluster[i] == c] for c in range(3)]
    robust = Fraction(3, 2) * sum(sum(problem[i] for i in each) ** 2 for each in groups) / 36
    plain = sum(value**2 for value in problem) / (5 * 6)
    got = made(cells, cluster)
    assert got.units == 3 and got.problems == 6
    assert got.of_problems.item() == pytest.approx(float(max(robust, plain)))
    of_neither = sum(
        max(
            Fraction(3, 2) * sum(sum(row[i] for i in each) ** 2 for each in groups) / 36,
            sum(value**2 for value in row) / 30,
        )
        for row in residuals
    ) / (3 * 2)
    assert got.of_neither.item() == pytest.approx(float(of_neither))


@pytest.mark.parametrize("seeds", [1, 2])
def test_fewer_than_three_seeds_have_no_interval(seeds):
    got = made(exact()[:seeds])
    assert got.interval(0.95) is None
    assert np.isnan(got.residual_sd).all() == (seeds == 1)
    assert np.isnan(np.ravel(got.seed_sd_interval(0.95))).all() == (seeds == 1)
    assert all(np.isfinite(end).all() for end in got.problems_alone(0.95))


def test_what_cannot_be_known_is_open_and_what_agrees_is_no_point():
    one = crossed(np.full((3, 1, 2), 0.5) * np.array([1, 2, 3])[:, None, None] / 3)
    low, high = one.interval(0.95)
    assert (low == -1).all() and (high == 1).all()
    whole = made(exact(), [0] * 5)
    assert np.isnan([one.seed_sd[0], whole.seed_sd.item()]).all()
    assert np.isnan(np.ravel(whole.seed_sd_interval(0.95))).all()
    assert whole.interval(0.95)[0].item() == -1 and whole.interval(0.95)[1].item() == 1
    same = crossed(np.full((3, 100, 1), 0.1))
    assert same.seed_sd.item() == 0
    low, high = same.interval(0.95)
    assert low.item() < 0.1 < high.item()


def test_orders_of_seeds_and_problems_do_not_matter_and_signs_are_exchanged():
    rng = np.random.default_rng(1)
    values = rng.normal(0.1, 0.2, (4, 50, 3)) + rng.normal(0, 0.1, (4, 1, 1))
    got, negated = crossed(values), crossed(-values)
    shuffled = crossed(values[::-1, ::-1])
    np.testing.assert_allclose(shuffled.interval(0.95), got.interval(0.95), rtol=1e-12)
    low, high = negated.interval(0.95)
    np.testing.assert_allclose((-high, -low), got.interval(0.95), rtol=1e-12)
    np.testing.assert_allclose(negated.seed_sd, got.seed_sd, rtol=1e-9)


@pytest.mark.parametrize("sds", [(0.02, 0.01, 0.02), (0.0, 0.02, 0.3)])
def test_three_normal_seeds_are_covered_where_approximations_fall_short(sds):
    """Satterthwaite's of the first, 92 to 93 %; V_P + t²·(V_S − V_E) of the second, 91 %."""
    rng, hits, runs = np.random.default_rng(7), 0, 2000
    for _ in range(runs):
        values = sds[2] * rng.standard_normal((3, 500)) + sds[0] * rng.standard_normal(500)
        values += sds[1] * rng.standard_normal((3, 1))
        low, high = crossed(values[:, :, None]).interval(0.95)
        hits += low.item() <= 0 <= high.item()
    assert hits / runs > 0.94


def test_products_of_seed_and_problem_leave_no_cell_out():
    values = np.array([[float(a * b) for a in (-1, 0, 1)] for b in (-1, 0, 1)])[:, :, None]
    got = crossed(values)
    assert got.mean.item() == 0 and got.of_problems.item() == 0 and got.of_seeds.item() == 0
    expected = sum(Fraction((a * b) ** 2, 4) for a, b in product((-1, 0, 1), repeat=2))
    assert got.residual_sd.item() ** 2 == pytest.approx(float(expected))
