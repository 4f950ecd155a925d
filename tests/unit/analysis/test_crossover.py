import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from boundary.analysis.crossover import (
    band_verdict,
    crossover_frame,
    decide,
    decided_regions,
    sign_changes,
)
from boundary.analysis.differences import difference_curve
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.comparison_tables import CROSSOVERS
from boundary.decisions import Region, read_regions, regions_text
from boundary.tables import check


def judge(arm, base, other, n, *, n_other=None, **options):
    options = {"replicates": 1000, **options}
    pair = pair_arms(arm("b", base, n), arm("o", other, n_other or n), "c")
    return decide(difference_curve(pair, **options))


def test_published_math500(math500, math500_comparison):
    curve = difference_curve(pair_from_spec(math500, math500_comparison))
    outcome = decide(curve)
    assert outcome.verdict == "crossover"
    assert outcome.k_cross == pytest.approx(14.4, abs=0.05)
    assert 8 < outcome.ci_low <= 9 and 31 <= outcome.ci_high < 32  # 9..31 is kept, 8 and 32 are not
    assert outcome.k_max == 64 and outcome.n_problems == 500
    assert outcome.diff_at_1 == pytest.approx(-0.16540625, abs=1e-9)
    assert outcome.diff_at_k_max == pytest.approx(0.02395029000553, abs=1e-9)
    assert outcome.diff_ci_low == pytest.approx(0.0084478577, abs=1e-6)
    assert outcome.min_detectable_diff == pytest.approx(2.80 * curve.band.se[63], rel=1e-9)
    row = check(crossover_frame(curve, outcome), CROSSOVERS, "test").row(0, named=True)
    assert row["base"] == "qwen2.5-7b" and row["verdict"] == "crossover"


def test_k_max_beyond_half_is_flagged(math500, math500_comparison):
    pair = pair_from_spec(math500, math500_comparison)
    outcome = decide(difference_curve(pair, replicates=1000, k_max=128))
    assert outcome.diff_at_k_max == pytest.approx(0.032, abs=1e-9)
    assert "flagged: k_max 128 exceeds n/2 (n=128)" in outcome.note


def test_swapped_arms_reverse_the_verdict(math500, math500_comparison):
    base, other = math500_comparison.base, math500_comparison.other
    swapped = math500_comparison.model_copy(update={"base": other, "other": base})
    outcome = decide(difference_curve(pair_from_spec(math500, swapped)))
    assert outcome.verdict == "reverse" and outcome.k_cross is None
    assert (outcome.ci_low, outcome.ci_high) == (64, math.inf)
    assert "down at k=14.4" in outcome.note and "no k× up to 64" in outcome.note


@pytest.mark.parametrize("verdict", ["crossover", "reverse", "base-ahead-to-K", "other-ahead-to-K"])
def test_constructed_cases(arm, counts, verdict):
    outcome = judge(arm, *counts[verdict], 128)
    assert outcome.verdict == verdict
    assert (outcome.k_cross is not None) == (verdict == "crossover")
    if verdict == "base-ahead-to-K":
        assert outcome.ci_low is None and outcome.ci_high is None
    if verdict == "other-ahead-to-K":
        assert (outcome.ci_low, outcome.ci_high) == (64, math.inf)


def test_true_crossing_lies_in_the_interval(arm):
    """Counts at their expectation: the crossing solves a closed equation."""
    m, n = 200, 1000
    base = np.full(m, 100)  # pass@k = 1 − 0.9^k, as good as with replacement
    other = np.where(np.arange(m) < 150, n, 0)  # pass@k = 0.75
    outcome = judge(arm, base, other, n)
    assert outcome.k_cross == pytest.approx(math.log(0.25) / math.log(0.9), rel=0.01)
    assert outcome.ci_low < outcome.k_cross < outcome.ci_high
    assert outcome.verdict == "crossover"


def test_identical_inputs_are_undetermined(arm, counts):
    base, _ = counts["crossover"]
    outcome = judge(arm, base, base, 128)
    assert outcome.verdict == "undetermined" and outcome.k_cross is None
    assert (outcome.ci_low, outcome.ci_high) == (0, math.inf)
    assert outcome.regions is None and outcome.guard == "few-discordant;saturated-high"
    assert "no spread from which to say what difference could be detected" in outcome.note


def test_fewer_than_six_discordant_problems_stand_beside_the_verdict(arm):
    rng = np.random.default_rng(1)
    m, n = 100, 64
    base = rng.integers(1, 20, m)
    other = rng.integers(40, 64, m)
    other[:5] = 0
    outcome = judge(arm, base, other, n)
    assert outcome.verdict == "other-ahead-early"
    assert outcome.guard == "few-discordant;saturated-high" and outcome.n_discordant == 5
    other[5] = 0
    again = judge(arm, base, other, n)
    assert again.guard is None and again.verdict == "other-ahead-early"


