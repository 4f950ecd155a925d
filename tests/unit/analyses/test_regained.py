import itertools
import math

import numpy as np
import polars as pl
import pytest

from boundary.analyses.coverage import joint_prior
from boundary.analyses.coverage import regained as module
from boundary.analyses.coverage.joint_prior import pair_prior
from boundary.analyses.coverage.regained import split_halves
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.analysis.ratios import ratio_interval

FIELDS = ("halves", "share", "low", "high", "half_predicted", "calibrated", "predicted")


def regained(pair):
    return module.regained(pair, pair_prior(pair))


def told(side):
    return [getattr(side, name) for name in FIELDS]


def halves(n, correct, half):
    """Yield whether each half is solved, for every choice of two halves."""
    samples = [True] * correct + [False] * (n - correct)
    for first in itertools.combinations(range(n), half):
        rest = [i for i in range(n) if i not in first]
        for second in itertools.combinations(rest, half):
            yield any(samples[i] for i in first), any(samples[i] for i in second)


@pytest.mark.parametrize(("base_n", "other_n"), [(4, 4), (5, 5), (6, 4), (3, 6), (2, 7), (1, 4)])
def test_halves_are_the_mean_over_every_split(base_n, other_n):
    half = min(base_n, other_n) // 2
    cells = list(itertools.product(range(base_n + 1), range(other_n + 1)))
    counts = np.array([[base_n, b, other_n, o] for b, o in cells]).T
    for (b, o), only, again in zip(cells, *split_halves(counts), strict=True):
        base = [first for first, _ in halves(base_n, b, half)]
        other = list(halves(other_n, o, half))
        solved = sum(base) / len(base)
        assert only == pytest.approx(solved * np.mean([not x for x, _ in other]), abs=1e-14)
        assert again == pytest.approx(solved * np.mean([not x and y for x, y in other]), abs=1e-14)


def test_a_single_sample_has_no_halves():
    only, again = split_halves(np.array([[1, 1, 1, 0]]).T)
    assert only[0] == again[0] == 0


