"""Row, sentence and figure of a comparison never contradict each other."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.analysis.crossover import band_verdict, decided_regions
from boundary.decisions import read_regions, regions_text
from boundary.figures import words
from boundary.report.verdicts import curves
from boundary.rows import VerdictRow
from boundary.verdict_words import (
    beside,
    crossing,
    detectable,
    established,
    open_at_k_max,
    stretches,
)
from verdict_rows import verdict_row

#: What a sentence and a figure say of each side.
NAMED = {"base": "alpha", "other": "omega"}
SIGNS = (("base", 1), ("other", -1))


def row_of(signs: list[int], k_cross: float | None = None) -> VerdictRow:
    """Return a row of crossovers whose band has these signs at k = 1, 2, …"""
    low, high = np.array(signs) - 0.5, np.array(signs) + 0.5
    return verdict_row(
        **NAMED,
        verdict=band_verdict(low, high),
        regions=regions_text(decided_regions(np.arange(1, len(signs) + 1), low, high)),
        k_max=len(signs),
        k_cross=k_cross,
        ci_low=0.0,
        ci_high=float("inf"),
        min_detectable_diff=0.02,
    )


def at(text: str) -> set[int]:
    """Return the k that a list such as ``1–9 and 11`` names."""
    spans = [part.split("–") for part in re.split(r", | and ", text)]
    return {k for span in spans for k in range(int(span[0]), int(span[-1]) + 1)}


@given(
    st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=40),
    st.none() | st.floats(1, 40),
)
def test_sentence_and_figure_say_of_each_k_what_the_band_says(
    signs: list[int], k_cross: float | None
) -> None:
    row = row_of(signs, k_cross)
    decided = {side: {k for k, s in enumerate(signs, 1) if s == sign} for side, sign in SIGNS}
    sentence, figure = curves(row, 0.95), words.verdict(row)
    for side, name in NAMED.items():
        ks = r"k = ([\d–]+(?:(?:, | and )[\d–]+)*)"
        claimed = [at(spans) for spans in re.findall(rf"of {name} at {ks}", sentence)]
        drawn = [at(spans) for spans in re.findall(rf"{side} ahead at {ks}", figure)]
        assert set().union(*claimed) == set().union(*drawn) == decided[side]
    short = words.verdict(row, short=True)
    for text, called in ((sentence, NAMED), (short, {side: side for side in NAMED})):
        for side, sign in SIGNS:
            if re.search(rf"{called[side]} (is ahead|ahead|overtakes)", text):
                assert sign in signs
    assert ("is open" in sentence) == (signs[-1] == 0), sentence  # K, or every k


def test_a_crossing_lies_where_the_band_changes_sides() -> None:
    once = [-1] * 9 + [0] * 21 + [1] * 34
    assert crossing(row_of(once, 14.43)) == "at k× ≈ 14.4 (0, ∞)"
    assert crossing(row_of(once, 14.43), "k") == "at k ≈ 14.4 (0, ∞)"
    assert crossing(row_of(once)) == "between k = 9 and 31"
    three = [1] * 3 + [0] * 4 + [-1] * 13 + [0] * 10 + [1] * 34
    row = row_of(three, 25.0)
    assert (row.verdict, established(row)) == ("crossover", True)
    assert curves(row, 0.95) == (
        "alpha overtakes omega at k× ≈ 25 (0, ∞): the simultaneous 95 % band of D = base − other "
        "excludes 0 in favour of alpha at k = 1–3, then of omega at k = 8–20, then of alpha at "
        "k = 31–64"
    )
    assert words.verdict(row) == (
        "crossover at k ≈ 25 (0, ∞): base ahead at k = 1–3, other ahead at k = 8–20, base ahead "
        "at k = 31–64"
    )
    # D dips and rises again after the last k that is decided.
    later = row_of([-1] * 9 + [0] * 3 + [1] * 20 + [0] * 32, 50.0)
    assert not established(later) and crossing(later) == "between k = 9 and 13"
    assert curves(later, 0.9) == (
        "alpha overtakes omega between k = 9 and 13: the simultaneous 90 % band of D = base − "
        "other excludes 0 in favour of omega at k = 1–9, then of alpha at k = 13–32; at K = 64 "
        "the order is open (D last turns from below to above 0 at k× ≈ 50 (0, ∞), which is not "
        "established)"
    )
    # An upward crossing that the band shows, and a later one back.
    back = row_of([-1] * 4 + [0] * 2 + [1] * 20 + [0] * 6 + [-1] * 32, 5.0)
    assert (back.verdict, established(back)) == ("reverse", True)
    assert curves(back, 0.95).endswith(" (D last turns from below to above 0 at k× ≈ 5 (0, ∞))")


def test_stretches_of_one_side_are_one_list() -> None:
    row = row_of([-1, -1, 0, -1, 0, -1, -1, 0, 1])
    assert row.regions == "other:1-2;other:4-4;other:6-7;base:9-9"
    assert stretches(row.regions) == [("other", "1–2, 4 and 6–7"), ("base", "9")]
    assert not open_at_k_max(row) and open_at_k_max(row_of([1, 0]))
    assert read_regions(None) == [] and stretches(None) == []


@pytest.mark.parametrize(("value", "text"), [(0.0213, "2.1"), (0.0, None), (float("inf"), None)])
def test_without_a_spread_no_difference_is_detectable(value: float, text: str | None) -> None:
    row = replace(row_of([0, 0]), min_detectable_diff=value)
    assert detectable(row) == text
    assert ("go unseen" in curves(row, 0.95)) == (text is not None)
    assert ("detectable" in words.verdict(row)) == (text is not None)


def test_other_verdicts_have_a_line_each() -> None:
    assert beside(verdict_row()) == []
    assert beside(verdict_row(decides="benchmark")) == [
        "on these very problems, which decide: not told at K = 64, beyond n/2"
    ]
    both = {"verdict_fixed": "crossover", "verdict_holm": "undetermined", "holm_cells": 18}
    assert beside(verdict_row(**both)) == [
        "on these very problems: crossover",
        "after Holm over 18 comparisons: undetermined",
    ]
