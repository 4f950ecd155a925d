"""The tests of chance: exact by enumeration, and never above what they promise."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pytest

from boundary.guards.codes import as_blocks
from boundary.guards.trials import (
    FEWER,
    MORE,
    SLACK,
    Trials,
    aligned,
    apart,
    drawn_again,
    known_chances,
    lagged,
    multiples,
    repeated,
)

POOLS = [(0, 0, 1, 1), (0, 0, 1, 2), (0, 0, 0, 1), (0, 0, 0, 0), (0, 1, 2, 3), (0, 0, 0, 1, 1, 2)]
PAIRINGS = {
    "aligned": lambda blocks: aligned(*blocks.shards),
    "repeated": lambda blocks: repeated(blocks, 0),
    "apart": lambda blocks: apart(*blocks.shards),
}


@pytest.mark.parametrize("factors", [MORE, FEWER])
@pytest.mark.parametrize("pairing", PAIRINGS)
@pytest.mark.parametrize("pool", POOLS)
def test_over_all_orders_the_mean_of_e_is_one(pool, pairing, factors, rows):
    """Exchangeable responses: whatever they are, every order is as likely."""
    orders = dict.fromkeys(permutations(pool), 0)
    for order in permutations(pool):
        orders[order] += 1
    total, mean = math.factorial(len(pool)), 0.0
    for order, count in orders.items():
        values = np.array(order).reshape(1, 2, -1)
        trials = PAIRINGS[pairing](as_blocks(rows(values)))
        mean += count / total * math.exp(trials.log_e(factors))
    assert mean == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("pool", POOLS[:5])
def test_over_all_orders_the_best_of_the_lags_gains_no_more_than_their_number(pool, rows):
    lags, mean = len(pool) // 2, 0.0
    for order in permutations(pool):
        shard = as_blocks(rows(np.array(order).reshape(1, 1, -1))).shards[0]
        mean += math.exp(lagged(shard).log_e()) / math.factorial(len(pool))
    assert mean <= lags + 1e-9


def test_a_layout_is_found_at_its_distance(rows):
    values = np.array([[[1, 2, 3, 1, 2, 3]], [[4, 5, 6, 4, 5, 7]]])
    trials = lagged(as_blocks(rows(values)).shards[0])
    assert trials.problem.tolist() == [0, 0, 0, 1, 1, 1]
    assert trials.success.tolist() == [True, True, True, True, True, False]
    assert trials.chance == pytest.approx([6 / 30, 4 / 12, 1, 4 / 30, 2 / 12, 0])


def test_responses_seen_before_by_hand():
    """Pool a a a b b c; the block reveals a b a b."""
    pool, total = np.array([[0, 3, 2, 1]]), np.array([6])
    trials = drawn_again(np.array([9]), pool, total, np.array([[1, 2, 1, 2]]))
    assert trials.chance == pytest.approx([2 / 5, 3 / 4, 2 / 3])
    assert trials.success.tolist() == [False, True, True]
    assert trials.problem.tolist() == [9, 9, 9]
    assert trials.excess == pytest.approx((2 - 2 / 5 - 3 / 4 - 2 / 3) / (3 - 2 / 5 - 3 / 4 - 2 / 3))
    rare = trials.below(0.7)
    assert (rare.successes, rare.chance.tolist()) == (1, pytest.approx([2 / 5, 2 / 3]))


@pytest.mark.parametrize(
    "model", [(0.5, 0.5), (0.9, 0.1), (0.25,) * 4, (0.6, 0.2, 0.1, 0.1), (0.2,) * 5]
)
@pytest.mark.parametrize("size", [4, 5, 6, 9])
def test_multiples_are_no_likelier_than_promised(model, size, rows):
    """All samples of categorical models, by the number of different texts."""
    ways = [c for c in product(range(size + 1), repeat=len(model)) if sum(c) == size]
    drawn = np.array([np.repeat(np.arange(len(model)), way) for way in ways])
    mass = np.array(
        [
            math.factorial(size)
            * math.prod(p**c / math.factorial(c) for p, c in zip(model, way, strict=True))
            for way in ways
        ]
    )
    assert mass.sum() == pytest.approx(1)
    texts = (np.array(ways) > 0).sum(axis=1)
    for trials in multiples(as_blocks(rows(drawn[:, None])).shards[0]):
        for chance in np.unique(trials.chance):
            of = trials.chance == chance  # so many texts, with a remainder or without
            assert len(np.unique(texts[trials.problem[of]])) == 1
            hit = mass[trials.problem[of & trials.success]].sum()
            assert hit <= chance * mass[trials.problem[of]].sum() + 1e-12


def test_problems_multiply(rows):
    rng = np.random.default_rng(2)
    values = rng.integers(0, 3, (7, 2, 4))
    for pairing in PAIRINGS.values():
        whole = pairing(as_blocks(rows(values)))
        single = [pairing(as_blocks(rows(values[i : i + 1]))) for i in range(7)]
        for z in MORE:
            assert whole.log_e((z,)) == pytest.approx(sum(x.log_e((z,)) for x in single))


def test_equal_responses_are_counted_by_problem(rows):
    values = np.array([[[1, 2], [1, 3]], [[4, 5], [6, 7]], [[8, 9], [8, 9]]])
    trials = aligned(*as_blocks(rows(values)).shards)
    assert trials.problem.tolist() == [0, 0, 1, 1, 2, 2]
    assert trials.success.tolist() == [True, False, False, False, True, True]
    assert trials.chance == pytest.approx([1 / 6, 0, 0, 0, 1 / 3, 1])
    assert trials.problems.tolist() == [0, 2]


def test_blocks_are_compared_on_what_they_share(rows):
    values = np.array([[[1, 2, 3], [1, -1, -1]], [[-1, -1, -1], [4, 4, -1]]])
    trials = aligned(*as_blocks(rows(values)).shards)
    assert (trials.problem.tolist(), trials.success.tolist()) == ([0], [True])
    assert trials.chance == pytest.approx([1])  # of two responses that are equal, all are


MODELS = [(0.5, 0.3, 0.2), (0.97, 0.02, 0.01), (0.02, 0.02, 0.02)]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("slack", [SLACK, 0.0])
def test_over_all_samples_the_mean_of_e_is_at_most_one(model, slack, rows, monkeypatch):
    """Four samples of a categorical model; what is left of the mass is never twice the same."""
    monkeypatch.setattr("boundary.guards.trials.SLACK", slack)
    rest = 1 - sum(model)
    mean = dict.fromkeys(MORE, 0.0)
    chances = []
    for drawn in product(range(4 if rest > 1e-9 else 3), repeat=4):
        values = np.array([10 + i if x == 3 else x for i, x in enumerate(drawn)])
        mass = [rest if x == 3 else model[x] for x in drawn]
        logs = np.array([1e-9 if x == 3 else model[x] for x in drawn])
        frame = rows(values.reshape(1, 1, 4), np.log(logs).reshape(1, 1, 4))
        trials = known_chances(frame, as_blocks(frame).names, 1.0, 1.0)
        chances += trials.chance.tolist()
        for z in MORE:
            mean[z] += math.prod(mass) * math.exp(trials.log_e((z,)))
    assert all(0 < chance <= 0.1 for chance in chances)
    for value in mean.values():
        assert value <= 1 + 1e-6
    if slack == 0 and chances:
        assert mean[3.0] == pytest.approx(1, abs=1e-6)


def test_chances_by_hand(rows):
    """T = 2, top_p = 0.5: the square root of p, and a factor 2 for each token."""
    values = np.array([[[5, 6, 5, 5]]])
    logs = np.array([[[-90.0, -100.0, -90.0, -91.0]]])
    frame = rows(values, logs, tokens=10)
    trials = known_chances(frame, as_blocks(frame).names, 2.0, 0.5)
    five, six = (math.exp(x / 2 + 10 * math.log(2) + SLACK) for x in (-90.0, -100.0))
    assert trials.chance == pytest.approx([five, five + six, five + six])
    assert trials.success.tolist() == [False, True, True]


def test_short_empty_and_unknown_responses_are_no_repeats(rows):
    values = np.zeros((1, 1, 4), dtype=int)
    short = rows(values, tokens=7)
    empty = rows(values).with_columns(empty=True)
    unknown = rows(values).with_columns(logprob_sum=None)
    for frame in (short, empty, unknown):
        trials = known_chances(frame.cast({"logprob_sum": float}), as_blocks(frame).names, 1.0, 1.0)
        assert trials.success.sum() == 0


def test_a_chance_that_underflows_is_none_the_less_there(rows):
    frame = rows(np.zeros((1, 1, 3), dtype=int), np.full((1, 1, 3), -5000.0))
    trials = known_chances(frame, as_blocks(frame).names, 1.0, 1.0)
    assert trials.success.tolist() == [True, True]
    assert (trials.chance > 0).all()
    assert trials.log_e() > 20


def test_no_trials_tell_nothing():
    none = Trials(np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0))
    assert none.log_e() == 0
    assert none.problems.size == 0
