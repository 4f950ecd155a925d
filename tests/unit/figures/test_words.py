"""Words on the charts."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.figures import words
from verdict_rows import verdict_row

ROW = verdict_row(k_cross=14.43, min_detectable_diff=0.0213)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "crossover at k ≈ 14.4 [9, 31]: other ahead at k = 1–8, base ahead at k = 32–64"),
        (
            {"ci_low": 0.0, "ci_high": math.inf},
            "crossover at k ≈ 14.4 (0, ∞): other ahead at k = 1–8, base ahead at k = 32–64",
        ),
        (
            {"verdict": "base-ahead-to-K", "regions": "base:32-64", "k_cross": None},
            "base ahead to K = 64: base ahead at k = 32–64",
        ),
        (
            {"verdict": "other-ahead-early", "regions": "other:1-8", "k_cross": None},
            "other ahead early, open at K = 64: other ahead at k = 1–8",
        ),
        (
            {"verdict": "undetermined", "regions": None, "k_cross": None},
            "undetermined; detectable at k = 64: 2.1 points",
        ),
        (
            {"verdict": "undetermined", "regions": None, "guard": "small-set;few-discordant"},
            "no claim (small-set, few-discordant); band: undetermined; the curves meet at "
            "k ≈ 14.4 [9, 31]; detectable at k = 64: 2.1 points",
        ),
    ],
)
def test_verdict_in_words(change, text):
    assert words.verdict(replace(ROW, **change)) == text


def test_the_short_form_keeps_guard_and_verdict():
    row = replace(ROW, verdict="reverse", regions="base:1-8;other:32-64", guard="small-set")
    assert words.verdict(row, short=True) == "no claim (small-set); band: reverse"
    assert words.verdict(ROW, short=True) == "crossover at k ≈ 14.4 [9, 31]"


def test_an_undetermined_crossing_is_never_called_a_crossover():
    text = words.verdict(replace(ROW, verdict="undetermined", regions=None))
    assert text.startswith("undetermined; the curves meet at k ≈ 14.4 [9, 31]")


def test_clean_shows_controls_and_keeps_both_ends():
    assert words.clean("a\x00\u202eb") == "a⟨U+0000⟩⟨U+202E⟩b"
    cut = words.clean("checkpoint-" + "x" * 80 + "-step-450", 24)
    assert len(cut) == 24
    assert cut.startswith("checkpoint-")
    assert cut.endswith("-step-450")


@given(st.text(), st.integers(8, 80))
def test_clean_text_is_printable_and_bounded(text, limit):
    shown = words.clean(text, limit)
    assert len(shown) <= limit
    assert not any(ord(char) < 32 or char in "\u202e\u2066\u200b\u2028\x7f" for char in shown)


def test_spans():
    assert words.span([64, 128]) == "64–128"
    assert words.span([64, 64]) == "64"


def test_a_line_never_breaks_inside_an_interval():
    for width in range(170, 400, 6):
        lines = words.wrap(
            "a-model: crossover at k ≈ 14.4 [9, 31], D(64) = +2.4 [+0.8, +3.9]", width
        )
        assert " ".join(lines).count("[9, 31]") == 1
        assert any("[9, 31]" in line for line in lines)
        assert not any(line.endswith(("≈", "=", " k")) for line in lines)
