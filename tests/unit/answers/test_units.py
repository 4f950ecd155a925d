"""A value and its unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import normalise
from boundary.answers.units import strip_unit, unit_name


@pytest.mark.parametrize(
    ("latex", "value", "unit"),
    [
        ("5", "5", None),
        (r"5\text{ cm}", "5", "cm"),
        (r"5 \text{ centimeters}", "5", "cm"),
        (r"5\mathrm{~cm}", "5", "cm"),
        (r"15\mbox{ cm}^2", "15", "cm^2"),
        (r"15\text{ square centimetres}", "15", "cm^2"),
        (r"15\text{ cm}^{3}", "15", "cm^3"),
        (r"15\text{ cm}²", "15", "cm^2"),
        ("10 cm", "10", "cm"),
        ("10cm", "10", "cm"),
        ("10 m", "10 m", None),
        ("6m", "6m", None),
        ("10 apples", "10", "apple"),
        ("2 xy", "2 xy", None),
        ("2x large", "2x large", None),
        (r"\$5", "5", "dollar"),
        (r"-\$5", "-5", "dollar"),
        (r"\$5 \text{ dollars}", "5", "dollar"),
        (r"\$5 \text{ cm}", r"\$5\text{cm}", None),
        ("£5", "5", "pound sterling"),
        (r"90^\circ", "90", "degree"),
        (r"90^{\circ}", "90", "degree"),
        ("90°", "90", "degree"),
        (r"90^\circ\text{C}", "90", "degree C"),
        (r"90\text{ degrees}", "90", "degree"),
        (r"50\%", "50", "percent"),
        ("50%", "50", "percent"),
        (r"50\text{ percent}", "50", "percent"),
        (r"5\text{ units}", "5", None),
        (r"5\text{ square units}", "5", None),
        (r"5\text{ miles per hour}", "5", "mi h^-1"),
        (r"x+1\text{ cm}", "x+1", "cm"),
        (r"5\text{ or more}", r"5\text{or more}", None),
        (r"5\text{ million}", r"5\text{million}", None),
        (r"\text{cm}", r"\text{cm}", None),
        ("%", "%", None),
        ("$", "$", None),
    ],
)
def test_values_and_units(latex, value, unit):
    assert strip_unit(normalise(latex)) == (value, unit)


@pytest.mark.parametrize("words", ["or", "not 5", "5", "a b c d e f", "", "x=5", "million dollars"])
def test_what_is_no_unit(words):
    assert unit_name(words) == (False, None)


@given(st.text(max_size=40) | st.text("5\\text{}cm $%^2°", max_size=40))
def test_no_text_raises_and_the_value_is_a_part_of_it(text):
    value, _ = strip_unit(text)
    assert len(value) <= len(text)
