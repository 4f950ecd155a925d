"""Power by problems and samples: covariances in exact fractions, and studies drawn from rates."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from boundary.analysis.crossover import decide
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import Pair
from boundary.analysis.planning import OPEN, Pilot, _verdicts, _within, power
from boundary.analysis.questions import Questions


def pair(base: np.ndarray, other: np.ndarray, n: int, questions: Questions | None = None) -> Pair:
    size = np.full(len(base), n)
    return Pair(
        labels={"comparison": "c"},
        problem_ids=[str(index) for index in range(len(base))],
        questions=questions or Questions.distinct(len(base)),
        base_n=size,
        base_correct=base,
        other_n=size,
        other_correct=other,
    )


def drawn(rates: tuple[np.ndarray, np.ndarray], n: int, draws: np.random.Generator) -> Pair:
    base, other = (draws.binomial(n, rate) for rate in rates)
    return pair(base, other, n)


def crossing_rates(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rates of a base that solves more at large k, and of a model that is surer."""
    draws = np.random.default_rng(7)
    base = draws.beta(0.6, 1.4, m)
    other = np.where(draws.random(m) < 0.25, 0.0, np.clip(base * 2.2, 0, 0.97))
    return base, other


def test_covariance_within_problems_at_other_n_is_exact() -> None:
    # One rate for all problems: F(m) = q^m, and f_k of n' samples has a known covariance.
    q, n = Fraction(2, 3), 12
    fails = np.array([float(q**m) for m in range(13)])
    correct = np.repeat(4, 40)
    pilot = Pilot.of(pair(correct, correct, n), 6)
    pilot = type(pilot)(**{**pilot.__dict__, "fails": (fails, np.zeros(13))})
    ks = [1, 2, 5]
    got = _within(pilot.fails[0], 8, np.array(ks))
    for row, k in enumerate(ks):
        for column, other in enumerate(ks):
            exact = sum(
                comb(8, c)
                * (1 - q) ** c
                * q ** (8 - c)
                * Fraction(comb(8 - c, k), comb(8, k))
                * Fraction(comb(8 - c, other), comb(8, other))
                for c in range(9)
            ) - q ** (k + other)
            assert got[row, column] == pytest.approx(float(exact), abs=1e-14)


def test_the_spread_between_problems_is_that_of_their_rates() -> None:
    base, other = crossing_rates(20_000)
    got = Pilot.of(drawn((base, other), 16, np.random.default_rng(1)), 8)
    true = ((1 - other) ** 8 - (1 - base) ** 8).var()
    assert got.between[-1, -1] == pytest.approx(true, rel=0.05)
    assert got.between_share == pytest.approx(true / got.spread[-1, -1], rel=0.05)
    assert got.diff[-1] == pytest.approx(((1 - other) ** 8 - (1 - base) ** 8).mean(), abs=0.01) or (
        got.exchanged
    )


def test_power_is_the_share_of_studies_that_come_to_the_verdict() -> None:
    rates, m, n = crossing_rates(4_000), 150, 32
    pilot = Pilot.of(drawn(rates, 64, np.random.default_rng(2)), 16)
    planned = power(pilot, m, n)
    draws = np.random.default_rng(3)
    verdicts = []
    for _ in range(200):
        chosen = draws.integers(0, 4_000, m)
        one = drawn((rates[0][chosen], rates[1][chosen]), n, draws)
        verdicts.append(decide(difference_curve(one, replicates=1_000)).verdict)
    share = verdicts.count(planned.verdict) / len(verdicts)
    assert planned.k_max == 16
    assert abs(planned.power - share) <= 0.10
    settled = sum(verdict not in OPEN for verdict in verdicts) / len(verdicts)
    assert abs(planned.settled - settled) <= 0.10


def test_more_problems_and_more_samples_decide_more() -> None:
    pilot = Pilot.of(drawn(crossing_rates(120), 32, np.random.default_rng(4)), 16)
    crossing = [power(pilot, m, n).crossing for m, n in ((120, 32), (480, 32), (1_920, 128))]
    assert crossing == sorted(crossing)
    assert crossing[-1] > 0.9
    again = power(pilot, 120, 32, same=True)
    assert again.settled >= power(pilot, 120, 32).settled


def test_exchanging_base_and_other_exchanges_the_verdict() -> None:
    one = drawn(crossing_rates(200), 32, np.random.default_rng(5))
    two = pair(one.other_correct, one.base_correct, 32)
    for m, n in ((200, 32), (800, 64)):
        ahead, behind = (power(Pilot.of(each, 16), m, n) for each in (one, two))
        assert (ahead.power, ahead.assurance, ahead.crossing) == (
            behind.power,
            behind.assurance,
            behind.crossing,
        )
        assert {ahead.verdict, behind.verdict} in (
            {"crossover", "reverse"},
            {"other-ahead-early", "base-ahead-early"},
        )


def test_models_that_never_differ_are_undetermined() -> None:
    same = np.zeros(50, dtype=np.int64)
    planned = power(Pilot.of(pair(same, same, 8), 4), 200, 8)
    assert (planned.verdict, planned.settled) == ("undetermined", 0.0)
    assert Pilot.of(pair(same, same, 8), 4).between_share is None


def test_a_clustered_benchmark_needs_more_problems() -> None:
    one = drawn(crossing_rates(200), 32, np.random.default_rng(6))
    order = np.argsort(one.base_correct)
    cluster = np.empty(200, dtype=np.int64)
    cluster[order] = np.arange(200) // 10
    clustered = pair(one.base_correct, one.other_correct, 32, Questions(np.arange(200), cluster))
    assert Pilot.of(clustered, 16).spread[0, 0] > 1.5 * Pilot.of(one, 16).spread[0, 0]


def test_naming_clusters_narrows_no_plan() -> None:
    one = drawn(crossing_rates(200), 32, np.random.default_rng(6))
    single = Pilot.of(one, 16)
    for clusters in (1, 2, 5):  # the sums of few clusters happen to differ by little
        questions = Questions(np.arange(200), np.arange(200) % clusters)
        clustered = Pilot.of(pair(one.base_correct, one.other_correct, 32, questions), 16)
        assert (np.diagonal(clustered.spread) >= np.diagonal(single.spread) * (1 - 1e-9)).all()


def test_what_no_problem_shows_keeps_small_studies_open() -> None:
    # All problems are alike and D is small: the band of 40 is as wide as what they may miss.
    m, n, draws = 40, 64, np.random.default_rng(1)
    rates = np.full(m, 0.5), np.full(m, 0.56)
    pilot = Pilot.of(drawn((np.full(4_000, 0.5), np.full(4_000, 0.56)), n, draws), 1)
    verdicts = [
        decide(difference_curve(drawn(rates, n, draws), replicates=1_000, k_max=1)).verdict
        for _ in range(100)
    ]
    settled = sum(verdict not in OPEN for verdict in verdicts) / len(verdicts)
    assert settled < 0.5
    assert abs(power(pilot, m, n).settled - settled) <= 0.15


def test_ties_of_verdicts_exchange() -> None:
    curves = np.array([[1.0, 1.0], [-1.0, -1.0]])
    half = np.full(2, 0.5)
    ahead, behind = (_verdicts(curves, half, exchanged=each) for each in (False, True))
    assert list(ahead) == ["other-ahead-to-K", "base-ahead-to-K"]
    assert list(behind) == ["base-ahead-to-K", "other-ahead-to-K"]
