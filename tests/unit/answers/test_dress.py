"""Signs of Unicode and changes of looks are set aside, and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import normalise
from boundary.answers.dress import undressed


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        ("½", r"\frac{1}{2}"),
        ("3¼", r"3\frac{1}{4}"),
        ("x²³", "x^{23}"),
        ("x⁻¹", "x^{-1}"),
        ("a₁₂", "a_{12}"),
        ("√(x+1)", r"\sqrt{x+1}"),
        ("√12", r"\sqrt{12}"),
        ("sqrt(x(y))", r"\sqrt{x(y)}"),
        (r"\sqrt12", r"\sqrt12"),
        ("x^(1/3)", "x^{1/3}"),
        ("x^(1/3", "x^(1/3"),
        ("α≤∞", r"\alpha \le \infty "),
        (r"{n \choose k}", r"\binom{n }{ k}"),
        (r"\bigl(\displaystyle x\bigr)", "( x)"),
        (r"\textcolor{red}{7}", "{7}"),
        (r"y^{\prime\prime}", "y''"),
        (r"a\\[6pt]b", r"a\\b"),
        (r"7\\", "7"),
        (r"\leftarrow", r"\leftarrow"),
        (r"\bigtriangleup", r"\bigtriangleup"),
    ],
)
def test_what_it_becomes(latex, found):
    assert undressed(latex) == found


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        ("100, 200", "100, 200"),
        ("100 , 200", "100, 200"),
        ("1, 2", "1,2"),
        (r"10,\!000", "10,000"),
        ("10, 000", "10,000"),
        ("x, 200", "x,200"),
        ("9, 15,400", "9, 15,400"),
        ("$3$ and $4$", "3 and 4"),
        ("$3$4", "3,4"),
        ("$3", "$3"),
        ('"7"', "7"),
        ('"7" or "8"', '"7"or"8"'),
        ("**7**", "7"),
    ],
)
def test_spaces_and_signs_around(latex, found):
    assert normalise(latex) == found


@given(st.text() | st.text("√sqrt(^)¼²\\{}$, .'", max_size=60))
def test_no_text_raises(text):
    assert isinstance(undressed(text), str)
    assert isinstance(normalise(text), str)


@pytest.mark.parametrize(
    "text", ["√(" * 3000, "^(" * 3000, "{\\over" * 2000, "\\rm{" * 2000, "'" * 9000]
)
def test_hostile_text_takes_no_time(text):
    start = time.process_time()
    normalise(text)
    assert time.process_time() - start < 1