def test_one_rate_is_regained_as_the_binomial_law_says(arm):
    rng, m, n, p = np.random.default_rng(6), 4000, 32, 0.02
    pair = pair_arms(arm("b", rng.binomial(n, 0.5, m), n), arm("o", rng.binomial(n, p, m), n), "c")
    base_only, other_only = regained(pair)
    exact = 1 - (1 - p) ** (n // 2)
    assert base_only.low < exact < base_only.high and base_only.high - base_only.low < 0.04
    assert base_only.halves == pytest.approx(m * (1 - exact), rel=0.03)
    assert base_only.half_predicted == pytest.approx(exact, abs=0.05)
    assert base_only.predicted == pytest.approx(1 - (1 - p) ** n, abs=0.07)
    assert other_only.share is other_only.low is other_only.half_predicted is None


@pytest.mark.parametrize(
    ("m", "draw"),
    [
        (12, lambda rng, m: (np.full(m, 0.5), np.full(m, 0.006))),
        (30, lambda rng, m: (np.full(m, 0.5), np.where(rng.random(m) < 0.7, 0, 0.03))),
        (100, lambda rng, m: (rng.beta(0.3, 1, m), rng.beta(0.3, 1, m))),
    ],
)
def test_intervals_cover(m, draw):
    n, half, rng = 64, 32, np.random.default_rng(12)
    p, q = draw(rng, 10**6)
    lost = (1 - (1 - p) ** half) * (1 - q) ** half
    truth = (lost * (1 - (1 - q) ** half)).sum() / lost.sum()
    held = []
    for _ in range(300):
        p, q = draw(rng, m)
        counts = np.stack([np.full(m, n), rng.binomial(n, p), np.full(m, n), rng.binomial(n, q)])
        share, low, high = ratio_interval(*split_halves(counts), looks=2)
        if share is not None:
            held.append(low <= truth <= high)
    assert len(held) > 250 and np.mean(held) >= 0.93


def test_few_problems_give_no_share():
    assert ratio_interval(np.full(4, 1.0), np.full(4, 0.5)) == (None, None, None)
    assert ratio_interval(np.zeros(9), np.zeros(9)) == (None, None, None)
    assert ratio_interval(np.full(4, 5.0), np.full(4, 2.0)) == (None, None, None)  # clusters
    improbable = np.full(1000, 1e-3)  # hardly any split has such a problem
    assert ratio_interval(improbable, improbable / 2) == (None, None, None)


def test_none_and_all_have_the_exact_interval():
    # Nothing regained of ten problems, looked at twice each.
    share, low, high = ratio_interval(np.ones(10), np.zeros(10), looks=2)
    assert (share, low) == (0, 0) and high == pytest.approx(1 - 0.025 ** (1 / 20))
    share, low, high = ratio_interval(np.ones(10), np.ones(10), looks=2)
    assert (share, high) == (1, 1) and low == pytest.approx(0.025 ** (1 / 20))


@pytest.mark.parametrize(
    ("predicted", "spread", "calibrated"), [(0.3, 0, True), (0.9, 0, False), (0.3, 1, None)]
)
def test_a_prediction_is_held_against_the_interval(predicted, spread, calibrated):
    again = np.full(60, 0.3) if not spread else np.repeat([1.0, 0.0], [2, 5])
    side = module._side(np.ones(len(again)), again, predicted, np.full(60, np.nan), 0.95)
    assert side.calibrated is calibrated and side.predicted is None


def test_published_math500(math500, math500_comparison):
    base_only, other_only = regained(pair_from_spec(math500, math500_comparison))
    assert told(base_only)[:4] == pytest.approx([17.0732, 0.1426, 0.0476, 0.3031], abs=1e-4)
    assert told(other_only)[:4] == pytest.approx([5.0981, 0.5096, 0.1114, 0.8984], abs=1e-4)
    # Predictions of random halves vary by 0.06 for one split, half of it for four.
    assert base_only.half_predicted == pytest.approx(0.11, abs=0.05) and base_only.calibrated
    assert other_only.half_predicted == pytest.approx(0.27, abs=0.06)
    assert other_only.calibrated is None  # the interval is too wide to refute anything
    assert np.isfinite(base_only.chances).sum() == 19


def test_published_deepscaler(shared_data, arm):
    counts = pl.read_csv(shared_data / "counts" / "deepscaler32k_r1-distill-1.5b.csv")
    arms = [
        arm(model, rows["correct"], rows["n"], ids=rows["problem"].to_list())
        for (model,), rows in counts.group_by("model", maintain_order=True)
    ]
    base_only, other_only = regained(pair_arms(*arms, "c"))
    assert told(base_only)[:4] == pytest.approx([31.0902, 0.2666, 0.1641, 0.3914], abs=1e-4)
    assert told(other_only)[:4] == pytest.approx([17.3231, 0.5561, 0.3656, 0.7353], abs=1e-4)
    assert base_only.calibrated and other_only.calibrated


def test_exchanged_models_exchange_everything(arm):
    rng = np.random.default_rng(31)
    for trial in range(8):
        n = rng.integers(1, 20, size=(2, 60)) if trial % 2 else np.full((2, 60), 16)
        counts = rng.binomial(n, rng.beta(0.2, 1, (2, 60)))
        asked = [f"q{i // 2}" if trial > 3 else f"q{i}" for i in range(60)]
        arms = [
            arm(name, c, size, question=asked)
            for name, c, size in zip("bo", counts, n, strict=True)
        ]
        order = rng.permutation(60)
        shuffled = [
            rows[order].with_columns(problem_id=pl.Series(f"x{i:02d}" for i in range(60)))
            for rows in arms[::-1]
        ]
        sides, back = regained(pair_arms(*arms, "c")), regained(pair_arms(*shuffled, "c"))
        for one, other in zip(sides, back[::-1], strict=True):
            assert told(one) == pytest.approx(told(other), abs=1e-12, nan_ok=True)


def test_problems_of_a_cluster_are_less_evidence(arm):
    rng, m = np.random.default_rng(1), 60
    base, other = rng.binomial(16, 0.5, m // 6), rng.binomial(16, 0.03, m // 6)
    alike = [np.repeat(counts, 6) for counts in (base, other)]
    named = [f"k{i // 6}" for i in range(m)]
    apart = regained(pair_arms(*(arm(x, c, 16) for x, c in zip("bo", alike, strict=True)), "c"))
    joined = regained(
        pair_arms(*(arm(x, c, 16, cluster=named) for x, c in zip("bo", alike, strict=True)), "c")
    )
    assert joined[0].share == pytest.approx(apart[0].share)
    assert joined[0].low < apart[0].low and joined[0].high > apart[0].high


def test_beyond_so_many_pairs_nothing_is_fitted(arm, monkeypatch):
    monkeypatch.setattr(joint_prior, "MOST_PAIRS", 10)
    pair = pair_arms(arm("b", list(range(20)), 20), arm("o", [0] * 20, 20), "c")
    base_only, _ = regained(pair)
    assert base_only.share == 0 and base_only.half_predicted is None
    assert base_only.predicted is base_only.calibrated is None


def test_many_samples_are_no_matter(arm):
    rng, n = np.random.default_rng(2), 10**5
    counts = [rng.binomial(n, 10.0 ** rng.uniform(-7, 0, 60)) for _ in range(2)]
    base_only, _ = regained(pair_arms(arm("b", counts[0], n), arm("o", counts[1], n), "c"))
    assert 0 < base_only.share < 1 and 0 < base_only.predicted < 1
    assert math.isfinite(base_only.halves)
