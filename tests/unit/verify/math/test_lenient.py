"""The lenient rule does what it mimics, its faults included."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.verify.math.lenient import lenient_answer, lenient_same


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"\boxed{3} The final answer is $4$. I hope it is correct.", "4"),
        (r"\boxed{3} and \boxed{4}", "4"),
        (r"\boxed{\frac{1}{2}} 7", r"\frac{1}{2}"),
        (r"\boxed{5", "5"),
        ("The answer is 5.\nSo 6", "5"),
        ("the final answer is: $x$", "x"),
        ("I think 3, then 1,204.5 it is", "1204.5"),
        ("between 3 and -4", "-4"),
        ("no number", None),
        ("", None),
    ],
)
def test_what_it_reads(response, answer):
    assert lenient_answer(response) == answer


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("204", "204"),
        ("204", "20400"),
        ("204", "2.04"),
        ("204", "204.01"),
        ("100", "1"),
        ("100000", "100005"),
        ("12", "(1)(2)"),
        ("(1,2)", "[1,2]"),
        ("50", r"50\%"),
        (r"\frac{1}{2}", "0.5"),
        (r"\frac{1}{2}", "0.50001"),
        (r"2\sqrt{2}", r"\sqrt{8}"),
        ("x^2+2x+1", "(x+1)^2"),
        ("x", "X"),
        (r"\text{East}", "east"),
        ("5", "x=5"),
        ("5", r"5\text{ cm}"),
        (r"10\text{ cm}", r"10\text{ m}"),
        (r"90^\circ", "90"),
        (r"(1,\frac12)", "(1,0.5)"),
        (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}"),
        ("10{,}000", "10000"),
    ],
)
def test_what_it_takes_for_the_same(gold, answer):
    assert lenient_same(gold, answer)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("204", "205"),
        ("5", "-5"),
        ("1,2", "2,1"),
        ("(1,2)", "(2,1)"),
        ("x+1", "x+2"),
        (r"\text{east}", r"\text{west}"),
        ("5", ""),
        ("5", r"9^{9^{9^9}}"),
        ("5", "1" * 2000),
    ],
)
def test_what_it_takes_for_different(gold, answer):
    assert not lenient_same(gold, answer)


HOSTILE = (
    *("final answer is $" * 60_000, "final answer is $ I hope" * 40_000, "boxed" * 200_000),
    *(
        "1" * 1_000_000,
        "1," * 500_000,
        "-" * 1_000_000,
        "he answer is" * 80_000,
        r"\boxed{" * 140_000,
    ),
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_million_hostile_characters_take_no_time(text):
    start = time.process_time()
    lenient_same("5", lenient_answer(text) or "")
    assert time.process_time() - start < 5


@given(st.text(), st.text("0123456789.,\\text{}()%$ x^", max_size=60))
def test_no_text_raises(one, other):
    lenient_answer(one)
    lenient_same(other, one)
    lenient_same("5", other)
