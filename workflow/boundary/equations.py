r"""Check the numeric equations that a response states, such as ``3 \cdot 4 = 12``.

A response with a false equation has an invalid chain; one whose equations all
hold need not have a valid one, and one that states none is not told about at
all.  Whatever is not plainly an equation of numbers is left out: a missed
equation costs little, a false alarm would call a valid chain wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from boundary.expression import NotArithmetic, Value, evaluate

RIGHT, WRONG, NONE = "right", "wrong", "none"
#: Relative tolerance of ≈.
ROUGHLY = Fraction(1, 100)
LONGEST_QUOTE = 200

_REWRITES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\\\\|\\[()\[\]]", "\n"),
        (r"\\boxed\s*(?=\{)", ""),
        (r"\\(?:left|right|displaystyle|bigg?|Bigg?)(?![a-zA-Z])", ""),
        (r"\\[,;:! ]|\\q?quad(?![a-zA-Z])|~|\u00a0|&", " "),
        (r"\\(?:times|cdot|ast)(?![a-zA-Z])|[×·∗⋅]", "*"),
        (r"\\div(?![a-zA-Z])|÷", "/"),
        (r"\\(?:approx|simeq)(?![a-zA-Z])|≃", "≈"),
        ("[−–]", "-"),
        (r"\{,\}", ","),
        (r"(?<![\d,.])(\d{1,3}(?:,\d{3})+)(?![\d,]*\d)", lambda m: m.group(1).replace(",", "")),
        (r"(?<=[\d)])\*\*(?=[\d(])", "^"),
        (r"\*\*|\\?\$", " "),
        (r"(?m)^\s*(?:[-+*•]|\d+[.)])\s+", ""),
    )
)
#: A stretch of numbers, operators, brackets, fractions and relations.
_STRETCH = re.compile(r"(?:[\d.+\-*/^(){}\[\]=≈ \t]|\\[dt]?frac(?![a-zA-Z]))+")
_OPERATOR = re.compile(r"[+\-*/^]|frac|[\d)]\s*\(")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\s*$")
#: What no side of an equation touches without being part of something longer.
_TOUCHING = frozenset("_\\^}])%!|'°√∑∏∫:,/<>≤≥≠≡±‰")
_WORD_AFTER = re.compile(r"\s*([^\W\d_]+)")
#: Words after which, or before which, a number is part of something larger; so is it
#: beside a single letter.
_BINDING = (
    "of|sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|sqrt|root|mod|modulo|gcd|lcm|max"
    "|min|abs|floor|ceil|twice|thrice|half|double|triple|plus|minus|times|over|by|than|less|more"
    "|squared|cubed|step|case|part|equation|line|problem|number|row|level|question|exercise"
    "|remainder|rem|percent|degrees?|hundred|thousand|million|billion|trillion|dozen|pi|choose"
    "|factorial|base"
)
_BINDS_AFTER = re.compile(rf"(?:\w|{_BINDING}|and)", re.IGNORECASE)
_BINDS_BEFORE = re.compile(rf"(?:\w|{_BINDING})", re.IGNORECASE)


class Equation(NamedTuple):
    """One stated equation, as normalised text, and whether it holds."""

    text: str
    holds: bool


class Arithmetic(NamedTuple):
    """What became of a response's equations.

    Attributes
    ----------
    equations, wrong : int
        Equations of numbers found, and how many of them are false.
    result : str
        ``wrong`` when any is false, ``right`` when all hold, ``none`` without any.
    first_wrong : str or None
        The first false equation, at most 200 characters.
    """

    equations: int
    wrong: int
    result: str
    first_wrong: str | None


def check_arithmetic(response: str) -> Arithmetic:
    """Evaluate every equation of numbers that a response states.

    ``=`` asks for exact equality, except that a number written with decimals
    may be rounded or cut at its last digit (``2/3 = 0.67``, ``0.66``), and what
    rounded numbers of three decimals or more are multiplied to may be off by
    their rounding (``18 · 3.14159 = 56.54867``).  ``≈`` also allows half a unit
    of the last significant digit, or one per cent.

    Time is linear in the length of the response.
    """
    stated = list(equations(response))
    false = [equation for equation in stated if not equation.holds]
    return Arithmetic(
        equations=len(stated),
        wrong=len(false),
        result=WRONG if false else RIGHT if stated else NONE,
        first_wrong=false[0].text[:LONGEST_QUOTE] if false else None,
    )


def equations(response: str) -> Iterator[Equation]:
    """Yield the equations of numbers of a response in order; a chain a = b = c gives two."""
    text = response
    for pattern, by in _REWRITES:
        text = pattern.sub(by, text)
    for line in text.splitlines():
        for stretch in _STRETCH.finditer(line):
            if "=" in stretch.group() or "≈" in stretch.group():
                yield from _of_stretch(line, stretch.start(), stretch.end())


def _of_stretch(line: str, start: int, end: int) -> Iterator[Equation]:
    pieces = re.split("([=≈])", line[start:end])
    sides: list[str | None] = [piece.strip() for piece in pieces[::2]]
    if _cut_off_before(line[max(0, start - 40) : start], line[start:end]):
        sides[0] = None
    if _cut_off_after(line[start:end], line[end : end + 40]):
        sides[-1] = None
    else:
        sides[-1] = (sides[-1] or "").rstrip(". ")
    values = [_value(side) for side in sides]
    for i, relation in enumerate(pieces[1::2]):
        left, right = sides[i], sides[i + 1]
        one, other = values[i], values[i + 1]
        if left is None or right is None or one is None or other is None:
            continue
        if _OPERATOR.search(left.lstrip("+-")) or _OPERATOR.search(right.lstrip("+-")):
            shown = " ".join(f"{left} {relation} {right}".split())
            yield Equation(shown, _holds(one, relation, other))


def _value(side: str | None) -> Value | None:
    if not side:
        return None
    try:
        return evaluate(side)
    except NotArithmetic:
        return None


def _cut_off_before(before: str, stretch: str) -> bool:
    """Tell whether the first side of a stretch is the end of something longer."""
    if not before:
        return False
    if not stretch[0].isspace() and (before[-1].isalnum() or before[-1] in _TOUCHING):
        return True
    if stretch.lstrip()[:1] in tuple("+-*/^"):
        return before.rstrip()[-1:] not in ("", ",", ";", ":")
    word = _WORD_BEFORE.search(before)
    if word is None:
        return before.rstrip()[-1:] in tuple("_\\^}])%!|°√±")
    return _BINDS_AFTER.fullmatch(word.group(1)) is not None


def _cut_off_after(stretch: str, after: str) -> bool:
    """Tell whether the last side of a stretch is the beginning of something longer."""
    if not after:
        return False
    if after[0] == ",":
        return after[1:2].isdecimal()
    if not stretch[-1].isspace() and (after[0].isalpha() or after[0] in _TOUCHING - {":"}):
        return True
    if after.lstrip()[:1] in tuple("\\√_!%°±|"):
        return True
    word = _WORD_AFTER.match(after)
    return word is not None and _BINDS_BEFORE.fullmatch(word.group(1)) is not None


def _holds(left: Value, relation: str, right: Value) -> bool:
    gap = abs(left.value - right.value)
    if gap <= abs(left.value) * left.rounded + abs(right.value) * right.rounded:
        return True
    for written in (left, right):
        if written.plain and written.decimals and gap < Fraction(1, 10**written.decimals):
            return True
        unit = Fraction(10**written.zeros, 10**written.decimals)
        if relation == "≈" and written.plain and gap <= unit / 2:
            return True
    return relation == "≈" and gap <= max(abs(left.value), abs(right.value)) * ROUGHLY
