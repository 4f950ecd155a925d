r"""Numbers of every common notation, read exactly.

A number is a `fractions.Fraction`: ``0.1`` is one tenth, and equality is exact.
Read are integers, thousands separators (``10,000``, ``10{,}000``, ``10 000``),
decimals, fractions (``\frac12``, ``1/2``), mixed numbers (``1\frac{4}{5}``,
``1 4/5``), scientific notation (``6.02e23``, ``6.02 \times 10^{23}``) and
repeating decimals (``0.\overline{3}``).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

#: Beyond this exponent of ten a power is no typed number, so that none is huge.
LARGEST_EXPONENT = 400
LARGEST_DIGITS = 1000

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?: \d{3})+(?!\d)|\d+)(?:\.\d*)?|\.\d+"
_TEN = r"(?:\\times|\\cdot|×|·|\*|(?<=\d)x(?=10\^)) ?10(?:\^\{?([+-]?\d{1,5})\}?)?"
_SCIENTIFIC = re.compile(rf"({_PLAIN})(?:{_TEN}|[eE]([+-]?\d{{1,5}}))")
_POWER_OF_TEN = re.compile(r"10\^\{?([+-]?\d{1,5})\}?")
_DECIMAL = re.compile(_PLAIN)
_PART = r"(?:\{([+-]?[\d.,]+)\}|(\d))"
_FRACTION = re.compile(rf"(?:({_PLAIN}) ?)?\\[c]?frac ?{_PART} ?{_PART}")
_SLASH = re.compile(rf"(?:(\d+) )?({_PLAIN})/({_PLAIN})")
_REPEATING = re.compile(r"(\d*)\.(\d*)\\overline ?\{?(\d+)\}?")
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+")
_BASED = re.compile(
    r"\(?([0-9A-Fa-f]+(?:\.[0-9A-Fa-f]+)?)\)?_\{?(?:\\text\{)?(\d{1,2}|two|three|four|five|six|"
    r"seven|eight|nine|ten|eleven|twelve|sixteen)\}{0,2}"
)
_BASES = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "sixteen": 16,
}


class Based(NamedTuple):
    """Digits in a named base, which is part of the answer: 11 in base 2 is not 11."""

    digits: str
    base: int


def read_number(latex: str) -> Fraction | None:
    r"""Return the exact value of a number, or None when the text is none.

    Parameters
    ----------
    latex : str
        A normalised answer without its unit.

    Examples
    --------
    >>> read_number(r"1\frac{4}{5}"), read_number("10,000"), read_number("x")
    (Fraction(9, 5), Fraction(10000, 1), None)
    """
    text = latex.strip()
    if len(text) > LARGEST_DIGITS:
        return None
    sign, text = _signed(text)
    value = _unsigned(text)
    return None if value is None else sign * value


def _signed(text: str) -> tuple[int, str]:
    sign = 1
    # "--5" is no number: one sign at most.
    if text[:1] in ("+", "-"):
        sign = -1 if text[0] == "-" else 1
        text = text[1:].lstrip()
    while len(text) > 2 and text[0] == "{" and text[-1] == "}" and text.count("{") == 1:
        text = text[1:-1].strip()
    return sign, text


def _unsigned(text: str) -> Fraction | None:
    # Digits of other scripts would pass for digits.
    if not text.replace("×", "").replace("·", "").isascii():
        return None
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    found = _REPEATING.fullmatch(text)
    if found:
        return _repeating(*found.groups())
    return _power(text) if "10" in text or "e" in text.lower() else _quotient(text)


def _power(text: str) -> Fraction | None:
    found = _POWER_OF_TEN.fullmatch(text)
    if found:
        return _scaled(Fraction(1), int(found.group(1)))
    found = _SCIENTIFIC.fullmatch(text)
    if found:
        mantissa, power, exponent = found.groups()
        return _scaled(_decimal(mantissa), int(exponent or power or 1))
    return _quotient(text)


def _quotient(text: str) -> Fraction | None:
    found = _FRACTION.fullmatch(text)
    if found:
        whole, *parts = found.groups()
        return _mixed(whole, _part(parts[0] or parts[1]), _part(parts[2] or parts[3]))
    found = _SLASH.fullmatch(text)
    if found:
        whole, above, below = found.groups()
        return _mixed(whole, _decimal(above), _decimal(below))
    return None


def _decimal(text: str) -> Fraction:
    return Fraction(text.replace(",", "").replace(" ", "").removesuffix("."))


def _repeating(whole: str, start: str, period: str) -> Fraction:
    r"""Return the value of ``0.1\overline{6}``: a geometric series behind a decimal."""
    digits = Fraction(int(period), int("9" * len(period)))
    return Fraction(f"{whole or 0}.{start or 0}") + digits / Fraction(10) ** len(start)


def _part(text: str) -> Fraction | None:
    sign, text = _signed(text)
    return sign * _decimal(text) if _DECIMAL.fullmatch(text) else None


def _mixed(whole: str | None, above: Fraction | None, below: Fraction | None) -> Fraction | None:
    if above is None or not below:
        return None
    value = above / below
    if whole is None:
        return value
    # Only a proper positive fraction behind a whole number makes a mixed number.
    start = _decimal(whole)
    proper = start.denominator == 1 and 0 < value < 1
    return start + value if proper else None


def _scaled(mantissa: Fraction, exponent: int) -> Fraction | None:
    if abs(exponent) > LARGEST_EXPONENT:
        return None
    return mantissa * Fraction(10) ** exponent


def is_grouped(latex: str) -> bool:
    """Say whether a text is one number with thousands' commas, or a list: ``100,200``."""
    return _GROUPED.fullmatch(latex.strip()) is not None


def read_based(latex: str) -> Based | None:
    """Return digits with a base, as ``4210_{5}``; None when the text is none."""
    found = _BASED.fullmatch(latex.strip())
    if not found:
        return None
    digits, base = found.groups()
    return Based(digits.lstrip("0").upper() or "0", _BASES.get(base) or int(base))
