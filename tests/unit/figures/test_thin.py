"""Thinning keeps what matters of a curve."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.figures.thin import keep, thin


@given(st.integers(1, 200_000), st.floats(1, 1000))
def test_kept_points_are_few_and_hold_the_landmarks(n, crossing):
    ks = np.arange(1, n + 1)
    kept = keep(ks, n, [crossing], 80)
    assert len(kept) <= 120
    assert np.isin(kept, ks).all()
    assert np.all(np.diff(kept) > 0)
    landmarks = {1, n, max(1, n // 2)}
    if crossing < n:
        landmarks |= {int(np.ceil(crossing)), max(1, int(np.ceil(crossing)) - 1)}
    assert landmarks <= set(kept.tolist())


def test_a_million_k_leave_at_most_120_points():
    ks = np.arange(1, 1_000_001)
    assert len(keep(ks, 1_000_000, [14.4, None, float("inf")], 80)) <= 120


def test_a_short_curve_is_untouched():
    assert keep(np.array([1, 2, 4]), 4, [], 80).tolist() == [1, 2, 4]


@pytest.mark.parametrize("curves", [2, 96])
def test_every_curve_of_a_frame_is_thinned_alone(curves):
    frame = pl.concat(
        pl.DataFrame({"arm": [f"a{i}"] * 1024, "k": range(1, 1025)}) for i in range(curves)
    )
    thinned = thin(frame, ["arm"], {}, {})
    sizes = thinned.group_by("arm").len()["len"]
    assert len(sizes) == curves
    assert 30 <= sizes.min() <= sizes.max() <= 120
