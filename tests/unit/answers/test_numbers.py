"""Numbers in every common notation, exactly; what is none stays none."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers.numbers import read_based, read_number


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        ("007", 7),
        ("0.50", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("10,000", 10000),
        ("1,234,567.5", Fraction(2469135, 2)),
        ("10 000", 10000),
        (r"\frac{1}{2}", Fraction(1, 2)),
        (r"\frac12", Fraction(1, 2)),
        (r"\frac{10}3", Fraction(10, 3)),
        (r"\frac{-1}{2}", Fraction(-1, 2)),
        (r"-\frac{1}{2}", Fraction(-1, 2)),
        (r"\frac{1.5}{2}", Fraction(3, 4)),
        ("1/2", Fraction(1, 2)),
        ("-10/4", Fraction(-5, 2)),
        (r"1\frac{4}{5}", Fraction(9, 5)),
        (r"-1\frac{4}{5}", Fraction(-9, 5)),
        ("137 \\frac{1}{2}", Fraction(275, 2)),
        ("1 4/5", Fraction(9, 5)),
        ("6.02e23", 602 * 10**21),
        ("1E-3", Fraction(1, 1000)),
        (r"6.02\times 10^{23}", 602 * 10**21),
        (r"2\cdot10^{-2}", Fraction(1, 50)),
        ("2×10^3", 2000),
        ("10^{-5}", Fraction(1, 100000)),
        (r"3\times 10", 30),
        ("{5}", 5),
    ],
)
def test_values(latex, value):
    assert read_number(latex) == value


@pytest.mark.parametrize(
    "latex",
    [
        "",
        "x",
        "--5",
        "5x",
        "1,2",
        "10,00",
        "1,2345",
        "1.2.3",
        r"\frac{1}{0}",
        "1/0",
        r"1\frac{5}{4}",
        "1 5/4",
        r"\frac{x}{2}",
        "10^{1000}",
        "1e99999",
        "٥",
        "５",
        "²",
        "2e",
        "e5",
        "5!",
        "2^3",
        "0x10",
        "1_000",
        "nan",
        "inf",
        "1" * 1001,
    ],
)
def test_what_is_no_number(latex):
    assert read_number(latex) is None


@given(st.fractions())
def test_fractions_round_trip(value):
    assert read_number(rf"\frac{{{value.numerator}}}{{{value.denominator}}}") == value
    assert read_number(f"{value.numerator}/{value.denominator}") == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimals_are_exact(value):
    assert read_number(f"{value:f}") == Fraction(value)


@given(st.integers(0, 10**15))
def test_thousands_separators(value):
    assert read_number(f"{value:,}") == value


@given(st.text("0123456789.,/eE+-^{}\\ frac", max_size=25))
def test_no_text_raises(text):
    read_number(text)
    read_based(text)


@pytest.mark.parametrize(
    ("latex", "digits", "base"),
    [
        ("11_2", "11", 2),
        ("4210_{5}", "4210", 5),
        (r"1A_{\text{sixteen}}", "1A", 16),
        ("(12)_3", "12", 3),
    ],
)
def test_digits_in_a_base(latex, digits, base):
    assert read_based(latex) == (digits, base)


@pytest.mark.parametrize("latex", ["11", "x_2", "11_x", "11_{200}", "_2"])
def test_what_has_no_base(latex):
    assert read_based(latex) is None
