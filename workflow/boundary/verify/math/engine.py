"""Whether two expressions are equal: read by Math-Verify's parser, decided by values.

This module runs inside the killable workers.  Its inputs are single expressions:
lists, tuples, relations, units and words are parted before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from boundary.verify.math.latex import harden, parsed
from boundary.verify.math.points import Equality, equality, proportionality

#: Digits to which constants are computed, beside those that are written out.
DIGITS = 60
MOST_BEFORE_POINT = 5000
#: Bits of a number of which none is right.
MOST_ROUGH = 10
UNEVALUATED = re.compile(r"\\(?:sum|prod|int|iint|oint|lim)(?![a-zA-Z])")


class OutOfMemoryError(Exception):
    """The comparison ran into the worker's limit of memory."""


class UnreadError(Exception):
    """One of the two cannot be read as mathematics."""

    def __init__(self, which: str) -> None:
        super().__init__(f"the {which} answer could not be read as mathematics")
        self.which = which


def equal(gold: str, answer: str) -> Equality:
    """Say whether two expressions are equal.

    Parameters
    ----------
    gold, answer : str
        LaTeX.

    Returns
    -------
    Equality
        Never ``UNKNOWN``.

    Raises
    ------
    UnreadError
        When one cannot be read.
    OutOfMemoryError
        When memory ran out, which Math-Verify would take for a difference.
    Exception
        Whatever the parser or the comparison raised.

    Notes
    -----
    Values at many points decide (`points`): Math-Verify calls all tiny numbers
    equal, rounds, and simplifies for long.  It is asked where there are no such
    values.  Its own timeouts rest on SIGALRM, which long C calls outlast, so
    they are off: the caller kills the process.
    """
    with _reading(gold, answer) as (one, other):
        found = _by_values(one, other, (gold, answer))
        return _by_math_verify(one, other) if found is Equality.UNKNOWN else found


def proportional(gold: str, answer: str, *, positive: bool) -> Equality:
    """Say whether one expression is the other times a number; for inequalities one above 0.

    An equation may also be multiplied by what stands below a fraction bar: its
    letters are not 0.

    Raises
    ------
    UnreadError, OutOfMemoryError
        As `equal`.
    """
    from sympy import Expr, fraction, together

    with _reading(gold, answer) as (one, other):
        if not (isinstance(one, Expr) and isinstance(other, Expr)):
            return Equality.DIFFERENT
        sides = [_evaluated(one), _evaluated(other)]
        if any(side.is_number for side in sides):
            return Equality.DIFFERENT
        texts = (gold, answer)
        found = proportionality(sides[0], sides[1], texts, positive)
        if found is Equality.DIFFERENT and not positive:
            above = [fraction(together(side))[0] for side in sides]
            if above != sides:
                found = proportionality(above[0], above[1], texts, positive)
    return Equality.DIFFERENT if found is Equality.UNKNOWN else found


def near(target: Fraction, latex: str, tolerance: Fraction) -> bool:
    """Say whether an expression's value is within a relative tolerance of a number.

    Raises
    ------
    UnreadError, OutOfMemoryError
        As `equal`.
    """
    from sympy import Rational

    with _reading("0", latex) as (_, found):
        number = _constant(found, DIGITS) if getattr(found, "is_number", False) else None
        goal = Rational(target.numerator, target.denominator)
        margin = Rational(tolerance.numerator, tolerance.denominator) * abs(goal)
        return number is not None and bool(abs(number - goal) <= margin)


@contextmanager
def _reading(gold: str, answer: str) -> Iterator[tuple[Any, Any]]:
    """Give both as Math-Verify reads them; say which cannot be read, and where memory ends."""
    from sympy.core import random

    harden()
    # SymPy draws random numbers to refute an equality: the same pair, the same draws.
    random.seed(0)
    try:
        found = [(which, parsed(text)) for which, text in (("gold", gold), ("given", answer))]
        for which, read in found:
            if read is None:
                raise UnreadError(which)
        yield found[0][1], found[1][1]
    except MemoryError as error:
        raise OutOfMemoryError from error


def _by_math_verify(gold: Any, answer: Any) -> Equality:
    from math_verify import verify

    same = verify([gold], [answer], strict=True, timeout_seconds=None, raise_on_error=True)
    return Equality.EQUAL if same else Equality.DIFFERENT


def _by_values(gold: Any, answer: Any, texts: tuple[str, str]) -> Equality:
    from sympy import Expr, nan, zoo

    if not (isinstance(gold, Expr) and isinstance(answer, Expr)):
        return Equality.UNKNOWN
    one, other = _evaluated(gold), _evaluated(answer)
    if one.has(zoo, nan) or other.has(zoo, nan):
        return Equality.DIFFERENT  # what is undefined is equal to nothing
    if one == other:
        return Equality.EQUAL
    if one.free_symbols or other.free_symbols:
        return equality(one, other, texts)
    return _constants(one, other, DIGITS + 2 * max(map(len, texts)))


def _evaluated(expression: Any) -> Any:
    """Evaluate sums, products, limits and integrals that wait for it."""
    from sympy import Derivative, Integral, Limit, Product, Sum, UnevaluatedExpr

    waiting = expression.has(Derivative, Integral, Limit, Product, Sum, UnevaluatedExpr)
    return expression.doit() if waiting else expression


def _constants(gold: Any, answer: Any, digits: int) -> Equality:
    """Compare numbers: to more digits than one could write out an approximation in."""
    from sympy import Abs, log, oo

    gold, answer = gold.doit(), answer.doit()  # powers of whole numbers, exactly
    one, other = _constant(gold, DIGITS), _constant(answer, DIGITS)
    if one is None or other is None:
        return Equality.UNKNOWN
    if (one.is_Rational and other.is_Rational) or one.has(oo, -oo) or other.has(oo, -oo):
        return Equality.EQUAL if one == other else Equality.DIFFERENT
    if _rough(one) or _rough(other):
        return Equality.UNKNOWN
    # Large numbers differ already when they differ by one.
    size = int(log(max(Abs(one), Abs(other)), 10).evalf(15))
    digits += min(max(size, 0), MOST_BEFORE_POINT)
    one, other = _constant(gold, digits), _constant(answer, digits)
    if one is None or other is None:
        return Equality.UNKNOWN
    margin = max(Abs(one), Abs(other)) / 10 ** (digits - 20)
    return Equality.EQUAL if Abs(one - other).evalf(digits) <= margin else Equality.DIFFERENT


def _rough(number: Any) -> bool:
    """Say whether rounding leaves no digit of a number, as of a zero that is a difference."""
    from sympy import Float

    return any(part._prec < MOST_ROUGH for part in number.atoms(Float))


def _constant(expression: Any, digits: int) -> Any | None:
    """Return a number, exact where it is rational; None where there is none."""
    from sympy import nan, zoo

    try:
        number = expression if expression.is_Rational else expression.evalf(digits, maxn=4 * digits)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):
        return None
    return number if number.is_number and not number.has(nan, zoo) else None
