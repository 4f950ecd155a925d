"""Math-Verify's LaTeX parser behind its guards: nothing is evaluated as code.

Its expression parser, which ends in an evaluation of the text, is never used.
"""

from __future__ import annotations

import functools
import logging
import re
from fractions import Fraction
from typing import Any

from boundary.verify.math.names import DEGREE, UnreadableError, prepared


def parsed(latex: str) -> Any | None:
    """Return the expression that Math-Verify reads, None when it reads none or would lose a part.

    Raises
    ------
    Exception
        Whatever the parser raises on what its grammar has.
    """
    try:
        return _parse(prepared(latex))
    except UnreadableError:
        return None


@functools.lru_cache(maxsize=256)
def _parse(latex: str) -> Any | None:
    from math_verify import parse
    from sympy import Basic, I, Symbol

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
        # It reads i as a variable; here that is the imaginary unit.  And beside an i its
        # variables are others than elsewhere.
        for name in read.free_symbols:
            itself = I if str(name) == "i" else Symbol(str(name), real=True)
            read = read if itself == name else read.subs(name, itself)
        read = _without_degrees(read)
    return read


def _without_degrees(expression: Any) -> Any:
    r"""Give a degree its value within a function: ``\sin 20^\circ``; elsewhere it is a unit."""
    from sympy import pi
    from sympy.functions.elementary.trigonometric import TrigonometricFunction

    degree = next((name for name in expression.free_symbols if str(name) == DEGREE), None)
    if degree is None:
        return expression
    for function in expression.atoms(TrigonometricFunction):
        expression = expression.subs(function, function.subs(degree, pi / 180))
    return expression.subs(degree, 1)


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


def harden() -> None:
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
