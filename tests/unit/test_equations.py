"""Equations that responses state: what is found, what holds, what is left alone."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.equations import check_arithmetic, equations
from harness import HAND_MADE

RIGHT = [
    "3 + 4 = 7",
    r"so $2\cdot 3 = 6$.",
    r"\[\frac{1}{2} + \dfrac{1}{3} = \frac{5}{6}\]",
    "2/3 = 0.67 and 2/3 = 0.66",
    r"18 \times 3.14159 = 56.54867",
    "22/7 ≈ 3.14",
    r"1234 \cdot 2 \approx 2500",
    "1. 3 + 4 = 7",
    "- 3 + 4 = 7",
    "* 3 + 4 = 7",
    "1,000 * 3 = 3,000",
    r"10{,}000 / 4 = 2500",
    "2(3+4) = 14",
    "3 + 4 = 7 apples.",
    "$5 * 3 = $15.",
    "a = -3 + 5 = 2",
    "2^{10} = 1024 = 2**10",
    "**2*3 = 6**",
    r"= 3 + 4 = \boxed{7}",
    "-3 − -5 = 2",
    "(3 - 5)^2 = 4",
    "2^{-1} = 0.5",
]
WRONG = {
    "3 + 4 = 8": "3 + 4 = 8",
    "7/2 = 3": "7/2 = 3",
    "2/3 = 0.6": None,  # cut at its last digit
    "2/3 = 0.7": None,
    "2/3 = 0.68": "2/3 = 0.68",
    "2.5 * 3 = 7.6": "2.5 * 3 = 7.6",
    r"\frac{1}{2} \cdot 24 \cdot 26 = 156": r"\frac{1}{2} * 24 * 26 = 156",
    "There are 29 - 10 - 1 = 19 integers": "29 - 10 - 1 = 19",
    "3 + 4 ≈ 8": "3 + 4 ≈ 8",
    r"3 + 4 &= 7 \\ &= 8 - 2": None,  # the second line has no left side
    "1 + 1 = 2 = 1 + 2": "2 = 1 + 2",
}
LEFT_ALONE = [
    "x + 3 = 5",
    "So x - 3 = 6",
    "x^2 - 3 = 6",
    "2x = 4",
    "a_1 + 2 = 5",
    "sin 30 + 1 = 1.5",
    "Step 1 - 3 + 4 = 9",
    "5! + 1 = 121",
    "3 + 4 = 7x",
    "3 + 4 = 7 x",
    r"3 + 4 = 7\pi",
    "2 1/2 + 1 = 3 1/2",
    "half of 10 + 3 = 8",
    r"7 + 5 = 0 \pmod{12}",
    "7 + 5 = 0 (mod 12)",
    "12:30 + 45 = 13:15",
    "3,5 + 1 = 4,5",
    "10 / 4 = 2 remainder 2",
    r"5 \text{ cm} + 3 \text{ cm} = 8 \text{ cm}",
    r"\sqrt{9} + 1 = 5",
    "20% + 30% = 50%",
    "101_2 + 1_2 = 110_2",
    "6/2(1+2) = 9",
    "|3 - 5| = 2",
    "1/0 = 5",
    "0^0 + 1 = 2",
    "3 = 4",
    "(1, 2) + (3, 4) = (4, 6)",
    "9^9^9 = 1",
    "9^999999999 = 1",
    "2^2000*2^2000*2^2000 = 1",
    "3 = 4 + " + "1" * 41,
    "=" * 50,
]


@pytest.mark.parametrize("text", RIGHT)
def test_true_equations_are_right(text):
    found = check_arithmetic(text)
    assert (found.result, found.wrong, found.first_wrong) == ("right", 0, None)
    assert found.equations >= 1


@pytest.mark.parametrize(("text", "first"), WRONG.items())
def test_false_equations_are_wrong(text, first):
    found = check_arithmetic(text)
    assert found.first_wrong == first
    assert found.result == ("wrong" if first else "right")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_not_plainly_an_equation_of_numbers_is_left_alone(text):
    assert check_arithmetic(text).result == "none"


def test_counts_and_the_first_wrong_one():
    found = check_arithmetic("1 + 1 = 2\n2 + 2 = 5\n3 + 3 = 7, 4 + 4 = 8")
    assert found == (4, 2, "wrong", "2 + 2 = 5")


def test_the_quote_is_bounded():
    long = " + ".join(["1"] * 90)
    found = check_arithmetic(f"{long} = 3")
    assert found.result == "wrong"
    assert len(found.first_wrong) == 200


@given(st.integers(-999, 999), st.sampled_from("+-*"), st.integers(1, 999), st.integers(-9, 9))
def test_against_python(a, sign, b, off):
    value = {"+": a + b, "-": a - b, "*": a * b}[sign]
    (equation,) = equations(f"{a} {sign} {b} = {value + off}")
    assert equation.holds == (off == 0)


@given(st.text(alphabet="0123456789+-*/^(){}[]=≈. \\frac\nx$,_", max_size=300))
def test_no_text_breaks_it(text):
    found = check_arithmetic(text)
    assert found.wrong <= found.equations


@pytest.mark.parametrize(
    "piece", ["(", "1+", "1=", r"\frac{", "1,000", "3 + 4 = 7 ", " ", "- ", "**"]
)
def test_time_is_linear_in_the_length(piece):
    start = time.process_time()
    check_arithmetic(piece * (200_000 // len(piece)))
    assert time.process_time() - start < 5


def test_hand_made_responses():
    found = [
        check_arithmetic(response)
        for line in (HAND_MADE / "responses/math_cot.jsonl").read_text("utf-8").splitlines()
        for response in json.loads(line)["code"]
    ]
    assert [one.result for one in found].count("right") == 4
    false = [one.first_wrong for one in found if one.result == "wrong"]
    assert false == ["6 * 70 = 410", "1 / 2 + 1 / 3 = 2 / 5"]


def test_real_responses(shared_data):
    """Of 800 responses 13 state a false equation; each was looked at, and is false."""
    path = shared_data / "real_outputs" / "math_cot_100.jsonl"
    found = [
        check_arithmetic(response)
        for line in path.read_text(encoding="utf-8").splitlines()
        for response in json.loads(line)["code"]
    ]
    results = [one.result for one in found]
    assert len(results) == 800
    assert results.count("right") >= 530
    false = {one.first_wrong for one in found if one.result == "wrong"}
    assert false == {
        "29 - 10 - 1 = 19",
        r"\frac{1}{2} * 24 * 26 = 156",
        "49994 + 20006 = 69999",
        "49994 + 20006 = 69990",
        "10 - 0 = 8",
        "1 / 50 = 50",
    }
