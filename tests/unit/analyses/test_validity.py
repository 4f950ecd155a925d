"""Draws of how many chains are valid: limits that are known, and truth that was simulated."""

import numpy as np
import pytest

from boundary.analyses.cot.validity import Units, draw_valid_counts


def units(*problems):
    """Return units of ``(label, truth)`` lists, one list a problem, each of weight 1."""
    rows = [(i, *unit) for i, problem in enumerate(problems) for unit in problem]
    problem, label, truth = np.array(rows, dtype=np.int64).T
    return Units(problem, np.ones(len(rows), dtype=np.int64), label, truth)


def draw(made, problems, sensitivity=1.0, specificity=1.0, draws=400):
    both = (np.full(draws, float(x)) for x in (sensitivity, specificity))
    return draw_valid_counts(made, problems, *both, seed=1)


def test_known_chains_are_known_in_every_draw():
    made = units([(-1, 1), (-1, 1), (-1, 0)], [(-1, 0)])
    assert np.array_equal(np.unique(draw(made, 2), axis=0), [[2, 0]])


def test_a_perfect_judge_is_believed():
    made = units([(1, -1), (1, -1), (0, -1)], [(0, -1)])
    assert np.array_equal(np.unique(draw(made, 2), axis=0), [[2, 0]])


def test_a_judge_that_always_errs_is_turned_round():
    made = units([(1, -1), (1, -1), (0, -1)], [(0, -1)])
    assert np.array_equal(np.unique(draw(made, 2, 0, 0), axis=0), [[1, 1]])


def test_copies_of_a_text_are_valid_together():
    made = units([(-1, -1), (-1, 1)])._replace(weight=np.array([5, 2]))
    assert set(draw(made, 1)[:, 0]) == {2, 7}


def test_a_useless_judge_leaves_everything_open():
    """Sensitivity + specificity = 1: labels tell nothing, and nothing else is known."""
    made = units(*([(1, -1)] * 4 + [(0, -1)] * 4 for _ in range(10)))
    share = draw(made, 10, 0.7, 0.3).sum(axis=1) / 80
    assert np.quantile(share, 0.025) < 0.1 and np.quantile(share, 0.975) > 0.9
    assert share.mean() == pytest.approx(0.5, abs=0.06)


def test_the_same_seed_draws_the_same():
    made = units([(-1, -1), (-1, 1), (-1, 0)])
    assert np.array_equal(draw(made, 1), draw(made, 1))


def test_what_was_judged_tells_of_what_was_not():
    """Of 60 problems all judged chains are valid, or of 60 none is."""
    for truth, low, high in ((1, 0.9, 1.0), (0, 0.0, 0.1)):
        made = units(*([(-1, truth)] * 4 + [(-1, -1)] * 4 for _ in range(60)))
        guessed = draw(made, 60) - 4 * truth
        assert low <= guessed.mean() / 4 <= high


def test_chains_of_one_problem_are_taken_to_be_alike_where_they_are():
    """Half of the problems are valid throughout: the fourth chain follows the three judged."""
    made = units(*([(-1, i % 2)] * 3 + [(-1, -1)] for i in range(80)))
    mean = draw(made, 80).mean(axis=0)
    assert mean[1::2].mean() > 3.85 and mean[0::2].mean() < 0.15


@pytest.mark.parametrize("kappa", [0.3, 4.0])
def test_the_interval_of_the_valid_share_covers_the_truth(kappa):
    """Known sensitivity and specificity: Bayes over θ, so 95 % of intervals hold the truth."""
    rng = np.random.default_rng(7)
    held, runs, problems = 0, 40, 40
    for _ in range(runs):
        share = rng.beta(0.4 * kappa, 0.6 * kappa, problems)
        valid = rng.random((problems, 6)) < share[:, None]
        accepted = np.where(valid, rng.random(valid.shape) < 0.85, rng.random(valid.shape) < 0.25)
        label = np.where(np.arange(6) < 4, accepted, -1).ravel()
        made = Units(
            np.repeat(np.arange(problems), 6),
            np.ones(240, dtype=np.int64),
            label.astype(np.int64),
            np.full(240, -1, dtype=np.int64),
        )
        total = draw(made, problems, 0.85, 0.75, draws=200).sum(axis=1)
        low, high = np.quantile(total, [0.025, 0.975])
        held += low <= valid.sum() <= high
    assert held / runs >= 0.85
