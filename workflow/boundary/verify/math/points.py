r"""Whether two expressions are equal, told by their values at many points.

Two formulas that agree to 60 digits at 20 points in general position are equal
wherever both are analytic.  Half of the points have coordinates of both signs,
the others positive ones alone: letters of a formula often stand for positive
constants, so that :math:`\sqrt{ab} = \sqrt a \sqrt b` is right there.  Floors,
ceilings and absolute values are not analytic, so of these positive points alone
prove nothing.
"""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mp, mpf

#: Digits to which values are computed beside those that are written out, and how many of
#: them rounding may cost.
DIGITS, ROUNDING, MOST_DIGITS = 60, 20, 3000
#: Points of each kind, and how many must give a value.
POINTS, LEAST = 20, 12
#: Letters whose signs differ independently.
SIGNS = 4
#: Coordinates are quotients of different primes, so that none is a root of a simple equation.
_ABOVE = (17, 67, 19, 101, 23, 71, 107, 29, 73, 113, 79, 83, 109, 89, 97, 103, 127)
_BELOW = (31, 53, 37, 59, 41, 61, 43, 47)
#: Signs of what is not analytic, however it is parsed.
_PIECEWISE = re.compile(
    r"\||\\(?:[lr](?:floor|ceil|vert)|max|min|gcd|operatorname|bmod|mod)(?![a-zA-Z])"
)


class Equality(enum.Enum):
    """What values tell of two expressions."""

    DIFFERENT = "different"
    EQUAL = "equal"
    #: Equal where all letters are positive.
    POSITIVE = "positive"
    #: Too few points give a value.
    UNKNOWN = "unknown"


#: Says of two values whether they agree; None where they tell nothing.
Agree = Callable[[Any, Any], bool | None]


def equality(gold: Any, answer: Any, texts: tuple[str, str]) -> Equality:
    """Compare two expressions of SymPy that have letters.

    Parameters
    ----------
    gold, answer : sympy.Expr
        Without sums, integrals and the like that wait to be evaluated.
    texts : tuple of str
        Their LaTeX.
    """
    return _decided(gold, answer, texts, close)


def proportionality(gold: Any, answer: Any, texts: tuple[str, str], positive: bool) -> Equality:
    """Say whether one expression is the other times a number, above 0 where so asked."""
    first: list[Any] = []

    def agree(one: Any, other: Any) -> bool | None:
        if one == 0 and other == 0:
            return None
        if one == 0 or other == 0:
            return False
        ratio = one / other
        first.append(ratio)
        if positive and not (abs(mpmath.im(ratio)) < _tolerance() and mpmath.re(ratio) > 0):
            return False
        return close(ratio, first[0])

    found = _decided(gold, answer, texts, agree)
    return Equality.DIFFERENT if positive and found is Equality.POSITIVE else found


def _decided(gold: Any, answer: Any, texts: tuple[str, str], agree: Agree) -> Equality:
    names = sorted(gold.free_symbols | answer.free_symbols, key=str)
    digits = _digits(texts)
    found = {"mixed": 0, "positive": 0, "whole": 0}
    whole = any(map(_PIECEWISE.search, texts))
    mixed_differ = False
    for kind, point in _points(names, whole):
        if kind == "mixed" and mixed_differ:
            continue
        with mp.workdps(digits):
            one, other = _nonzero(gold, point), _nonzero(answer, point)
            same = None if one is None or other is None else agree(one, other)
        if same:
            found[kind] += 1
        elif same is None:
            continue
        elif kind != "mixed" or whole or len(names) < 2:
            return Equality.DIFFERENT
        else:
            mixed_differ = True
    if found["positive"] < LEAST:
        return Equality.UNKNOWN
    if mixed_differ:  # in a formula of one letter, as the root of x^2, that is a variable
        return Equality.POSITIVE if found["positive"] == POINTS else Equality.DIFFERENT
    # Where roots of negative numbers have no value, as of a logarithm, one half is enough.
    return Equality.EQUAL if found["mixed"] >= LEAST else Equality.UNKNOWN


