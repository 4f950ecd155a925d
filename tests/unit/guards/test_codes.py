"""Codes of responses and shares of equal pairs, against a plain recount."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from boundary.guards.codes import NONE, UNIQUE, agreement, as_blocks


def test_codes_are_equal_where_responses_are(rows):
    values = np.array([[[7, 9], [9, 8]], [[7, 7], [5, 4]]])
    blocks = as_blocks(rows(values).sample(fraction=1, shuffle=True, seed=1))
    assert blocks.names.to_list() == ["q0000", "q0001"]
    assert [shard.problem.tolist() for shard in blocks.shards] == [[0, 1], [0, 1]]
    codes = [shard.codes.tolist() for shard in blocks.shards]
    assert codes == [[[UNIQUE, 1], [1, 1]], [[1, UNIQUE], [UNIQUE, UNIQUE]]]
    pool, total = blocks.pool
    assert pool.tolist() == [[0, 2], [0, 2]]
    assert total.tolist() == [4, 4]


def test_blocks_may_be_of_other_problems_and_sizes(rows):
    values = np.array([[[1, 1, 2], [1, -1, -1]], [[-1, -1, -1], [3, 3, -1]]])
    first, second = as_blocks(rows(values)).shards
    assert (first.problem.tolist(), first.codes.tolist()) == ([0], [[1, 1, UNIQUE]])
    assert second.problem.tolist() == [0, 1]
    assert second.codes.tolist() == [[1, NONE], [1, 1]]


@pytest.mark.parametrize("kinds", [2, 5, 40])
def test_shares_equal_a_plain_recount(kinds, rows):
    rng = np.random.default_rng(kinds)
    values = rng.integers(0, kinds, (6, 4, 5))
    values[0, 1] = -1  # a block without a problem
    values[:, 2, 3:] = -1  # a shorter block
    found = agreement(as_blocks(rows(values)))

    def share(pairs):
        known = [x == y for x, y in pairs if x >= 0 and y >= 0]
        return sum(known) / len(known)

    for a, b in combinations(range(4), 2):
        ways = list(product(range(6), range(5), range(5)))
        at = [(values[p, a, i], values[p, b, i]) for p in range(6) for i in range(5)]
        off = [(values[p, a, i], values[p, b, j]) for p, i, j in ways if i != j]
        assert found.crossed[a, b] == pytest.approx(share(off))
        assert found.between[a, b] == pytest.approx(share(at + off))
    for a in range(4):
        own = [(x, y) for p in range(6) for x, y in combinations(values[p, a], 2)]
        out = [
            (x, y)
            for p, b in product(range(6), range(4))
            if b != a
            for x, y in product(values[p, a], values[p, b])
        ]
        assert found.inside[a] == pytest.approx(share(own))
        assert found.outside[a] == pytest.approx(share(out))


def test_where_there_are_no_pairs_there_is_no_share(rows):
    single = agreement(as_blocks(rows(np.array([[[1], [1]]]))))
    assert np.isnan(single.inside).all()
    assert np.isnan(single.crossed[0, 1])
    assert single.between[0, 1] == 1
    alone = agreement(as_blocks(rows(np.array([[[1, 1, 2]]]))))
    assert np.isnan(alone.outside).all()
    assert alone.inside[0] == pytest.approx(1 / 3)
