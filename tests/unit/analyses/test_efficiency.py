"""The efficiency gap, and how many samples are worth one of the other model."""

import math

import numpy as np
import pytest

from boundary.analyses.efficiency.compute import efficiency_frame
from boundary.analyses.efficiency.tables import EFFICIENCY
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.tables import check


def test_published_math500(math500, math500_comparison):
    pair = pair_from_spec(math500, math500_comparison)
    row = check(efficiency_frame(pair), EFFICIENCY, "test").row(0, named=True)
    assert row["k"] == 64 and not row["flagged"]
    assert row["base_pass_at_k"] == pytest.approx(0.9474446568195055, abs=1e-9)
    assert row["gap"] == pytest.approx(0.9474446568195055 - 0.779328125, abs=1e-9)
    late = efficiency_frame(pair, k_max=128).row(0, named=True)
    assert late["base_pass_at_k"] == pytest.approx(0.962) and late["flagged"]


def test_interval_is_of_the_paired_mean(arm):
    base, other = np.tile([1, 2, 0, 2], 30), np.tile([0, 2, 1, 1], 30)
    row = efficiency_frame(pair_arms(arm("b", base, 2), arm("o", other, 2), "c"), k_max=2).row(
        0, named=True
    )
    differences = np.minimum(base, 1) - other / 2
    half = 1.959964 * differences.std(ddof=1) / np.sqrt(120)
    assert row["gap"] == pytest.approx(differences.mean())
    assert row["ci_high"] - row["gap"] == pytest.approx(half, rel=1e-6)
    assert row["gap"] - row["ci_low"] == pytest.approx(half, rel=1e-6)


def test_a_budget_is_where_the_weaker_reaches_one_sample_of_the_stronger(arm):
    """Every problem at 2 of 8 against 4 of 8: 1 − C(6, k)/C(8, k) is 1/2 between 2 and 3."""
    pair = pair_arms(arm("b", [2] * 200, 8), arm("o", [4] * 200, 8), "c")
    row = efficiency_frame(pair, k_max=8).row(0, named=True)
    at = [1 - math.comb(6, k) / math.comb(8, k) for k in (2, 3)]
    share = (0.5 - at[0]) / (at[1] - at[0])
    assert row["weaker"] == "base"
    assert row["budget"] == pytest.approx(2 * (3 / 2) ** share)
    assert (row["budget_low"], row["budget_high"]) == (2, 3)
    turned = pair_arms(arm("o", [4] * 200, 8), arm("b", [2] * 200, 8), "c")
    other = efficiency_frame(turned, k_max=8).row(0, named=True)
    names = ("budget", "budget_low", "budget_high")
    assert other["weaker"] == "other"
    assert [other[name] for name in names] == [row[name] for name in names]


def test_a_budget_beyond_the_largest_k_is_open(arm):
    pair = pair_arms(arm("b", [0, 0, 1, 0] * 30, 8), arm("o", [8, 8, 8, 8] * 30, 8), "c")
    row = efficiency_frame(pair, k_max=4).row(0, named=True)
    assert row["budget"] is None
    assert (row["budget_low"], row["budget_high"]) == (4, math.inf)


def test_models_of_equal_rates_have_no_budget(arm):
    pair = pair_arms(arm("b", [1, 3] * 20, 4), arm("o", [3, 1] * 20, 4), "c")
    row = efficiency_frame(pair).row(0, named=True)
    assert row["weaker"] is None and row["budget"] is None


def test_the_same_counts_in_another_order_have_no_budget(arm):
    """Their pass@1 is equal, and rounding of sums in another order is no difference."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        base = rng.integers(0, 8, 30)
        other = rng.permutation(base)
        frame = efficiency_frame(pair_arms(arm("b", base, 7), arm("o", other, 7), "c"))
        assert check(frame, EFFICIENCY, "test").select("weaker", "budget").row(0) == (None, None)


def test_one_problem_has_a_budget_without_certainty(arm):
    row = efficiency_frame(pair_arms(arm("b", [2], 8), arm("o", [6], 8), "c"), k_max=8)
    assert row.select("budget_low", "budget_high").row(0) == (1.0, math.inf)


def test_the_budget_of_the_published_pair(math500, math500_comparison):
    row = efficiency_frame(pair_from_spec(math500, math500_comparison)).row(0, named=True)
    assert row["weaker"] == "base"
    assert (row["budget_low"], row["budget_high"]) == (2, 4)
    assert row["budget"] == pytest.approx(2.869, abs=5e-4)  # docs/statistics.md rounds it
