"""Thinning, the gate and the envelope of families."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.analysis.draws import drawn_correct
from boundary.analysis.extrapolation import THINNINGS, Extrapolation
from boundary.analysis.questions import Questions
from boundary.simulate.populations import of_beta
from simulations import make_pair


def drawn(population, m=150, n=64, seed=1):
    rng = np.random.default_rng(seed)
    return make_pair(*(rng.binomial(n, p) for p in population.draw(m, rng)), n, None)


def test_thinning_draws_from_the_samples_without_putting_back():
    pair = make_pair(np.full(4000, 3), np.full(4000, 7), 8, None)
    thinned = Extrapolation(pair)._thinned(4, 0)
    assert (thinned[[0, 2]] == 4).all()
    for drawn_counts, correct in ((thinned[1], 3), (thinned[3], 7)):
        seen = np.bincount(drawn_counts, minlength=5) / 4000
        exact = drawn_correct(np.array([8]), np.array([correct]), 4)[0]
        assert (np.abs(seen - exact) <= 4.5 * np.sqrt(exact * (1 - exact) / 4000)).all()
        assert (seen[exact == 0] == 0).all()


def test_thinning_to_as_many_changes_nothing():
    pair = drawn(of_beta("", 0.4, 0.6), m=30)
    whole = Extrapolation(pair)
    assert sorted(zip(*whole._thinned(64, 5)[[1, 3]].tolist(), strict=True)) in [
        sorted(zip(*arms, strict=True))
        for arms in (
            (pair.base_correct.tolist(), pair.other_correct.tolist()),
            (pair.other_correct.tolist(), pair.base_correct.tolist()),
        )
    ]


def test_a_family_that_is_true_passes_and_its_envelope_holds_the_truth():
    truth = of_beta("", 0.35, 1.2, 1.0, 1.0)
    asked = Extrapolation(drawn(truth, m=300))
    gate = asked.gate()
    assert gate.n == 8 and gate.fitted == THINNINGS and gate.passed
    ks = np.array([128, 512])
    low, high = asked.envelope(ks)
    assert (low <= truth.difference(ks)).all() and (truth.difference(ks) <= high).all()


def test_kinds_that_fewer_samples_do_not_see_close_the_gate():
    rng = np.random.default_rng(2)
    rates = np.repeat([0.9, 0.012], 100)
    pair = make_pair(rng.binomial(64, rates), rng.binomial(64, np.repeat([0.9, 0], 100)), 64, None)
    gate = Extrapolation(pair).gate()
    assert not gate.passed and gate.covered < 0.9 and 8 < gate.k <= 64


def test_too_few_solved_problems_leave_nothing_to_judge_by():
    gate = Extrapolation(make_pair(np.eye(1, 40, dtype=int)[0], np.full(40, 32), 64, None)).gate()
    assert gate.covered is None and not gate.passed and gate.fitted == 0


def test_both_solving_all_is_no_certainty():
    low, high = Extrapolation(make_pair(np.full(50, 64), np.full(50, 64), 64, None)).envelope(
        np.array([128])
    )
    assert low[0] == pytest.approx(-high[0]) and high[0] > 0.05


def test_copies_of_a_question_count_once():
    one = drawn(of_beta("", 0.4, 0.6), m=40)
    twice = make_pair(np.repeat(one.base_correct, 2), np.repeat(one.other_correct, 2), 64, None)
    copied = type(one)(**{**vars(twice), "questions": Questions(np.repeat(np.arange(40), 2))})
    ends = [np.concatenate(Extrapolation(each).envelope(np.array([128]))) for each in (one, copied)]
    assert ends[0].tolist() == ends[1].tolist()
