"""Whether two expressions are equal, decided by Math-Verify and held against its known faults.

This module runs inside the killable workers.  Its inputs are single expressions
or relations: lists, tuples, intervals, units and words are parted before.
"""

from __future__ import annotations

import functools
import logging
import re
from fractions import Fraction
from typing import Any

from boundary.answers.typesetting import tokens

#: Letters in commands with these names are no variables.
_WORDY = re.compile(r"\\(?:text|mbox|math|operatorname|begin|end)")
_DECIMAL = re.compile(r"(\d*)\.(\d+)|(\d+)\.(?!\d)")
_NATURAL = re.compile(r"\\log_(?:\{e\}|e(?![a-z]))")
#: Digits to which values are compared, and what may differ from rounding.
DIGITS, TOLERANCE = 60, 1e-40
UNEVALUATED = re.compile(r"\\(?:sum|prod|int|iint|oint|lim)(?![a-zA-Z])")


class OutOfMemoryError(Exception):
    """The comparison ran into the worker's limit of memory."""


class UnreadError(Exception):
    """One of the two cannot be read as mathematics."""

    def __init__(self, which: str) -> None:
        super().__init__(f"the {which} answer could not be read as mathematics")
        self.which = which


def equal(gold: str, answer: str) -> bool:
    """Say whether two expressions, or two relations, are equal.

    Parameters
    ----------
    gold, answer : str
        LaTeX.

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
    Math-Verify reads both through its LaTeX parser alone; its expression parser
    ends in an evaluation of the text and is never used.  Its own timeouts rest
    on SIGALRM, which long C calls outlast, so they are off: the caller kills
    the process.  Its parser takes capital letters for small ones and its
    comparison rounds decimals to six digits, so capitals go in as symbols of
    their own and decimals as fractions.  As it calls all tiny numbers equal, both
    are evaluated to 60 digits first, and it is asked only where these agree.
    """
    from math_verify import verify
    from sympy.core import random

    _hardened()
    # SymPy draws random numbers to refute an equality: the same pair, the same draws.
    random.seed(0)
    try:
        expected, found = _parse(prepared(gold)), _parse(prepared(answer))
        if expected is None or found is None:
            raise UnreadError("gold" if expected is None else "given")
        # What differs in numbers need not be simplified, which takes long.
        if _refuted(expected, found):
            return False
        return bool(
            verify([expected], [found], strict=True, timeout_seconds=None, raise_on_error=True)
        )
    except MemoryError as error:
        raise OutOfMemoryError from error


def near(target: Fraction, latex: str, tolerance: Fraction) -> bool:
    """Say whether an expression's value is within a relative tolerance of a number.

    Raises
    ------
    UnreadError, OutOfMemoryError
        As `equal`.
    """
    from sympy import Rational

    _hardened()
    try:
        found = _parse(prepared(latex))
        if found is None:
            raise UnreadError("given")
        number = _value(found, {}) if getattr(found, "is_number", False) else None
        goal = Rational(target.numerator, target.denominator)
        margin = Rational(tolerance.numerator, tolerance.denominator) * abs(goal)
        return number is not None and bool(abs(number - goal) <= margin)
    except MemoryError as error:
        raise OutOfMemoryError from error


def prepared(latex: str) -> str:
    r"""Return LaTeX in which capital letters are symbols of their own and decimals fractions.

    >>> prepared("X+0.5")
    'v_{7724}+{\\frac{5}{10}}'
    """
    pieces: list[str] = []
    found = tokens(latex)
    i = 0
    while i < len(found):
        token = found[i]
        i += 1
        if _WORDY.match(token) and not token.endswith("}") and i < len(found) and found[i] == "{":
            end = found.index("}", i) if "}" in found[i:] else len(found) - 1
            pieces.append(token + "".join(found[i : end + 1]))
            i = end + 1
        elif len(token) == 1 and "A" <= token <= "Z":
            index, i = _subscript(found, i)
            # A number that stands for the letter: 7701 for A.
            pieces.append(f"v_{{{7700 + ord(token) - ord('A') + 1}{index}}}")
        else:
            pieces.append(token)
    return _NATURAL.sub(r"\\ln ", _DECIMAL.sub(_fraction, "".join(pieces)))


def _subscript(found: list[str], i: int) -> tuple[str, int]:
    """Return a subscript of digits or small letters, and the place behind it."""
    rest = "".join(found[i : i + 12])
    match = re.match(r"_(?:([a-z0-9])|\{([a-z0-9]{1,8})\})", rest)
    return ((match[1] or match[2]), i + match.end()) if match else ("", i)


def _fraction(decimal: re.Match[str]) -> str:
    if decimal[3] is not None:
        return str(decimal[3])
    return f"{{\\frac{{{int(decimal[1] + decimal[2])}}}{{{10 ** len(decimal[2])}}}}}"


