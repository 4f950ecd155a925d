from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from boundary.analyses.histogram.compute import (
    BINS,
    HIGHS,
    LABELS,
    LOWS,
    accuracy_bin,
    histogram_table,
)
from boundary.analyses.histogram.tables import HISTOGRAM
from boundary.tables import check


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_bins_are_exact_at_their_edges(pair):
    n, c = pair
    share = Fraction(c, n)
    place = int(accuracy_bin(np.array([n]), np.array([c]))[0])
    if share in (0, 1):
        assert place == (0 if share == 0 else BINS - 1)
    else:
        assert Fraction(place - 1, 10) <= share < Fraction(place, 10)


def test_labels_and_edges_agree():
    assert len(LABELS) == len(LOWS) == len(HIGHS) == BINS
    assert LABELS[0] == "0" and LABELS[1] == "(0, 0.1)" and LABELS[4] == "[0.3, 0.4)"
    assert (LOWS[4], HIGHS[4]) == (0.3, 0.4) and (LOWS[11], HIGHS[11]) == (1, 1)


def test_every_arm_has_all_bins_with_exact_intervals(arm):
    table = check(histogram_table(arm("m", [0, 3, 3, 9, 10, 10], 10), 0.95), HISTOGRAM, "test")
    assert table["problems"].to_list() == [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 2]
    known = binomtest(2, 6).proportion_ci(0.95, method="exact")
    assert table["ci_low"][4] == pytest.approx(known.low)
    assert table["ci_high"][4] == pytest.approx(known.high)
    assert table["share"].sum() == pytest.approx(1)
