import numpy as np
import pytest

from boundary.analysis.efficiency import efficiency_frame
from boundary.analysis.pairs import pair_arms, pair_from_spec
from boundary.tables import EFFICIENCY, check


def test_published_math500(math500, math500_comparison):
    pair = pair_from_spec(math500, math500_comparison)
    row = check(efficiency_frame(pair), EFFICIENCY, "test").row(0, named=True)
    assert row["k"] == 64 and not row["flagged"]
    assert row["base_pass_at_k"] == pytest.approx(0.9474446568195055, abs=1e-9)
    assert row["gap"] == pytest.approx(0.9474446568195055 - 0.779328125, abs=1e-9)
    late = efficiency_frame(pair, k_max=128).row(0, named=True)
    assert late["base_pass_at_k"] == pytest.approx(0.962) and late["flagged"]


def test_interval_is_of_the_paired_mean(arm):
    pair = pair_arms(arm("b", [1, 2, 0, 2], 2), arm("o", [0, 2, 1, 1], 2), "c")
    row = efficiency_frame(pair, k_max=2).row(0, named=True)
    differences = np.array([1, 1, 0, 1]) - np.array([0, 1, 0.5, 0.5])
    half = 1.959964 * differences.std(ddof=1) / 2
    assert row["gap"] == pytest.approx(differences.mean())
    assert row["ci_high"] - row["gap"] == pytest.approx(half, rel=1e-6)
    assert row["gap"] - row["ci_low"] == pytest.approx(half, rel=1e-6)