def test_curves_at_the_ceiling_are_guarded(arm):
    """Both solve everything: a difference at k = 1 is no verdict on the boundary."""
    outcome = judge(arm, np.full(300, 60), np.full(300, 40), 64)
    assert outcome.diff_at_1 == pytest.approx(20 / 64)
    assert outcome.verdict == "base-ahead-early" and outcome.regions.startswith("base:1-")
    assert outcome.guard == "few-discordant;saturated-high"


def test_dropped_problems_and_unequal_n_are_noted(arm, counts):
    base, other = counts["crossover"]
    ids = [f"p{i:04d}" for i in range(1, 201)]
    pair = pair_arms(arm("b", base, 128), arm("o", other, 256, ids=ids), "c")
    outcome = decide(difference_curve(pair, replicates=500))
    assert outcome.k_max == 64 and outcome.n_problems == 199
    assert "1 problem(s) only of base and 1 only of other dropped" in outcome.note
    assert "unequal n (base 128, other 256)" in outcome.note


def test_confidence_moves_interval_and_detectable_difference(arm, counts):
    narrow = judge(arm, *counts["crossover"], 128, confidence=0.8)
    wide = judge(arm, *counts["crossover"], 128, confidence=0.99)
    assert wide.ci_low <= narrow.ci_low and narrow.ci_high <= wide.ci_high
    ratio = wide.min_detectable_diff / narrow.min_detectable_diff
    assert ratio == pytest.approx((2.58 + 0.84) / (1.28 + 0.84), rel=1e-9)


def test_one_problem_is_undetermined_with_an_open_interval(arm):
    outcome = judge(arm, [3], [0], 8)
    assert outcome.verdict == "undetermined"
    assert (outcome.ci_low, outcome.ci_high) == (0, math.inf)
    assert (outcome.diff_ci_low, outcome.diff_ci_high) == (-1, 1)
    assert outcome.min_detectable_diff == math.inf


def changes(values):
    ks = np.arange(1, len(values) + 1)
    return [(round(change.k, 4), change.up) for change in sign_changes(ks, np.array(values, float))]


def test_sign_changes_interpolate_in_log_k():
    assert changes([-1, 1]) == [(round(math.sqrt(2), 4), True)]
    assert changes([-1, 3]) == [(round(2**0.25, 4), True)]
    assert changes([1, -1, -1, 1]) == [(1.4142, False), (round(math.sqrt(12), 4), True)]


def test_touching_zero_is_no_crossing_and_passing_through_it_is():
    assert changes([-1, 0, -1]) == []
    assert changes([0, 0, 1]) == [] == changes([0, 0, 0])
    assert changes([-1, 0, 1]) == [(2.0, True)]
    assert changes([-1, 0, 0, 0, 1]) == [(round(math.sqrt(8), 4), True)]
    assert changes([-1, 1e-15, -1, -1e-16, 1]) == [(4.0, True)]


@pytest.mark.parametrize(
    ("signs", "verdict"),
    [
        ("-0+", "crossover"),
        ("-0+0", "crossover"),
        ("+-+", "crossover"),
        ("+0-", "reverse"),
        ("+-0", "reverse"),
        ("-0+0-", "reverse"),
        ("0+0", "base-ahead-early"),
        ("+00", "base-ahead-early"),
        ("+++", "base-ahead-to-K"),
        ("+0+", "base-ahead-to-K"),
        ("00-", "other-ahead-to-K"),
        ("---", "other-ahead-to-K"),
        ("-00", "other-ahead-early"),
        ("000", "undetermined"),
    ],
)
def test_verdicts_of_a_band(signs, verdict):
    middle = np.array([{"-": -1.0, "0": 0.0, "+": 1.0}[sign] for sign in signs])
    assert band_verdict(middle - 0.5, middle + 0.5) == verdict


@pytest.mark.parametrize(
    ("signs", "regions"),
    [
        ("--00+", "other:1-2;base:5-5"),
        ("-+-", "other:1-1;base:2-2;other:3-3"),
        ("++++", "base:1-4"),
        ("000", None),
    ],
)
def test_the_decided_stretches_of_a_band(signs, regions):
    middle = np.array([{"-": -1.0, "0": 0.0, "+": 1.0}[sign] for sign in signs])
    ks = np.arange(1, len(signs) + 1)
    assert regions_text(decided_regions(ks, middle - 0.5, middle + 0.5)) == regions


EXCHANGED = {"crossover": "reverse", "undetermined": "undetermined"} | {
    f"base-ahead-{when}": f"other-ahead-{when}" for when in ("to-K", "early")
}
EXCHANGED |= {other: one for one, other in EXCHANGED.items()}


