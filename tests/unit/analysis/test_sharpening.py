"""The line of log-odds: known truths, exchange, what stands out, and what has no line."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import expit

from boundary.analysis.log_odds import cell_likelihood
from boundary.analysis.pairs import pair_from_spec
from boundary.analysis.questions import Questions
from boundary.analysis.sharpening import discoveries, sharpening
from simulations import exchanged, make_pair


def drawn(slope, shift=0.0, *, m=400, n=128, seed=1, new=0, scatter=0.0):
    """Return a pair with a known line; ``new`` problems only the other model solves."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-0.5, 2, m)
    p, r = expit(x), expit(slope * x + shift + scatter * rng.normal(size=m))
    p[:new], r[:new] = 0.0, 0.4
    return make_pair(rng.binomial(n, p), rng.binomial(n, r), n, None)


@pytest.mark.parametrize("slope", [0.7, 1.0, 1.6])
@pytest.mark.parametrize("n", [16, 128, 1024])
def test_the_slope_is_that_of_the_truth(slope, n):
    line = sharpening(drawn(slope, 0.4, n=n)).line
    assert line.low < slope < line.high
    assert line.high / line.low < 1.35
    assert line.shift == pytest.approx(0.4, abs=0.35)


def test_scatter_bends_no_slope_as_it_does_least_squares():
    """With error on both sides equal, models alike have slope 1; regression says 0.8."""
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 2, 500)
    p, r = (expit(truth + rng.normal(size=500)) for _ in range(2))
    line = sharpening(make_pair(rng.binomial(128, p), rng.binomial(128, r), 128, None)).line
    assert line.low < 1 < line.high
    assert line.correlation == pytest.approx(0.8, abs=0.05)


def test_scatter_alone_is_no_sharpening():
    """Slope 1 and scatter of 2 in one model widen its spread to √2 of the other's."""
    for pair, who in ((drawn(1.0, scatter=2.0), "scatter"), (drawn(1.5, scatter=0.5), "other")):
        line, turned = sharpening(pair).line, sharpening(exchanged(pair)).line
        assert line.low > 1 > turned.high
        assert line.sharper == (None if who == "scatter" else who)
        assert turned.sharper == (None if who == "scatter" else "base")


def test_a_shift_is_no_sharpening_where_problems_out_of_reach_stand_apart():
    """Three in ten are solved once in 8,000; of the rest a shift of 1 leaves all as far apart."""
    lines = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = np.where(rng.random(200) < 0.3, -9.0, 1.0) + rng.normal(size=200)
        counts = (rng.binomial(64, expit(x + shift)) for shift in (0.0, 1.0))
        lines.append(sharpening(make_pair(*counts, 64, None)).line)
    assert sum(line.sharper is None for line in lines) >= 11
    assert sum(line.low < 1 < line.high for line in lines) >= 11
    assert all(sharpening(drawn(1.2, 2.0, seed=seed)).line.sharper == "other" for seed in range(3))


def test_without_problems_at_the_ends_there_must_be_a_line_too():
    """Two thirds fail or solve all, alike; of the rest one model tells nothing of the other."""
    rng = np.random.default_rng(1)
    ends = np.repeat([0, 64], 40)
    base, other = (np.append(ends, rng.integers(8, 57, 40)) for _ in range(2))
    made = sharpening(make_pair(base, other, 64, None))
    assert made.line is None
    assert made.note.startswith("no line without problems that both always solve or fail: ")


def test_new_problems_bend_no_line_and_stand_out():
    pair = drawn(1.4, 0.5, new=24)
    made = sharpening(pair)
    assert made.line.low < 1.4 < made.line.high
    assert made.line.off == pytest.approx(24 / 400, abs=0.04)
    assert made.other.beyond[:24].sum() >= 22
    assert not made.other.beyond[24:].any() and not made.base.beyond.any()


def test_sharpening_alone_lets_nothing_stand_out():
    for seed in range(10):
        made = sharpening(drawn(1.5, 2.0, m=200, n=64, seed=seed))
        assert not made.other.beyond.any() and not made.base.beyond.any()


def test_exchanging_turns_the_line_over_and_exchanges_the_sides():
    pair = drawn(1.4, 0.5, new=12, scatter=0.5)
    one, two = sharpening(pair), sharpening(exchanged(pair))
    assert one.line.slope * two.line.slope == pytest.approx(1, rel=1e-12)
    assert one.line.low * two.line.high == pytest.approx(1, rel=1e-12)
    assert two.line.shift == pytest.approx(-one.line.shift / one.line.slope)
    np.testing.assert_array_equal(one.other.p, two.base.p)
    np.testing.assert_array_equal(one.base.expected, two.other.expected)


def test_order_of_problems_changes_no_digit():
    pair = drawn(1.3, m=100)
    order = np.random.default_rng(5).permutation(100)
    turned = replace(
        pair, base_correct=pair.base_correct[order], other_correct=pair.other_correct[order]
    )
    assert sharpening(turned).line == sharpening(pair).line
    np.testing.assert_array_equal(sharpening(turned).other.p, sharpening(pair).other.p[order])


