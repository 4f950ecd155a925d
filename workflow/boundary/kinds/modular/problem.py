"""Modular arithmetic: a task that can be answered at once, or in written steps.

A problem is a modulus and L slots, each a label, an operator and an operand.
The value begins at 0, and slot after slot acts on it from the left, modulo m;
there is no precedence.  Its response writes each slot with the value that it
leaves, and the last of them again as the answer::

    m7 c + 3 d * 5 = e - 2 =    is solved by    c + 3 3 d * 5 1 e - 2 6 # 6

A response without steps, ``# 6``, is as correct.  Labels are consecutive from
any one on, around their end, so that no two slots look alike; fillers ``=``
may stand between slots and mean nothing.  An operand may be shown as a
negative number, ``d * - 2`` in place of ``d * 5``: words that every problem
has, in an order that training does not show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from boundary.errors import InputError

MODULI = (5, 7, 11)
OPERATORS = ("+", "-", "*")
LABELS = tuple("abcdefghijklmnop")
#: Residues of the largest modulus.
VALUES = tuple(str(value) for value in range(MODULI[-1]))
FILLER, ANSWER = "=", "#"

_SLOT = r"([a-p]) ([-+*]) (- )?([0-9]{1,2})"
_PROBLEM = re.compile(rf"m(5|7|11)((?: {_SLOT}(?: =)*)+) =")

Slot = tuple[str, ...]


def residue(before: int, operator: str, operand: int, modulus: int) -> int:
    """Act on a value once.

    >>> residue(3, "*", 5, 7)
    1
    """
    after = {"+": before + operand, "-": before - operand, "*": before * operand}
    return after[operator] % modulus


def question(
    modulus: int,
    start: int,
    slots: Sequence[tuple[str, int]],
    fillers: Sequence[int],
    negative: bool,
) -> str:
    """Write a problem as its prompt.

    Parameters
    ----------
    modulus : int
        One of `MODULI`.
    start : int
        Index of the first label.
    slots : sequence of (str, int) [L]
        Operator and operand, from 0 to below the modulus; the first operator is ``+``.
    fillers : sequence of int [L - 1]
        Fillers behind each slot but the last.
    negative : bool
        Whether operands other than 0 are shown as negative numbers.
    """
    words = [f"m{modulus}"]
    for i, ((operator, operand), count) in enumerate(zip(slots, (*fillers, 1), strict=True)):
        shown = ("-", str(modulus - operand)) if negative and operand else (str(operand),)
        words += [LABELS[(start + i) % len(LABELS)], operator, *shown, *count * [FILLER]]
    return " ".join(words)


@lru_cache(maxsize=65_536)
def steps(text: str) -> tuple[Slot, ...]:
    """Write the right steps to a prompt: the words of each slot, and its result.

    Raises
    ------
    InputError
        When the text is no problem of modular arithmetic.
    """
    words = " ".join(text.split())
    whole = _PROBLEM.fullmatch(words)
    slots = re.findall(_SLOT, words) if whole else []
    modulus = int(whole[1]) if whole else 0
    start = LABELS.index(slots[0][0]) if slots else 0
    written, value = [], 0
    for i, (label, operator, sign, operand) in enumerate(slots):
        follows = label == LABELS[(start + i) % len(LABELS)] and (i > 0 or operator == "+")
        if not follows or operand not in VALUES[:modulus]:
            slots = []
            break
        value = residue(value, operator, -int(operand) if sign else int(operand), modulus)
        written.append((label, operator, *sign.split(), operand, str(value)))
    if not slots:
        raise InputError(
            f"{text[:80]!r} is no problem of modular arithmetic; one reads 'm7 c + 3 d * 5 =', "
            f"with consecutive labels a to p, operators + - * (the first +) and operands below "
            f"the modulus, which is {', '.join(map(str, MODULI))}."
        )
    return tuple(written)


def solution(text: str) -> str:
    """Write the right response to a prompt, with its steps.

    >>> solution("m7 c + 3 d * 5 = e - 2 =")
    'c + 3 3 d * 5 1 e - 2 6 # 6'
    """
    written = steps(text)
    return " ".join([*(word for step in written for word in step), ANSWER, written[-1][-1]])