@functools.lru_cache(maxsize=256)
def _parse(latex: str) -> Any | None:
    """Return the expression that Math-Verify reads, None when it reads none."""
    from math_verify import parse
    from sympy import Basic, I

    # Only the box itself may be read: with any_match, a box that does not parse
    # would be searched for other formulas inside.
    try:
        found = parse(
            f"\\boxed{{{latex}}}",
            extraction_config=[_config()],
            extraction_mode="first_match",
            parsing_timeout=None,
            raise_on_error=True,
        )
    except Exception as error:
        if type(error) is not Exception:
            raise
        return None  # how its grammar says that it cannot read something
    read = next((item for item in found if not isinstance(item, str)), None)
    if isinstance(read, Basic):
        # It reads i as a variable; here that is the imaginary unit.
        for name in read.free_symbols:
            if str(name) == "i":
                read = read.subs(name, I)
    return read


@functools.cache
def _config() -> Any:
    """Return the configuration of the parser: LaTeX alone, and letters are no units."""
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig

    logging.getLogger("math_verify").setLevel(logging.ERROR)
    normal = NormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=True, boxed="all"
    )
    return LatexExtractionConfig(
        boxed_match_priority=0, try_extract_without_anchor=False, normalization_config=normal
    )


def _hardened() -> None:
    """Close two doors of the libraries.

    Math-Verify takes every exception, also a MemoryError, for "not equal".  The
    name ``Exception`` is looked up in its modules first, and there stands a
    tuple of all others.  And latex2sympy2 makes numbers from text by way of
    SymPy's parser, which evaluates text as code.
    """
    from latex2sympy2_extended import latex2sympy2
    from math_verify import grader, parser

    others = tuple(kind for kind in Exception.__subclasses__() if kind is not MemoryError)
    for module in (grader, parser):
        vars(module)["Exception"] = others
    latex2sympy2._Latex2Sympy.parse_number = lambda _, text: _number(text)
    latex2sympy2.convert_number = _number


def refuse_code() -> None:
    """Make SymPy's evaluation of text raise, should there be a third way to it.

    For worker processes: it holds as long as the process lives.
    """
    import sympy.physics.units  # noqa: F401  # evaluates the names of units when imported
    from sympy.parsing import sympy_parser

    sympy_parser.eval_expr = _refuse


def _refuse(*_: object, **__: object) -> None:
    raise ValueError("text is not evaluated here")


def _number(text: str) -> Any:
    """Return the exact number that a text of digits, commas and a point stands for."""
    from sympy import Integer, Rational

    digits = re.sub(r"[, ]", "", text)
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+", digits):
        raise ValueError("not a number")
    value = Fraction(digits)
    whole = value.denominator == 1
    return Integer(value.numerator) if whole else Rational(value.numerator, value.denominator)


def _refuted(gold: Any, answer: Any) -> bool:
    """Say whether values to 60 digits show that two expressions differ."""
    from sympy import Eq, Expr

    if isinstance(gold, Eq) and isinstance(answer, Eq):
        return _equations_differ(gold, answer)
    if not (isinstance(gold, Expr) and isinstance(answer, Expr)):
        return False
    names = sorted(gold.free_symbols | answer.free_symbols, key=str)
    for point in _points(names):
        one, other = _value(gold, point), _value(answer, point)
        if one is None or other is None:
            continue
        if _differ(one, other):
            return True
    return False


def _equations_differ(gold: Any, answer: Any) -> bool:
    """Say whether the two are not multiples of one another."""
    one, other = gold.lhs - gold.rhs, answer.lhs - answer.rhs
    names = sorted(one.free_symbols | other.free_symbols, key=str)
    values = [(_value(one, point), _value(other, point)) for point in _points(names)]
    known = [(a, b) for a, b in values if a is not None and b]
    return len(known) > 1 and any(_differ(a * known[0][1], known[0][0] * b) for a, b in known[1:])


def _points(names: list[Any]) -> list[dict[Any, Any]]:
    from sympy import Rational

    if not names:
        return [{}]
    steps = ((17, 11, 7), (-13, 9, 5), (29, 14, 3))
    return [
        {name: Rational(start + step * i, below + 2 * i) for i, name in enumerate(names)}
        for start, step, below in steps
    ]


def _value(expression: Any, point: dict[Any, Any]) -> Any | None:
    """Return a number, exact where it is rational; None where there is none."""
    from sympy import nan, zoo

    try:
        at = expression.xreplace(point).doit()
        number = at if at.is_Rational else at.evalf(DIGITS, maxn=4 * DIGITS)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError):
        return None  # as a derivative by what is now a number
    return number if number.is_number and not number.has(nan, zoo) else None


def _differ(one: Any, other: Any) -> bool:
    from sympy import Abs, oo

    if one == other:
        return False
    if one.is_Rational and other.is_Rational:
        return True
    if one.has(oo, -oo) or other.has(oo, -oo):
        return True
    scale = max(Abs(one), Abs(other))
    return bool(Abs(one - other).evalf(DIGITS) > TOLERANCE * scale)
