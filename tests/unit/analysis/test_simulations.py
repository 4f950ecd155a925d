"""Small simulations with a known truth; tests/benchmarks runs the same at full size."""

import numpy as np
import pytest
from scipy.special import betaln

from benchmarks import coverage, null_verdicts
from populations import of_beta, of_kinds, population, sides
from simulations import Cell, Rate, rate, simulate

RUNS = 60


def test_the_truth_of_a_beta_population_is_the_closed_form():
    ks = np.array([1, 2, 16, 512])
    base, other = of_beta("b", 0.35, 1.2, 1.5, 1.3).pass_at_k(ks)
    assert base == pytest.approx(1 - np.exp(betaln(0.35, 1.2 + ks) - betaln(0.35, 1.2)), abs=1e-9)
    drawn = np.random.default_rng(0).beta(0.35, 1.2, 400_000)
    odds = np.exp(1.3) * (drawn / (1 - drawn)) ** 1.5
    assert other == pytest.approx((1 - (1 + odds)[:, None] ** -ks.astype(float)).mean(0), abs=0.003)


def test_the_true_crossing():
    # Only the base solves a share w, and always; the rest it solves at 0.5 and the other
    # always: D(k) = w − (1 − w)·0.5^k.
    w = 0.1
    exact = np.log(w / (1 - w)) / np.log(0.5)
    assert of_kinds("c", (w, 1.0, 0.0), (1 - w, 0.5, 1.0)).crossing(64) == pytest.approx(exact)
    assert population("swapped", 128).crossing(64) is None
    assert population("rare kinds", 128).crossing(64) is None


def test_three_crossings_are_three():
    side = sides(population("three crossings", 1024).difference(np.arange(1, 513)))
    assert side[np.r_[True, np.diff(side) != 0]].tolist() == [-1, 1, -1, 1]
    assert population("three crossings", 1024).crossing(512) is None


@pytest.mark.parametrize("name", ["identical", "swapped", "independent", "clusters"])
def test_nulls_have_no_difference(name):
    assert not sides(population(name, 128).difference(np.arange(1, 65))).any()


@pytest.mark.parametrize("name", ["identical", "swapped", "rare kinds", "clusters"])
def test_a_benchmark_is_drawn_from_its_population(name):
    drawn = population(name, 128)
    base, other = drawn.draw(100_000, np.random.default_rng(1))
    assert base.mean() == pytest.approx(drawn.pass_at_k(1)[0], abs=0.015)
    assert other.mean() == pytest.approx(drawn.pass_at_k(1)[1], abs=0.015)
    cluster = drawn.cluster(100_000)
    assert (cluster is None) == (name != "clusters")
    if cluster is not None:
        assert (np.bincount(cluster) == 5).all()
        assert (base == base[::5].repeat(5)).all()


def test_a_rate_has_the_exact_interval():
    assert Rate(0, 100).ends == pytest.approx((0.0, 1 - 0.005 ** (1 / 100)))
    assert Rate(100, 100).ends == pytest.approx((0.005 ** (1 / 100), 1.0))


@pytest.mark.parametrize(
    ("name", "m"),
    [
        ("swapped", 100),
        ("swapped", 30),
        ("published", 100),
        ("sharpened early", 100),
        ("rare kinds", 100),
        ("clusters", 500),
    ],
)
def test_the_bars_hold(name, m):
    """The same bars as at full size: a rate fails where its whole 99 % interval is beyond."""
    result = simulate(Cell(name, m, 32, 5), RUNS, 400)
    assert "!" not in coverage.line(result) + null_verdicts.line(result)
    runs = result.runs
    assert rate(runs["holds"]).value >= 0.88
    assert rate(runs["false"]).value <= 0.1
    assert rate(runs["holds_fixed"]).value >= 0.88
    assert result.inside.min() / RUNS >= 0.85
    if name == "sharpened early":
        assert rate(runs["holds_crossing"]).value >= 0.88
        assert (runs["verdict"] == "crossover").sum() >= RUNS / 10
    if m < 100:
        assert runs["guard"].str.contains("small-set").all()


def test_clusters_that_nobody_names_do_go_wrong():
    """So that the bars can fail: this is what they are for."""
    runs = simulate(Cell("unnamed", 500, 32, 5), RUNS, 400).runs
    assert rate(runs["holds"]).ends[1] < 0.8
    assert rate(runs["false"]).ends[0] > 0.2
