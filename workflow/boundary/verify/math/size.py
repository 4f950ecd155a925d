"""What is refused before any engine sees it: towers of exponents, huge factorials.

An engine that evaluates exactly would fill memory with the digits of
``9^{9^{9^9}}`` or ``500000000!``.  The size of every part that is a number is
estimated here, in logarithms, without computing any.
"""

from __future__ import annotations

import math
import re

from boundary.answers.typesetting import nesting
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.tree import Call, Many, Num, Text, Tree, UnreadableError

MAX_CHARACTERS = 1000
MAX_NESTING = 50
#: Decimal digits of the largest number that an engine may write out.
MOST_DIGITS = 20_000
LARGEST_FACTORIAL = 5_000
#: In text that cannot be parsed.
_SUSPECT = re.compile(
    r"\d{5,}\s*\}?\)?\s*!|!\s*\)?\s*!\s*\)?\s*!|\^\s*\{?\s*\d{6,}|(?:\^\s*\{?\s*\d+\s*){3,}"
)


def too_much(latex: str) -> str | None:
    """Return why an answer may not go to an engine, or None when it may.

    Parameters
    ----------
    latex : str
        An extracted answer.
    """
    if len(latex) > MAX_CHARACTERS:
        return f"{len(latex)} characters, more than {MAX_CHARACTERS}"
    depth = nesting(latex)
    if depth > MAX_NESTING:
        return f"nested {depth} deep, more than {MAX_NESTING}"
    try:
        _size(parse(latex))
    except _TooLargeError as error:
        return str(error)
    except (UnreadableError, RecursionError):
        found = _SUSPECT.search(latex)
        return f"a power or factorial too large: {found.group()[:40]!r}" if found else None
    return None


class _TooLargeError(Exception):
    pass


def _size(tree: Tree) -> float | None:
    """Return log10 of the absolute value of a number, roughly; None when it is none.

    Raises
    ------
    _TooLargeError
        When a part has more than `MOST_DIGITS` digits.
    """
    if isinstance(tree, Num):
        return _log(tree.value.numerator) - _log(tree.value.denominator)
    if isinstance(tree, Many):
        for item in tree.items:
            _size(item)
        return None
    if not isinstance(tree, Call):
        return None
    sizes = [_size(arg) for arg in tree.args if not isinstance(arg, Text)]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return None
    found = _of_call(tree.name, known)
    if found is not None and abs(found) > MOST_DIGITS:
        raise _TooLargeError(f"a number of more than {MOST_DIGITS:,} digits")
    return found


def _log(number: int) -> float:
    return math.log10(abs(number)) if number else 0.0


def _of_call(name: str, sizes: list[float]) -> float | None:
    found: float | None = None
    match name, sizes:
        case "+", _:
            found = max(sizes) + math.log10(len(sizes))
        case "neg" | "unit" | "abs", [one, *_]:
            found = one
        case "*", [one, other]:
            found = one + other
        case "/", [one, other]:
            found = one - other
        case "^", [base, exponent]:
            # An exponent that is itself too large to write down ends it at once.
            found = (abs(base) + 0.01) * 10 ** min(exponent, 12.0)
        case "fact", [one]:
            found = _factorial(one)
        case "binom", [n, k]:
            found = _factorial(max(n, k))
    return found


def _factorial(size: float) -> float:
    number = 10 ** min(size, 12.0)
    if number > LARGEST_FACTORIAL * 1.001:
        raise _TooLargeError(f"a factorial or binomial of more than {LARGEST_FACTORIAL:,}")
    return math.lgamma(number + 1) / math.log(10)
