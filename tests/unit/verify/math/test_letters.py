r"""What names something, what letters stand for, and what a question may ask the value of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.verify.math.letters import capitals, is_name, is_quantity, name_key, variables


@pytest.mark.parametrize(
    "text",
    [
        *("u", "x_1", r"m_{\max}", "u'", "f(x)", "f(2)", "g''(t)", "N(n)", "AB", "P'", "area"),
        *(r"\theta", r"\omega_{n}", r"\theta(t)", r"\dot{x}_0", r"\bar z", r"\overline{AB}"),
        *(r"\angle ABC", r"\angle B E A_{1}", r"\triangle ABC", "|AB|", r"\frac{AB}{CD}"),
        *(r"\text{total area}", r"(r,\theta)", "V_1:V_2", r"\frac{dx}{dt}", "dy/dx"),
        *(r"\frac{d^{2} v_{o}}{d t^{2}}", r"\frac{\partial f}{\partial x}"),
    ],
)
def test_names(text):
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "e", "i", "5", "2x", "xy", "x-y", "x^2", "x+y", "|x|", r"\frac{a}{b}", r"\pi"),
        *(r"\sin x", r"\sqrt{x}", "n!", "f(x+1)", "f(g(x))", r"\emptyset", "x" * 100, "(2,3)"),
    ],
)
def test_no_names(text):
    assert not is_name(text)


def test_one_key_for_the_ways_to_write_a_name():
    assert name_key(r"\text{MR}") == name_key("MR") == name_key(r"\mathrm{MR}")
    assert name_key("x_{1}") == name_key("x_1") != name_key("x_2")
    assert [capitals(text) for text in ("MR", r"\text{MR}", "M", "Mr", "x")] == [True, True] + [
        False
    ] * 3


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        ("5", ""),
        (r"\frac{\sqrt{3}}{2} e^{i\pi}", ""),
        ("2x+y", "xy"),
        (r"\sin x", "x"),
        (r"\begin{pmatrix}1\end{pmatrix}", ""),
        (r"\operatorname{lcm}", "lcm"),
    ],
)
def test_letters(latex, letters):
    assert variables(latex) == set(letters)
    assert variables(r"\text{a}") == {"\\text", "a"}


@pytest.mark.parametrize(
    "text",
    ["m+n", "x^2+y^2", "100a+10b+c", r"\tan\theta", "n^2", "2x", "[ABC]", "-a-b", r"z\bar z"],
)
def test_what_a_question_may_ask_for(text):
    assert is_quantity(text)


@pytest.mark.parametrize(
    "text", ["", "5", "2x+3", "x^2-3x", "x+17", "m+n+1", r"\text{not } x", r"x \text{ or } y", "-3"]
)
def test_what_begins_an_equation_or_a_hedge(text):
    assert not is_quantity(text)


@given(st.text() | st.text("xyzAB()_{}'\\frac|,:", max_size=70))
def test_no_text_raises(text):
    is_name(text), is_quantity(text), variables(text), name_key(text)