def exchanged(regions):
    sides = {"base": "other", "other": "base"}
    return [Region(sides[each.side], each.first, each.last) for each in regions]


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_a_negated_band_has_the_exchanged_verdict(band):
    middle, half = np.array(band).T
    low, high, ks = middle - half, middle + half, np.arange(1, len(band) + 1)
    verdict, regions = band_verdict(low, high), decided_regions(ks, low, high)
    assert band_verdict(-high, -low) == EXCHANGED[verdict]
    assert decided_regions(ks, -high, -low) == exchanged(regions)
    decided = [k for each in regions for k in range(each.first, each.last + 1)]
    assert decided == [int(k) for k in ks if low[k - 1] > 0 or high[k - 1] < 0]
    assert read_regions(regions_text(regions)) == regions


#: Shapes of a pair: D without sign, with one crossing, and with three.
SHAPES = {
    "null": lambda rng, m: [rng.beta(0.4, 0.8, m)] * 2,
    "crossing": lambda rng, m: [np.full(m, 0.1), np.where(rng.random(m) < 0.6, 0.9, 0.0)],
    "three": lambda rng, m: [
        np.where(np.arange(m) < 0.5 * m, 0.9, 0.003),
        np.select([np.arange(m) < 0.27 * m, np.arange(m) < 0.77 * m], [1.0, 0.02], 0.0),
    ],
    "unlike": lambda rng, m: rng.beta(0.3, 0.9, (2, m)),
}


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # a plain function
)
@given(
    st.sampled_from(list(SHAPES)),
    st.integers(2, 150),
    st.sampled_from([2, 16, 128, 1000]),
    st.integers(0, 2**32 - 1),
)
def test_exchanging_the_arms_exchanges_the_verdict(arm, shape, m, n, seed):
    rng = np.random.default_rng(seed)
    base, other = (rng.binomial(n, p) for p in SHAPES[shape](rng, m))
    one = judge(arm, base, other, n, replicates=100)
    two = judge(arm, other, base, n, replicates=100)
    assert two.verdict == EXCHANGED[one.verdict]
    assert read_regions(two.regions) == exchanged(read_regions(one.regions))
    assert two.guard == one.guard and two.n_discordant == one.n_discordant
    assert (two.base_solved, two.other_solved) == (one.other_solved, one.base_solved)
    assert (two.diff_ci_low, two.diff_ci_high) == (-one.diff_ci_high, -one.diff_ci_low)


def test_a_disconnected_interval_is_named(arm):
    """The other model is ahead at 1, level in the middle, ahead again, and behind at the end."""
    outcomes = [judge_two_bumps(arm, seed) for seed in range(6)]
    named = [one for one in outcomes if one.note and "interval disconnected" in one.note]
    assert named, [one.note for one in outcomes]


def judge_two_bumps(arm, seed):
    rng = np.random.default_rng(seed)
    n = 1000
    # base: half the problems at 0.9, half at 0.003; other: a quarter at 1, the rest at 0.02
    base = np.concatenate([rng.binomial(n, 0.9, 150), rng.binomial(n, 0.003, 150)])
    other = np.concatenate(
        [rng.binomial(n, 1.0, 80), rng.binomial(n, 0.02, 150), np.zeros(70, int)]
    )
    return judge(arm, base, other, n, replicates=300)


def test_nulls_rarely_get_a_verdict_of_crossing(arm):
    """Both models share every p: 150 runs at 40 problems, n = 64."""
    rng = np.random.default_rng(9)
    verdicts = []
    for _ in range(150):
        p = rng.beta(0.4, 0.8, 40)
        verdicts.append(
            judge(arm, rng.binomial(64, p), rng.binomial(64, p), 64, replicates=300).verdict
        )
    share = {verdict: verdicts.count(verdict) / 150 for verdict in set(verdicts)}
    assert share.get("crossover", 0) + share.get("reverse", 0) <= 0.02, share
    assert share["undetermined"] >= 0.9, share


def test_interval_covers_the_true_crossing(arm):
    """Base solves all at p = 0.1; other solves 3 in 4 at p = 0.6: the crossing has an equation."""
    rng = np.random.default_rng(5)
    true = brentq(lambda k: (1 - 0.9**k) - 0.75 * (1 - 0.4**k), 5, 30)
    covered, runs, m, n = 0, 200, 60, 64
    for _ in range(runs):
        p = np.where(rng.random(m) < 0.75, 0.6, 0.0)
        base, other = rng.binomial(n, 0.1, m), rng.binomial(n, p)
        outcome = judge(arm, base, other, n, replicates=20)
        covered += outcome.ci_low is not None and outcome.ci_low <= true <= outcome.ci_high
    assert 0.91 <= covered / runs <= 0.985, covered / runs
