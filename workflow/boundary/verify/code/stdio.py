"""What a program printed against what is expected.

As LiveCodeBench does, but stricter: the whole output, line by line, without
white space at the end of lines and without empty lines at the beginning and
the end.  Lines that differ are equal when they have the same number of tokens
and each pair is the same text or two plain decimal numbers of the same value
(``1.50`` and ``1.5``, ``+3`` and ``3``).  LiveCodeBench takes anything that
`Decimal` takes for a number, NaN included, and ignores leading white space; here
digits that begin with a needless zero are text, since ``00101`` is a string of bits.
With a tolerance, a number that is expected with a point or an exponent may differ
by so much, absolutely or relative to it; LiveCodeBench has none.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
#: Digits with a zero in front that no number needs.
_PADDED = re.compile(r"[+-]?0[0-9]")
#: Longer tokens are compared as text.
_LONGEST = 400


def same_output(expected: str, printed: bytes, tolerance: float = 0.0) -> bool:
    """Whether a program printed what is expected."""
    own, wanted = _lines(printed.decode("utf-8", "replace")), _lines(expected)
    lines = zip(wanted, own, strict=False)
    return len(own) == len(wanted) and all(_same_line(*pair, tolerance) for pair in lines)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    first = next((index for index, line in enumerate(lines) if line), 0)
    return lines[first:]


def _same_line(wanted: str, own: str, tolerance: float) -> bool:
    if wanted == own:
        return True
    if not _numeric(wanted):
        return False
    tokens, others = wanted.split(), own.split()
    if len(tokens) != len(others):
        return False
    return all(_same_token(*pair, tolerance) for pair in zip(tokens, others, strict=True))


def _numeric(line: str) -> bool:
    """Whether a line is all numbers: only then does the space between tokens not count."""
    return all(_NUMBER.fullmatch(token) for token in line.split())


def _same_token(wanted: str, own: str, tolerance: float) -> bool:
    if wanted == own:
        return True
    tokens = (wanted, own)
    if max(map(len, tokens)) > _LONGEST or any(map(_PADDED.match, tokens)):
        return False
    if not all(map(_NUMBER.fullmatch, tokens)):
        return False
    expected, number = Decimal(wanted), Decimal(own)
    if expected == number:  # exact, and quick: exponents are short
        return True
    if not tolerance or wanted.lstrip("+-").isdecimal():
        return False
    room = Decimal(repr(tolerance)) * max(Decimal(1), abs(expected))
    return abs(number - expected) <= room
