"""Words on the charts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.figures import words

ROW = {
    "verdict": "crossover",
    "k_cross": 14.43,
    "ci_low": 9.0,
    "ci_high": 31.0,
    "k_max": 64,
    "min_detectable_diff": 0.0213,
    "note": None,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "crossover at k ≈ 14.4 [9, 31]"),
        ({"ci_low": 0.0, "ci_high": math.inf}, "crossover at k ≈ 14.4 (0, ∞)"),
        ({"verdict": "base-ahead-to-K", "k_cross": None}, "base ahead up to k = 64"),
        ({"verdict": "other-ahead-early", "k_cross": None}, "other ahead at small k"),
        (
            {"verdict": "undetermined", "k_cross": None},
            "undetermined; detectable at k = 64: 2.1 points",
        ),
    ],
)
def test_verdict_in_words(change, said):
    assert words.verdict({**ROW, **change}) == said


def test_an_undetermined_crossing_is_never_called_a_crossover():
    said = words.verdict({**ROW, "verdict": "undetermined"})
    assert said.startswith("undetermined; the curves meet at k ≈ 14.4 [9, 31]")


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
        assert not any(line.endswith(("≈", "=")) for line in lines)
