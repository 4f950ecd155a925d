"""Twins of a problem: the same text with other names, and other numbers of as many digits.

Names and numbers of each twin are drawn from all that may stand there, those of the problem
included, and a twin is drawn again that equals the problem or a twin before it.  So a problem
whose own names and numbers were drawn likewise is exchangeable with its twins, however few
values there are: a rule that gave twins *other* values at every place would not be exact, as
then a model's favourite digit would stand in the problem and in none of its twins.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.random import Generator

# First names by the pronouns that go with them; none is a common word, too, or a month.
_NAMES = (
    "Alice Amanda Amy Andrea Angela Anna Anne Ashley Barbara Beth Betty Brenda Carla Carol "
    "Caroline Christina Cindy Claire Deborah Diana Donna Dorothy Elizabeth Ella Emily Emma Erica "
    "Gina Hannah Helen Isabella Jane Janet Jasmine Jennifer Jessica Jill Julia Julie Karen Kate "
    "Katie Kelly Kimberly Laura Lauren Linda Lisa Lucy Maria Marie Martha Mary Megan Melissa Mia "
    "Michelle Monica Nancy Natalie Nicole Nina Olivia Pamela Rachel Rebecca Samantha Sandra Sara "
    "Sarah Sharon Sophia Stephanie Susan Tina Vanessa Veronica Victoria Wendy",
    "Aaron Adam Alan Albert Alexander Andrew Anthony Arthur Benjamin Bob Brad Brandon Brian Bruce "
    "Carl Charles Charlie Christopher Daniel Dave David Dennis Donald Douglas Edward Eric Eugene "
    "Gary George Gerald Greg Gregory Harold Harry Henry Howard Jack Jacob James Jason Jeff Jeffrey "
    "Jeremy Jerry Jim Joe John Johnny Jonathan Joseph Josh Joshua Justin Keith Ken Kenneth Kevin "
    "Kyle Larry Lawrence Louis Martin Matthew Michael Mike Nathan Nicholas Patrick Paul Peter "
    "Philip Ralph Raymond Richard Robert Roger Ronald Roy Russell Ryan Samuel Scott Sean Stephen "
    "Steve Steven Thomas Tim Timothy Tom Tommy Tyler Vincent Walter William Zachary",
)
#: The names of each list, from which those of twins are drawn.
NAMES = tuple(names.split() for names in _NAMES)
_NAME = re.compile(rf"\b(?:{'|'.join(name for names in NAMES for name in names)})\b")
#: Digits with points or commas between; not those of an identifier such as `x2`.
_NUMBER = re.compile(r"(?<![A-Za-z0-9_])[0-9]+(?:[.,][0-9]+)*")
_ENDS = re.compile(r"^[0.,]+|[0.,]+$")
_PLACE = re.compile(f"{_NAME.pattern}|{_NUMBER.pattern}")


def twins_of(question: str, count: int, seed: int) -> list[str] | None:
    """Return twins of a problem, unlike each other and it.

    Parameters
    ----------
    question : str
    count : int
        How many.
    seed : int

    Returns
    -------
    list of str or None
        ``count`` texts with as many words; None where there are not so many.
    """
    places = list(dict.fromkeys(_values(question)))
    kinds = [(kind, len(list(group))) for kind, group in groupby(sorted(map(_kind, places)))]
    if math.prod(math.perm(_size(kind), n) for kind, n in kinds) <= count:
        return None
    by_kind = sorted(places, key=_kind)
    draw = np.random.default_rng(seed)
    drawn = [question]
    while len(drawn) <= count:
        fresh = [value for kind, n in kinds for value in _distinct(draw, kind, n)]
        twin = _altered(question, dict(zip(by_kind, fresh, strict=True)))
        if twin not in drawn:
            drawn.append(twin)
    return drawn[1:]


def _altered(question: str, of: dict[str, str]) -> str:
    return _PLACE.sub(lambda match: of.get(match[0], match[0]), question)


def alterable(question: str) -> bool:
    """Whether a text holds a name or a number that a twin may have otherwise."""
    return any(True for _ in _values(question))


def _values(question: str) -> Iterator[str]:
    """Yield names and numbers; those of zeros alone stay, as they have no equal."""
    return (m[0] for m in _PLACE.finditer(question) if m[0].strip("0.,"))


def _kind(value: str) -> str:
    """Return what two values have alike that may take each other's place.

    The first name of a list stands for it; of a number ``#`` stands for a digit.  Zeros at
    either end stay: 200 is rounder than 217, and a model expects round numbers.
    """
    for names in NAMES:
        if value in names:
            return names[0]
    inner = _ENDS.sub(lambda match: "_" * len(match[0]), value)
    return "".join(
        "#" if mark.isdigit() else (end if mark == "_" else mark)
        for mark, end in zip(inner, value, strict=True)
    )


def _size(kind: str) -> int:
    """Return how many values there are of a kind."""
    names = _list(kind)
    digits = kind.count("#")
    return len(names) if names else 9 ** min(digits, 2) * 10 ** max(digits - 2, 0)


def _list(kind: str) -> list[str] | None:
    return next((names for names in NAMES if names[0] == kind), None)


def _distinct(draw: Generator, kind: str, n: int) -> list[str]:
    """Draw unlike values of a kind, each as likely as any other."""
    names, drawn = _list(kind), dict[str, None]()
    while len(drawn) < n:
        drawn[names[draw.integers(len(names))] if names else _number(draw, kind)] = None
    return list(drawn)


def _number(draw: Generator, kind: str) -> str:
    """Draw a number of a kind: its first and its last digit that may change are none of 0."""
    ends = {kind.find("#"), kind.rfind("#")}
    return "".join(
        str(draw.integers(int(i in ends), 10)) if mark == "#" else mark
        for i, mark in enumerate(kind)
    )
