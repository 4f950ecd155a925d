"""What more samples would add: closed forms, and simulations whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from boundary.analyses.solved_sets.unseen import TOSSES, unseen_row, weights
from boundary.analysis.questions import Questions
from boundary.simulate.populations import of_beta, of_kinds, population


def row_of(correct, n=64, questions=None):
    correct = np.asarray(correct)
    size = np.broadcast_to(n, len(correct)).astype(np.int64)
    questions = questions or Questions.distinct(len(correct))
    return unseen_row(size, correct, questions, 0.95).row(0, named=True)


def test_weights_are_those_of_the_alternating_series_cut_at_random():
    heads = [sum(math.comb(TOSSES, i) for i in range(j, TOSSES + 1)) / 2**TOSSES for j in range(6)]
    expected = [0.0, heads[1], -heads[2], heads[3], -heads[4], heads[5], 0, 0]
    assert weights(np.array([0, 1, 2, 3, 4, 5, 6, 99])) == pytest.approx(expected, abs=1e-15)


def test_new_solves_and_the_bound_of_chao_by_hand():
    correct = [0] * 20 + [1] * 10 + [2] * 4 + [3] * 2 + [30] * 14
    row = row_of(correct)
    assert (row["solved"], row["once"], row["twice"]) == (30, 10, 4)
    assert row["new"] == pytest.approx(10 * 31 / 32 - 4 * 26 / 32 + 2 * 16 / 32)
    part = 63 / 64
    bound = part * 10 * 9 / (2 * 5)
    assert row["chao"] == pytest.approx(bound)
    # Chao's variance (1987), less what a total fixed at M problems takes away.
    slopes = part * 19 / 10, -part * 90 / 50
    moments = 10 * slopes[0] ** 2 + 4 * slopes[1] ** 2
    moments -= (10 * slopes[0] + 4 * slopes[1]) ** 2 / 50
    spread = bound + moments * 50 / 49
    factor = math.exp(1.959963985 * math.sqrt(math.log1p(spread / bound**2)))
    assert row["chao_low"] == pytest.approx(bound / factor)
    assert row["chao_high"] == pytest.approx(min(bound * factor, 20))


def test_nothing_exceeds_what_is_unsolved():
    row = row_of([0] * 2 + [1] * 40)
    assert row["new"] == row["new_high"] == row["chao"] == row["chao_high"] == 2
    solved = row_of([64] * 30)
    assert solved["new_high"] == 0 and solved["chao_low"] is None and solved["unreliable"]
    never = row_of([0] * 30)
    assert never["new"] == 0 and 0 < never["new_high"] < 5 and never["unreliable"]
    assert row_of([1] * 9 + [0] * 9, n=4)["unreliable"]


def test_single_samples_tell_nothing_of_new_solves():
    """Of nine problems solved in their only sample, as many may be sure as rare."""
    row = row_of([1] * 9 + [0] * 9, n=1)
    assert row["new"] is row["new_low"] is row["new_high"] is None and row["unreliable"]
    assert row_of([1] * 9 + [0] * 9, n=[1] * 17 + [2])["new"] is not None


def test_ids_of_one_question_count_once():
    correct = np.array([0, 1, 2, 1, 0, 5, 9, 1])
    once = row_of(correct)
    often = row_of(np.repeat(correct, 3), questions=Questions(np.repeat(np.arange(8), 3)))
    assert once == pytest.approx(often)


POPULATIONS = {
    "published": lambda: population("published", 128),
    "sharpened late": lambda: population("sharpened late", 128),
    "new skill": lambda: population("new skill", 128),
    "rare": lambda: of_beta("rare", 0.1, 0.3),
    "alike": lambda: of_kinds("alike", (0.5, 0.01, 0.01), (0.5, 0.0, 0.0)),
}


@pytest.mark.parametrize("n", [16, 128, 1024])
@pytest.mark.parametrize("name", POPULATIONS)
def test_the_number_of_new_solves_is_nearly_unbiased(name, n):
    """In the whole population, so that only the series and its cut can be wrong."""
    kinds = POPULATIONS[name]()
    times = np.arange(1, TOSSES + 1)
    law = binom.pmf(times[:, None], n, kinds.base) @ kinds.weight
    truth = ((1 - kinds.base) ** n * (1 - (1 - kinds.base) ** n)) @ kinds.weight
    assert weights(times) @ law == pytest.approx(truth, abs=0.004)


@pytest.mark.parametrize("name", ["sharpened late", "rare", "alike"])
def test_intervals_hold_the_truth(name):
    kinds, rng = POPULATIONS[name](), np.random.default_rng(6)
    held = bounded = chao = unseen = 0.0
    missed = (1 - kinds.base) ** 128
    truth = 200 * float((missed * (1 - missed)) @ kinds.weight)
    for _ in range(200):
        p, _ = kinds.draw(200, rng)
        row = row_of(rng.binomial(128, p), n=128)
        held += row["new_low"] <= truth <= row["new_high"]
        chao += row["chao"] / 200
        unseen += ((1 - p) ** 128)[p > 0].sum() / 200
        bounded += row["chao_low"] <= ((1 - p) ** 128)[p > 0].sum()
    assert held / 200 >= 0.93 and bounded / 200 >= 0.95
    # A lower bound in the mean, and the number itself where all rates are one.
    assert chao <= 1.02 * unseen
    if name == "alike":
        assert chao == pytest.approx(unseen, rel=0.1)
