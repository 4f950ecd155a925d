"""Small simulations with a known truth; `boundary simulate --documented` has them at full size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from benchmarks.exchanged_arms import MIRRORED
from boundary.simulate.draw import Design, Drawn, draw
from boundary.simulate.populations import population
from boundary.simulate.render import lines
from boundary.simulate.runs import Rate, analysed, held_to_truth, rate, simulate
from boundary.stopping import StoppingRule

RUNS = 60


def test_a_rate_has_the_exact_interval() -> None:
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
def test_the_bars_hold(name: str, m: int) -> None:
    """The same bars as at full size: a rate fails where its whole 99 % interval is beyond."""
    result = simulate(Design(name, m, 32, 5), RUNS, 400)
    assert "!" not in lines(result)
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


def test_intervals_hold_the_truth_where_problems_stop_early() -> None:
    """Counts of stopped problems taken for fixed ones, c/t is a point too high here."""
    result = simulate(Design("independent", 100, 32, 5, StoppingRule(32, 8, 4)), RUNS, 400)
    assert "!" not in lines(result)
    assert result.inside.min() / RUNS >= 0.85
    assert rate(result.runs["holds"]).value >= 0.88
    assert rate(result.runs["false"]).value <= 0.1
    shares = result.runs["share_base"].mean(), result.runs["share_other"].mean()
    assert shares == pytest.approx([exact_share()] * 2, rel=0.03)


def exact_share() -> float:
    """Return the expected share of samples: 8, 8 more after fewer than 4 right, 16 more."""
    of = population("independent", 32)
    going = [binom.cdf(3, look, of.base) @ of.weight for look in (8, 16)]
    return float(8 + 8 * going[0] + 16 * going[1]) / 32


def test_clusters_that_nobody_names_do_go_wrong() -> None:
    """So that the bars can fail: this is what they are for."""
    result = simulate(Design("unnamed", 500, 32, 5), RUNS, 400)
    assert rate(result.runs["holds"]).ends[1] < 0.8
    assert rate(result.runs["false"]).ends[0] > 0.2
    named = replace(result, truth=population("clusters", 32))
    assert "!" not in lines(result)  # held to no bar
    assert "!" in lines(named)


@pytest.mark.parametrize("name", ["sharpened early", "new skill", "swapped"])
def test_exchanged_arms_exchange_the_verdict(name: str) -> None:
    truth = population(name, 32)
    difference = truth.difference(np.arange(1, 33))
    for replicate in range(5):
        drawn = draw(truth, Design(name, 100, 32, 8), replicate)
        turned = Drawn(
            drawn.scores.with_columns(
                model=pl.when(pl.col("model") == "base")
                .then(pl.lit("other"))
                .otherwise(pl.lit("base"))
            ),
            drawn.other,
            drawn.base,
        )
        one, two = (
            held_to_truth(analysed(each.scores, 400), each, sign * difference, None)
            for each, sign in ((drawn, 1), (turned, -1))
        )
        for verdict in ("verdict", "verdict_fixed"):
            assert two[verdict] == MIRRORED[str(one[verdict])]
        for same in ("guard", "false", "false_fixed", "holds", "holds_fixed"):
            assert two[same] == one[same]