def _nonzero(expression: Any, point: dict[Any, Fraction]) -> Any | None:
    """Return a value; 0 where it is only what rounding leaves, which more digits show."""
    found = value(expression, point)
    if found is None or abs(found) > _tolerance():
        return found
    with mp.workdps(2 * mp.dps):
        more = value(expression, point)
        return mpf(0) if more is None or abs(more) <= abs(found) * _tolerance() else more


_EXPONENT = re.compile(r"\^ ?\{? ?-? ?(\d{2,})|(\d{2,}) ?!")


def _digits(texts: tuple[str, str]) -> int:
    """Return how many digits show that 1 and 1 + 10^{-70} differ."""
    large = [found for text in texts for found in _EXPONENT.findall(text)]
    extra = sum(int(exponent or 0) + 3 * int(factorial or 0) for exponent, factorial in large)
    return DIGITS + min(max(map(len, texts)) + extra, MOST_DIGITS)


def _tolerance() -> Any:
    return mpf(10) ** (ROUNDING - mp.dps)


def _points(names: Sequence[Any], whole: bool) -> Iterator[tuple[str, dict[Any, Fraction]]]:
    """Yield points of the two kinds in turns: quotients of whole numbers, none of them round.

    Then, where so asked, whole numbers, at which floors and ceilings meet.
    """
    draws = itertools.count(1)
    for i in range(1, POINTS + 1):
        for kind in ("positive", "mixed"):
            point = {}
            for place, name in enumerate(names):
                step = next(draws)
                number = Fraction(_ABOVE[step % len(_ABOVE)], _BELOW[step * 3 % len(_BELOW)])
                # Among the signs of several letters is each pattern.
                minus = kind == "mixed" and (i >> place % SIGNS) & 1
                point[name] = -number if minus else number
            yield kind, point
    for i in range(1, POINTS + 1 if whole else 1):
        yield (
            "whole",
            {name: Fraction(1 + i * (j + 1) % 9 + i // 9) for j, name in enumerate(names)},
        )


def close(one: Any, other: Any) -> bool:
    """Say whether two values agree to the digits that rounding leaves."""
    if not (mpmath.isfinite(one) and mpmath.isfinite(other)):
        return bool(one == other)
    return bool(abs(one - other) <= _tolerance() * max(abs(one), abs(other)))


def value(expression: Any, point: dict[Any, Fraction]) -> Any | None:
    """Return the value of an expression, a number of mpmath; None where there is none."""
    try:
        number = _of(expression, point)
    except (ArithmeticError, AttributeError, KeyError, NotImplementedError, TypeError, ValueError):
        return None
    return None if mpmath.isnan(number) else number


def _of(node: Any, point: dict[Any, Fraction]) -> Any:
    if node.is_Symbol or node.is_Rational:
        number = point[node] if node.is_Symbol else Fraction(int(node.p), int(node.q))
        return mpf(number.numerator) / number.denominator
    return _FUNCTIONS[type(node).__name__](*(_of(arg, point) for arg in node.args))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": lambda *terms: mpmath.fsum(terms), "Mul": lambda *factors: mpmath.fprod(factors),
    "Pow": mpmath.power,
    "exp": mpmath.exp, "log": mpmath.log, "sin": mpmath.sin, "cos": mpmath.cos,
    "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec, "csc": mpmath.csc,
    "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "acot": mpmath.acot,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "coth": mpmath.coth,
    "Abs": abs, "floor": mpmath.floor, "ceiling": mpmath.ceil, "factorial": mpmath.factorial,
    "gamma": mpmath.gamma, "binomial": mpmath.binomial, "re": mpmath.re, "im": mpmath.im,
    "Max": max, "Min": min,
    "Pi": lambda: +mp.pi, "Exp1": lambda: +mp.e, "ImaginaryUnit": lambda: mpmath.mpc(0, 1),
}  # fmt: skip
