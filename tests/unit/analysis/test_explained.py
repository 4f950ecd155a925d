"""Shares of a gain that a control has too: Fieller's closed form, coverage, undetermined ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from boundary.analysis.crossfit import halves
from boundary.analysis.explained import explained_share, mean_between
from boundary.analysis.questions import Questions


def drawn(rng: np.random.Generator, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start = rng.beta(1, 6, m)
    trained = np.clip(start + 0.4 + rng.normal(0, 0.3, m), 0, 1)
    return start, trained, np.clip(start + 0.3 + rng.normal(0, 0.3, m), 0, 1)


def test_the_interval_is_the_roots_of_fiellers_quadratic() -> None:
    start, trained, control = drawn(np.random.default_rng(1), 400)
    d, g = control - start, trained - start
    t2 = float(stdtrit(399, 0.975)) ** 2 / 400
    (vd, vdg), (_, vg) = np.cov(d, g)
    a, b, c = (
        g.mean() ** 2 - t2 * vg,
        -2 * (d.mean() * g.mean() - t2 * vdg),
        d.mean() ** 2 - t2 * vd,
    )
    root = math.sqrt(b * b - 4 * a * c)
    share = explained_share(start, trained, control, Questions.distinct(400), 0.95)
    assert share == pytest.approx(
        (d.mean() / g.mean(), (-b - root) / (2 * a), (-b + root) / (2 * a)), abs=1e-9
    )


def test_clusters_widen_it() -> None:
    start, trained, control = (np.repeat(x, 4) for x in drawn(np.random.default_rng(2), 60))
    apart = explained_share(start, trained, control, Questions.distinct(240), 0.95)
    clusters = Questions(np.arange(240), np.repeat(np.arange(60), 4))
    together = explained_share(start, trained, control, clusters, 0.95)
    assert apart is not None and together is not None
    assert together[0] == apart[0]
    assert together[1] < apart[1] and apart[2] < together[2]


def test_no_share_is_told_of_a_gain_that_may_be_none() -> None:
    rng = np.random.default_rng(3)
    start, control = rng.random(100), rng.random(100)
    problems = Questions.distinct(100)
    assert explained_share(start, start, control, problems, 0.95) is None
    assert explained_share(start, start * 0.2, control, problems, 0.95) is None
    assert explained_share(start, rng.permutation(start), control, problems, 0.95) is None
    # A hundred problems that agree leave 3 points to a kind that none of them shows.
    even = np.full(100, 0.5)
    assert explained_share(even, even + 0.02, even, problems, 0.95) is None
    share = explained_share(even, even + 0.3, even + 0.3, problems, 0.95)
    assert share is not None and share[0] == pytest.approx(1)
    assert share[1] < 0.95 and share[2] > 1.05


@pytest.mark.parametrize(("apart", "m"), [(True, 60), (False, 60), (True, 200)])
def test_chosen_on_one_half_it_is_unbiased_and_the_interval_holds_the_truth(
    apart: bool, m: int
) -> None:
    """Two settings that solve as much, the same or other problems; the chosen one is judged.

    Judged where it was chosen the best of two is 1 to 5 points too high; runs err by .5.
    """
    rng = np.random.default_rng(m)
    off, naive, held, runs = 0.0, 0.0, 0, 400
    for run in range(runs):
        kind = rng.random(m) < 0.5
        rates = np.stack([np.where(kind, 0.9, 0.1), np.where(kind, 0.1, 0.9)])
        rates = rates if apart else np.tile(rng.beta(1, 1, m), (2, 1))
        values = rng.binomial(64, rates) / 64
        start, trained = np.full(m, 0.1), (rng.random(m) < 0.8).astype(float)
        chooses = halves(m, run)[0] == 1
        chosen = values[values[:, chooses].mean(axis=1).argmax(), ~chooses]
        problems = Questions.distinct(len(chosen))
        off += (chosen.mean() - 0.5) / runs
        naive += (values.mean(axis=1).max() - 0.5) / runs
        share = explained_share(start[~chooses], trained[~chooses], chosen, problems, 0.95)
        held += share is not None and share[1] <= 0.4 / 0.7 <= share[2]
        assert mean_between(chosen, problems, 0.95)[0] == pytest.approx(chosen.mean())
    assert abs(off) < 0.008 and (naive > 0.018 or not apart)
    assert held / runs >= 0.93