def test_copies_of_a_problem_tell_no_more_than_it():
    pair = drawn(1.3, m=100, n=32)
    names = ("base_n", "base_correct", "other_n", "other_correct")
    twice = replace(
        pair,
        problem_ids=[*pair.problem_ids, *(f"{name}b" for name in pair.problem_ids)],
        questions=Questions(np.tile(np.arange(100), 2)),
        **{name: np.tile(getattr(pair, name), 2) for name in names},
    )
    one, two = sharpening(pair), sharpening(twice)
    assert two.line == one.line
    np.testing.assert_allclose(two.other.p, one.other.p)


def test_ids_of_one_question_are_of_equal_weight_in_it():
    """Two different counts of each question weigh as half a problem each."""
    one, two = drawn(1.3, m=60, seed=1), drawn(1.3, m=60, seed=2)
    names = ("base_n", "base_correct", "other_n", "other_correct")
    counts = {name: np.concatenate([getattr(one, name), getattr(two, name)]) for name in names}
    ids = [f"p{i}" for i in range(120)]
    apart = sharpening(replace(one, problem_ids=ids, questions=Questions.distinct(120), **counts))
    joined = replace(one, problem_ids=ids, questions=Questions(np.tile(np.arange(60), 2)), **counts)
    made = sharpening(joined)
    assert made.line.slope == pytest.approx(apart.line.slope, rel=1e-3)
    both = apart.other.p[:60] + apart.other.p[60:]
    np.testing.assert_allclose(made.other.p, both / 2, rtol=0.05)


def test_clusters_widen_the_interval():
    one = drawn(1.3, m=60)
    counts = {name: np.repeat(getattr(one, name), 5) for name in ("base_n", "base_correct")}
    counts |= {name: np.repeat(getattr(one, name), 5) for name in ("other_n", "other_correct")}
    ids = [f"p{i}" for i in range(300)]
    cluster = np.repeat(np.arange(60), 5)
    apart = replace(one, problem_ids=ids, questions=Questions.distinct(300), **counts)
    named = replace(apart, questions=Questions(np.arange(300), cluster))
    width = [math.log(s.line.high / s.line.low) for s in (sharpening(apart), sharpening(named))]
    assert width[1] > 1.5 * width[0]


@pytest.mark.parametrize(
    ("base", "other", "word"),
    [
        ([4] * 50, [2] * 50, "needed"),  # all solved
        ([0] * 50, [0] * 50, "needed"),
        ([2], [3], "needed"),
        ([0, 4] * 25, [1, 3] * 25, "needed"),  # no problem with right and wrong
        ([2] * 50, [2] * 50, None),  # flat
    ],
)
def test_no_line_is_said_so(base, other, word):
    made = sharpening(make_pair(np.array(base), np.array(other), 4, None))
    assert made.line is None or made.line.low < 1 < made.line.high
    if word:
        assert made.line is None and made.other is None and word in made.note


def test_models_that_have_nothing_in_common_have_no_line():
    rng = np.random.default_rng(2)
    base, other = rng.binomial(64, expit(rng.normal(0, 2, (2, 200))))
    made = sharpening(make_pair(base, other, 64, None))
    assert made.line is None and "correlate" in made.note


def test_problems_alike_have_no_line():
    """Log-odds of 1 and of 3 for every problem: counts differ by chance alone."""
    rng = np.random.default_rng(4)
    base, other = (rng.binomial(64, expit(value), 100) for value in (1.0, 3.0))
    made = sharpening(make_pair(base, other, 64, None))
    assert made.line is None and made.note.startswith("no line")


def test_a_cell_holds_the_integral_of_its_likelihood():
    """Counts of 10 of 10⁶ and of 5 of 10 against sums on a grid 400 times as fine."""
    n, correct = np.array([1_000_000, 10]), np.array([500_000, 5])
    cells = cell_likelihood(n, correct)
    assert cells.sum(axis=1) == pytest.approx([1, 1])
    assert cells[0].max() == pytest.approx(1)  # far narrower than a cell, and within the middle one
    fine = np.arange(-12.1875 + 0.375 / 800, 12.1875, 0.375 / 400)
    weight = np.exp(5 * np.log(expit(fine)) + 5 * np.log(expit(-fine)))
    summed = weight.reshape(-1, 400).sum(axis=1)
    np.testing.assert_allclose(cells[1], summed / summed.sum(), atol=1e-6)


def test_discoveries_are_those_of_benjamini_and_hochberg():
    """The fifteen p-values of their paper: four discoveries at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert discoveries(np.array(p), 0.05).sum() == 4
    assert not discoveries(np.array([0.02, 0.6]), float(Fraction(1, 100))).any()


def test_the_odd_problem_of_the_published_pair_is_one_to_read(math500, math500_comparison):
    """0 of 128 under the base, 126 of 128 under the other, and a malformed reference answer."""
    pair = pair_from_spec(math500, math500_comparison)
    other = sharpening(pair).other
    assert other is not None
    assert [pair.problem_ids[place] for place in np.flatnonzero(other.candidates)] == ["242"]
    assert not other.beyond.any()  # no claim rests on it
