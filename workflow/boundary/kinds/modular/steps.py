"""The steps of a chain of modular arithmetic: a slot, and the value that it leaves."""

from __future__ import annotations

import re

import numpy as np

from boundary.errors import InputError
from boundary.kinds.modular.problem import ANSWER, FILLER, residue, steps
from boundary.steps import Step, Steps

_STEP = re.compile(r"\s*[a-p] [-+*] (?:- )?[0-9]{1,2} ([0-9]{1,2})(?=\s|$)")


def _split(question: str, response: str) -> list[Step]:
    """Return the slots with a value, up to the first word that breaks the form."""
    made: list[Step] = []
    place = 0
    while slot := _STEP.match(response, place):
        place = slot.end()
        made.append(Step(*slot.span(1), place))
    return made


def _modulus(question: str) -> int:
    return int(question.split(maxsplit=1)[0].removeprefix("m"))


def _another(question: str, result: str, rng: np.random.Generator) -> str:
    """Draw one of the other residues."""
    modulus = _modulus(question)
    return str((int(result) + int(rng.integers(1, modulus))) % modulus)


def _implied(question: str, beginning: str) -> str | None:
    """Let the slots that are left act on the last value that is written."""
    done = _split(question, beginning)
    try:
        slots = steps(question)
    except InputError:
        return None
    if not done or len(done) > len(slots):
        return None
    value = int(beginning[done[-1].start : done[-1].end])
    for _, operator, *operand, _ in slots[len(done) :]:
        value = residue(value, operator, int("".join(operand)), _modulus(question))
    return str(value)


STEPS = Steps(_split, _another, cue=f" {ANSWER}", filler=f" {FILLER}", implied=_implied)
