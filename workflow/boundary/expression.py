"""Exact arithmetic on the tokens of a numeric expression, without eval.

A recursive descent over +, −, ·, /, powers with whole exponents, fractions and
brackets, in exact fractions.  All sizes are bounded, as the text is hostile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

LONGEST_NUMBER = 40  # digits
LARGEST_BITS = 4096  # of numerator and denominator
LARGEST_EXPONENT = 256
MOST_TOKENS = 200
DEEPEST = 40
ROUNDED = 3  # decimals from which a number is taken for a rounded one

#: One token of an expression; relations are parted before.
TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<fraction>\\[dt]?frac(?![a-zA-Z]))|(?P<mark>[-+*/^(){}\[\]])"
)
OPENING = {"(": ")", "{": "}", "[": "]"}


class NotArithmetic(ValueError):
    """The tokens are no expression that this parser reads within its bounds."""


class Value(NamedTuple):
    """A side of an equation.

    Attributes
    ----------
    value : Fraction
    plain : bool
        Whether it is one written number, its sign apart.
    decimals : int
        Digits after the point of that number; 0 for whole numbers and for
        what is not plain.
    zeros : int
        Trailing zeros of a plain whole number: its digits that may be rounded.
    rounded : Fraction
        Relative error that the rounding of written decimals may have brought,
        half a unit of the last digit each; only where there are three or more.
    """

    value: Fraction
    plain: bool
    decimals: int
    zeros: int
    rounded: Fraction


def evaluate(text: str) -> Value:
    """Return the value of an expression of tokens and white space alone.

    Raises
    ------
    NotArithmetic
        On anything else, on division by zero and beyond the bounds.
    """
    tokens = TOKEN.findall(text)
    spelt = ["".join(groups) for groups in tokens]
    if "".join(spelt) != "".join(text.split()):
        raise NotArithmetic("other characters")
    if len(spelt) > MOST_TOKENS:
        raise NotArithmetic("too many tokens")
    _no_juxtaposed_numbers(text)
    reader = _Reader(spelt)
    value = reader.sum(0)
    if reader.next is not None:
        raise NotArithmetic(f"trailing {reader.next}")
    return _describe(spelt, value)


def _describe(tokens: Sequence[str], value: Fraction) -> Value:
    inner = [each for each in tokens if each not in "(){}[]"]
    signless = inner[1:] if inner[:1] in (["-"], ["+"]) else inner
    if len(signless) != 1 or signless[0].startswith("\\"):
        return Value(value, False, 0, 0, _rounding(inner))
    number = signless[0]
    _, point, after = number.partition(".")
    zeros = 0 if point else len(number) - len(number.rstrip("0"))
    return Value(value, True, len(after), zeros, Fraction(0))


def _rounding(tokens: Sequence[str]) -> Fraction:
    total = Fraction(0)
    for token in tokens:
        whole, _, after = token.partition(".")
        if len(after) >= ROUNDED and int(whole + after):
            total += Fraction(1, 2 * int(whole + after))
    return total


def _no_juxtaposed_numbers(text: str) -> None:
    if re.search(r"[\d.]\s+[\d.]", text):
        raise NotArithmetic("two numbers side by side")


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def next(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> str:
        token = self.next
        if token is None:
            raise NotArithmetic("ends too early")
        self.place += 1
        return token

    def sum(self, depth: int) -> Fraction:
        if depth > DEEPEST:
            raise NotArithmetic("nested too deep")
        total = self.product(depth)
        while self.next in ("+", "-"):
            sign = self.take()
            term = self.product(depth)
            total = _bounded(total + term if sign == "+" else total - term)
        return total

    def product(self, depth: int) -> Fraction:
        sign = 1
        if self.next in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
        value = self.power(depth)
        divided = False
        while True:
            if self.next in ("*", "/"):
                divided |= self.next == "/"
                value = self._times(value, self.take(), self._factor(depth))
            elif self.next in OPENING and self.next != "{":
                if divided:
                    raise NotArithmetic("6/2(1+2) can be read in two ways")
                value = self._times(value, "*", self.power(depth))
            else:
                return sign * value

    def _factor(self, depth: int) -> Fraction:
        """Read a factor after an operator, which may have a sign of its own."""
        if self.next == "-":
            self.take()
            return -self.power(depth)
        return self.power(depth)

    @staticmethod
    def _times(left: Fraction, mark: str, right: Fraction) -> Fraction:
        if mark == "*":
            return _bounded(left * right)
        if right == 0:
            raise NotArithmetic("division by zero")
        return _bounded(left / right)

    def power(self, depth: int) -> Fraction:
        base = self.atom(depth)
        if self.next != "^":
            return base
        self.take()
        exponent = self._exponent(depth)
        if self.next == "^":
            raise NotArithmetic("a tower of powers")
        if exponent.denominator != 1 or abs(exponent) > LARGEST_EXPONENT:
            raise NotArithmetic("no small whole exponent")
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if size * abs(exponent.numerator) > LARGEST_BITS:
            raise NotArithmetic("too large a power")
        if base == 0 and exponent <= 0:
            raise NotArithmetic("a power of zero")
        return base**exponent.numerator

    def _exponent(self, depth: int) -> Fraction:
        if self.next == "-":
            self.take()
            return -self.atom(depth)
        return self.atom(depth)

    def atom(self, depth: int) -> Fraction:
        token = self.take()
        if token.startswith("\\"):
            return self._times(self._group(depth), "/", self._group(depth))
        if token in OPENING:
            value = self.sum(depth + 1)
            if self.take() != OPENING[token]:
                raise NotArithmetic("brackets do not match")
            return value
        if not (token[0].isdecimal() or token[0] == "."):
            raise NotArithmetic(f"{token} where a number should be")
        if len(token) > LONGEST_NUMBER:
            raise NotArithmetic("too long a number")
        return Fraction(token)

    def _group(self, depth: int) -> Fraction:
        if self.take() != "{":
            raise NotArithmetic("a fraction without braces")
        value = self.sum(depth + 1)
        if self.take() != "}":
            raise NotArithmetic("brackets do not match")
        return value


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_BITS:
        raise NotArithmetic("too large a number")
    return value
