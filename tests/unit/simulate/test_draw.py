"""Counts that are drawn: seeds, ends of problems that stop, and what no design can be."""

from __future__ import annotations

from math import comb

import numpy as np
import polars as pl
import pytest

from boundary.errors import InputError
from boundary.simulate.draw import Design, content_seeded, draw, ends
from boundary.simulate.populations import population
from boundary.stopping import StoppingRule
from boundary.tables import SCORES, STOPPING
from boundary.validating import check

RULE = StoppingRule(n_max=32, first_look=8, stop_after=4)


def test_seeds_follow_from_what_is_drawn_and_a_number() -> None:
    one = content_seeded("swapped", 50, 32, 0, None)
    assert content_seeded("swapped", 50, 32, 0, None) == one
    others = [("identical", 50, 32, 0), ("swapped", 51, 32, 0), ("swapped", 50, 16, 0)]
    others.append(("swapped", 50, 32, 1))
    assert one.seed not in {content_seeded(*other, None).seed for other in others}
    truth = population("swapped", 32)
    drawn = [draw(truth, one, replicate) for replicate in (0, 0, 1)]
    assert drawn[0].scores.equals(drawn[1].scores)
    assert not drawn[0].scores.equals(drawn[2].scores)


def test_designs_that_stop_sample_the_problems_of_those_that_do_not() -> None:
    truth = population("independent", 32)
    fixed, stopping = (
        draw(truth, content_seeded("independent", 40, 32, 5, rule), 3) for rule in (None, RULE)
    )
    assert (fixed.base == stopping.base).all()
    assert (fixed.other == stopping.other).all()
    assert fixed.scores["n"].unique().to_list() == [32]
    assert set(STOPPING).isdisjoint(fixed.scores.columns)


@pytest.mark.parametrize("name", ["swapped", "rare kinds", "clusters"])
def test_ends_obey_the_rules_of_scores(name: str) -> None:
    design = content_seeded(name, 1000, 32, 0, RULE)
    scores = check(draw(population(name, 32), design, 0).scores, SCORES, "scores")
    assert scores.height == 2000
    assert scores.select(STOPPING).unique().rows() == [(32, 8, 4)]
    assert set(scores["n"].unique()) <= {8, 16, 32}
    stopped = scores.filter(pl.col("n") < 32)
    assert stopped.height and (stopped["correct"] >= 4).all()


@pytest.mark.parametrize("p", [0.05, 0.2, 0.6])
def test_ends_come_as_often_as_the_rule_says(p: float) -> None:
    """Of t = 16: D·p^c·q^(16−c), D the orders with fewer than 4 successes at 8."""
    problems = 40_000
    n, correct = ends(
        np.full(problems, p), Design("x", problems, 32, 0, RULE), np.random.default_rng(3)
    )
    for c in range(4, 12):
        orders = sum(comb(8, a) * comb(8, c - a) for a in range(4) if 0 <= c - a <= 8)
        chance = orders * p**c * (1 - p) ** (16 - c)
        error = np.sqrt(chance * (1 - chance) / problems) + 1 / problems
        assert abs(((n == 16) & (correct == c)).mean() - chance) < 4.5 * error
    going = sum(comb(8, a) * p**a * (1 - p) ** (8 - a) for a in range(4))
    assert (n > 8).mean() == pytest.approx(going, abs=0.012)
    # Stopped counts are no fixed ones: their plain mean is not p.
    assert (n == 8).mean() == pytest.approx(1 - going, abs=0.012)


@pytest.mark.parametrize(
    ("m", "n", "rule", "problem"),
    [
        (7, 32, None, "--problems 7: clusters has 5 in each cluster"),
        (10, 32, StoppingRule(32, 8, 9), "no problem could stop; try --stop-first 18"),
        (10, 48, StoppingRule(48, 8, 4), "the nearest are 32 or 64"),
        (10, 8, StoppingRule(8, 8, 4), "the nearest are 16 or 32"),
    ],
)
def test_designs_that_cannot_be(m: int, n: int, rule: StoppingRule | None, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        content_seeded("clusters", m, n, 0, rule)
