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
