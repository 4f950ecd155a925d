r"""Values at many points: what they prove, and what they do not."""

from fractions import Fraction

import pytest
from sympy import Abs, Symbol, factorial, floor, log, pi, sin, sqrt, symbols

from boundary.verify.math import points
from boundary.verify.math.points import Equality, equality, proportionality

x, y, n = symbols("x y n", real=True)
TEXTS = ("a", "b")


@pytest.mark.parametrize(
    ("gold", "answer", "found"),
    [
        ((x + y) ** 2, x**2 + 2 * x * y + y**2, Equality.EQUAL),
        (sin(x) ** 2, 1 - sin(x + pi / 2) ** 2, Equality.EQUAL),
        (x, x + 1, Equality.DIFFERENT),
        (x, x * (1 + Fraction(1, 10**30)), Equality.DIFFERENT),
        (log(x * y), log(x) + log(y), Equality.POSITIVE),
        (sqrt(x) * sqrt(y), sqrt(x * y), Equality.POSITIVE),
        (sqrt(x + y), sqrt(x) + sqrt(y), Equality.DIFFERENT),
        (log(x**2), 2 * log(x), Equality.DIFFERENT),  # one letter is a variable
        (factorial(n), n * factorial(n - 1), Equality.EQUAL),
        (x / y - 1, (x - y) / y, Equality.EQUAL),
    ],
)
def test_equality(gold, answer, found):
    assert equality(gold, answer, TEXTS) is found


@pytest.mark.parametrize("text", ["|x|y", r"\lfloor x \rfloor", r"\lceil x", r"\max(x,y)"])
def test_positive_values_prove_nothing_of_what_is_not_analytic(text):
    assert equality(Abs(x) * y, x * y, (text, "xy")) is Equality.DIFFERENT
    assert equality(sqrt(x) * sqrt(y), sqrt(x * y), (text, "")) is Equality.DIFFERENT


def test_floors_are_compared_at_whole_numbers_too():
    half = n / 2
    texts = (r"\lceil n/2 \rceil", r"\lfloor n/2 \rfloor+1")
    assert equality(-floor(-half), floor(half) + 1, texts) is Equality.DIFFERENT
    assert equality(floor(half + 1), floor(half) + 1, texts) is Equality.EQUAL


@pytest.mark.parametrize(
    ("gold", "answer", "positive", "found"),
    [
        (x + y, 2 * x + 2 * y, False, Equality.EQUAL),
        (x + y, -x - y, False, Equality.EQUAL),
        (x + y, -x - y, True, Equality.DIFFERENT),
        (x + y, x - y, False, Equality.DIFFERENT),
        (x, x * y, False, Equality.DIFFERENT),
        (x - x, x, False, Equality.DIFFERENT),
    ],
)
def test_proportionality(gold, answer, positive, found):
    assert proportionality(gold, answer, TEXTS, positive) is found


def test_a_small_difference_that_is_written_out_is_seen():
    tiny = Fraction(1, 10**70)
    assert equality(x, x + tiny * y, ("x", "x+10^{-70}y")) is Equality.DIFFERENT
    assert equality(tiny * x, 2 * tiny * x, ("10^{-70}x", "2 10^{-70}x")) is Equality.DIFFERENT
    huge = 2**1009
    assert equality(huge * x, huge * x + 1, ("2^{1009}x", "2^{1009}x+1")) is Equality.DIFFERENT


def test_the_points_are_enough_and_of_every_sign():
    names = list(symbols("a b c"))
    drawn = list(points._points(names, whole=True))
    for kind in ("positive", "mixed", "whole"):
        assert sum(each == kind for each, _ in drawn) >= 20
    signs = {tuple(point[name] > 0 for name in names) for kind, point in drawn if kind == "mixed"}
    assert len(signs) == 2 ** len(names)
    values = [value for kind, point in drawn if kind != "whole" for value in point.values()]
    assert all(value.denominator > 1 for value in values)
    assert all(point[name] > 0 for kind, point in drawn if kind == "positive" for name in names)


def test_what_has_no_value_tells_nothing():
    assert points.value(1 / (x - 1), {x: Fraction(1)}) is None
    assert points.value(Symbol("q"), {}) is None
