"""pass@k of problems that stopped early, against orders counted one by one and closed forms."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb

import numpy as np
import polars as pl
import pytest

from boundary.analysis.passk import fail_at
from boundary.analysis.stopped import fixed_rule, rule_of
from boundary.stopping import StoppingRule, default_stop_after

DOUBLING = StoppingRule(n_max=1024, first_look=32, stop_after=16)


def fails(t: int, c: int, looked: int, stop: int, ks: list[int]) -> np.ndarray:
    rule = np.array([[max(t, *ks)], [looked], [stop], [0]])
    return fail_at(np.array([t]), np.array([c]), np.array(ks), rule)[0]


def ends(looks: tuple[int, ...], stop: int) -> dict[tuple[int, int], int]:
    """Return how many orders of successes and failures lead to each end, counted step by step."""
    paths = {(0, 0): 1}
    done: dict[tuple[int, int], int] = {}
    for t in range(1, looks[-1] + 1):
        ahead: dict[tuple[int, int], int] = {}
        for (_, c), times in paths.items():
            for more in (0, 1):
                ahead[t, c + more] = ahead.get((t, c + more), 0) + times
        if t in looks:
            stopped = {end for end in ahead if end[1] >= stop or t == looks[-1]}
            done |= {end: ahead.pop(end) for end in stopped}
        paths = ahead
    return done


@pytest.mark.parametrize(
    ("t", "c", "looked", "expected"),
    [
        (4, 2, 0, ["1/2", "1/6", "0", "0", "0", "0", "0"]),
        (8, 2, 4, ["9/11", "7/11", "3/11", "3/22", "1/22", "0", "0"]),
        (8, 5, 4, ["3/4", "1/2", "0", "0", "0", "0", "0"]),
        (12, 3, 8, ["23/26", "10/13", "7/13", "11/26", "4/13", "1/13", "1/52"]),
        (12, 5, 8, ["7/8", "3/4", "1/2", "3/8", "1/4", "0", "0"]),
    ],
)
def test_fractions_of_a_small_design(t: int, c: int, looked: int, expected: list[str]) -> None:
    got = fails(t, c, looked, 2, [1, 2, 4, 5, 6, 8, 9])
    assert got == pytest.approx([float(Fraction(each)) for each in expected], abs=1e-14)


@pytest.mark.parametrize(
    ("t", "c", "expected"),
    [
        (64, 40, [0.5389545692, 0.0, 0.0]),
        (256, 16, [0.9375005788, 0.1100849793, 0.0]),
        (1024, 25, [0.9766255805, 0.4621096278, 0.0007660155]),
    ],
)
def test_values_of_the_default_design(t: int, c: int, expected: list[float]) -> None:
    assert fails(t, c, t // 2, 16, [1, 32, 256]) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("stop", [1, 2, 3])
@pytest.mark.parametrize("looks", [(2, 4, 8), (3, 6, 12), (1, 2, 5, 9), (7,), (4, 10)])
def test_the_mean_is_the_chance_of_k_failures(looks: tuple[int, ...], stop: int) -> None:
    n = looks[-1]
    counted = ends(looks, stop)
    assert len(counted) == n + 1
    for p in (Fraction(i, n + 2) for i in range(1, n + 2)):
        mean = np.zeros(n)
        for (t, c), orders in counted.items():
            before = max((look for look in looks if look < t), default=0)
            chance = orders * p**c * (1 - p) ** (t - c)
            mean += float(chance) * fails(t, c, before, stop, list(range(1, n + 1)))
        assert mean == pytest.approx([float((1 - p) ** k) for k in range(1, n + 1)], rel=1e-12)


@cache
def default_ends() -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return all ends of the default design, and how many orders lead to each."""
    t, c, orders = [], [], []
    for look in DOUBLING.looks:
        before = look // 2 if look > DOUBLING.first_look else 0
        last = look == DOUBLING.n_max
        for correct in range(0 if last else DOUBLING.stop_after, look + 1):
            ways = sum(
                comb(before, a) * comb(look - before, correct - a)
                for a in range(min(DOUBLING.stop_after, before + 1))
                if correct >= a
            )
            if ways:
                t.append(look)
                c.append(correct)
                orders.append(ways)
    return np.array(t), np.array(c), orders


@pytest.mark.parametrize("p", ["1/10000", "1/100", "1/20", "3/10", "97/100"])
def test_the_mean_over_all_ends_of_the_default_design(p: str) -> None:
    t, c, orders = default_ends()
    assert len(t) == DOUBLING.n_max + 1
    exact = Fraction(p)
    chance = np.array(
        [
            float(ways * exact**k * (1 - exact) ** (n - k))
            for ways, n, k in zip(orders, t.tolist(), c.tolist(), strict=True)
        ]
    )
    ks = np.unique(np.geomspace(1, 1024, 40).astype(int))
    looked = np.where(t > DOUBLING.first_look, t // 2, 0)
    none = np.zeros_like(t)
    rule = np.stack([none + DOUBLING.n_max, looked, none + 16, none])
    mean = chance @ fail_at(t, c, ks, rule)
    true = float(1 - exact) ** ks.astype(float)
    seen = true > 1e-290
    assert mean[seen] == pytest.approx(true[seen], rel=1e-10)


def test_one_look_is_the_estimator_of_a_fixed_design() -> None:
    n, correct, ks = np.full(9, 8), np.arange(9), np.arange(1, 9)
    assert (fail_at(n, correct, ks, fixed_rule(n)) == fail_at(n, correct, ks)).all()


def test_the_naive_estimates_are_biased() -> None:
    # What this guards from: c/t of a problem that stopped says too much of it.
    t, c, orders = default_ends()
    p = Fraction(3, 10)
    chance = [
        float(w * p ** int(k) * (1 - p) ** int(n - k)) for w, n, k in zip(orders, t, c, strict=True)
    ]
    assert float(np.array(chance) @ (c / t)) - 0.3 == pytest.approx(0.009, abs=0.001)


def test_the_look_before_follows_from_the_rule_of_the_scores() -> None:
    rule = {"n_max": 256, "first_look": 32, "stop_after": 8}
    scores = pl.DataFrame({"n": [32, 64, 256, 100]}).with_columns(
        pl.when(pl.col("n") != 100).then(value).alias(name) for name, value in rule.items()
    )
    rule = rule_of(scores)
    assert rule is not None
    assert rule.tolist() == [[256, 256, 256, 100], [0, 32, 128, 0], [1, 8, 8, 1], [0] * 4]
    assert rule_of(pl.DataFrame({"n": [5]})) is None


def test_looks_double_from_the_first_to_the_last() -> None:
    assert DOUBLING.looks == (32, 64, 128, 256, 512, 1024)
    assert StoppingRule(700, 32, 16).nearest == (512, 1024)
    assert DOUBLING.goes_on(15, 32)
    assert not DOUBLING.goes_on(16, 32)
    assert not DOUBLING.goes_on(0, 1024)
    assert (default_stop_after(256), default_stop_after(512)) == (8, 16)
