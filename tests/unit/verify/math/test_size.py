"""Towers and bombs are refused without computing them; ordinary mathematics passes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.verify.math.size import too_much
from unit.verify.math.pairs import DIFFERENT, SAME


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"9^{9^{9^9}}", "digits"),
        (r"10^{10^{10}}", "digits"),
        (r"2^{100000}", "digits"),
        (r"2^{-100000}", "digits"),
        (r"\frac{1}{2^{10^6}}", "digits"),
        (r"x + 2^{2^{30}}", "digits"),
        (r"(1, 2^{2^{30}})", "digits"),
        (r"\sqrt{2^{2^{30}}}", "digits"),
        (r"\sin(9^{9^9})", "digits"),
        ("500000000!", "factorial"),
        ("(10^{10})!", "factorial"),
        ("((9!)!)!", "factorial"),
        (r"\binom{10^9}{5\cdot 10^8}", "factorial or binomial"),
        (r"\overline{x} 500000000!", "too large"),
        (r"\overline{x} 2^{9999999}", "too large"),
        ("1" * 1001, "1001 characters"),
        ("{" * 51 + "x" + "}" * 51, "nested 51 deep"),
    ],
)
def test_what_is_refused(latex, why):
    start = time.process_time()
    assert why in too_much(latex)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "latex",
    [
        "2^{1009}",
        "10^{100}",
        r"10^{1/100}",
        r"2^{2^{10}}",
        "100!",
        "2004!",
        r"\binom{2n}{n}",
        r"\binom{100}{50}",
        "x^{2009}",
        "n^{n^n}",
        "e^{x^2}",
        r"(n!)^{2}",
        r"\frac{2016}{2017^{2}}",
        r"\left(\frac{1}{2}\right)^{100}",
        "0^{100000}",
    ],
)
def test_what_passes(latex):
    assert too_much(latex) is None


def test_no_labelled_answer_is_refused():
    pairs = [pair for pairs in (*SAME.values(), *DIFFERENT.values()) for pair in pairs]
    assert [text for pair in pairs for text in pair if too_much(text)] == []


@given(st.text() | st.text("0123456789^!{}()\\binomfrac", max_size=60))
def test_no_text_raises(text):
    too_much(text)
