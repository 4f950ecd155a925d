"""The second engine: its parser, its values, its opinion, its bounds."""

import time
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.verify.math import second
from boundary.verify.math.second.compare import second_opinion
from boundary.verify.math.second.evaluate import value
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.tree import Call, Many, Name, Num, Text, UnreadableError


@pytest.mark.parametrize(
    ("latex", "number"),
    [
        ("1+2*3", 7),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^{3^2}", 512),
        ("1-2-3", -4),
        ("12/3/2", 2),
        (r"2\frac{1}{2}", 2.5),
        (r"2\cdot\frac{1}{2}", 1),
        (r"\frac12", 0.5),
        (r"\frac{1}2", 0.5),
        (r"\sqrt[3]{-8}", -2),
        (r"\sqrt2^2", 2),
        (r"\binom{5}{2}", 10),
        ("5!", 120),
        ("-3!", -6),
        (r"\lfloor 2.5 \rfloor", 2),
        (r"\left\lceil 2.5 \right\rceil", 3),
        ("|3-5|", 2),
        (r"\log_2 8", 3),
        (r"\sin^2 x + \cos^2 x", 1),
        (r"\sin \frac{\pi}{6}", 0.5),
        (r"\tan^{-1} 1 \cdot 4 / \pi", 1),
        (r"e^{i\pi}", -1),
        (r"\sum_{k=1}^{100} k", 5050),
        (r"\prod_{k=1}^{5} k", 120),
        (r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", -2),
        ("1{,}000+1,000", 2000),
        ("−5", -5),
    ],
)
def test_values(latex, number):
    assert abs(value(parse(latex), 1) - number) < mpmath.mpf(10) ** -40


@pytest.mark.parametrize(
    ("latex", "tree"),
    [
        ("1,2", Many("list", (Num(Fraction(1)), Num(Fraction(2))))),
        ("(1,2]", Many("(]", (Num(Fraction(1)), Num(Fraction(2))))),
        (r"\{1\}", Many("set", (Num(Fraction(1)),))),
        ("(1)", Num(Fraction(1))),
        ("x_1", Name("x_1")),
        ("f'", Name("f'")),
        (r"\text{East }", Text("east")),
        ("x=1", Many("rel", (Name("x"), Num(Fraction(1))), ("=",))),
        (r"5\text{ cm}", Call("unit", (Num(Fraction(5)), Text("cm")))),
        (r"1 \text{ or } 2", Many("list", (Num(Fraction(1)), Num(Fraction(2))))),
    ],
)
def test_trees(latex, tree):
    assert parse(latex) == tree


@pytest.mark.parametrize(
    "latex",
    [
        *("", "(", "(1", "1)", "(1]", r"\frac{1}", "1+", r"\int x", r"\begin{pmatrix}1", "^"),
        *(
            "x^23",
            "f^{(2)}",
            "n!!",
            "f(x+1)",
            "1..2",
            "(" * 300 + "1" + ")" * 300,
            r"\overline{AB}",
            "&",
            "{1,2",
        ),
    ],
)
def test_what_cannot_be_read(latex):
    with pytest.raises(UnreadableError):
        parse(latex)


@pytest.mark.parametrize(
    "latex",
    [
        *("9^{9^{9^9}}", "500000000!", r"\binom{10^9}{5}", r"\sum_{k=1}^{10^9} k", r"\frac{1}{0}"),
        *(r"\sum_{k=1}^{\infty} k", r"\sum_{a=1}^{999}\sum_{b=1}^{999} ab", r"\sin(10^{9999})"),
    ],
)
def test_work_is_bounded(latex):
    start = time.process_time()
    with pytest.raises(UnreadableError):
        value(parse(latex), 1)
    assert time.process_time() - start < 3
    assert second_opinion("5", latex) is not True


@pytest.mark.parametrize(
    ("gold", "answer", "same"),
    [
        (r"2\sqrt{2}", r"\sqrt{8}", True),
        (r"\frac{1}{2^{99}}", r"\frac{1}{2^{98}}", False),
        ("x", "X", False),
        ("1,2", "2,1", True),
        ("(1,2)", "(2,1)", False),
        ("x=5", "5", True),
        ("x=5", "y=5", False),
        ("4", "3=4", False),
        ("(1,2)", "[1,2]", False),
        (r"(3,\infty)", "x>3", True),
        ("x>3", r"x \ge 3", False),
        (r"10\text{ cm}", r"10\text{ m}", False),
        (r"\text{(A)}", "A", True),
        (r"\text{4:30 p.m.}", "4:30 PM", True),
        (r"1 \pm \sqrt2", r"1+\sqrt2, 1-\sqrt2", True),
        (r"\int_0^1 x dx", "5", None),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)", True),
        ("3", "3 or 4", False),
    ],
)
def test_opinions(gold, answer, same):
    assert second_opinion(gold, answer) is same or (
        same is False and second_opinion(gold, answer) is None
    )


@given(st.text(), st.text("0123456789xyz^!{}()[]\\frac,=<>+-*/_'|& ", max_size=60))
def test_no_text_raises(one, other):
    assert second_opinion("5", one) in (True, False, None)
    assert second_opinion(other, "x") in (True, False, None)


def test_it_shares_nothing_with_the_first_engine():
    folder = Path(second.__file__).parent
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    assert "import sympy" not in text
    assert "from sympy" not in text
    assert "math_verify" not in text.replace("Math-Verify", "")
    assert "latex2sympy" not in text
