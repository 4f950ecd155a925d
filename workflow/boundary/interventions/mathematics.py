"""The steps of mathematics in words: equations of numbers, such as ``3 × 4 = 12``."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np

from boundary.equations import equations
from boundary.steps import Step, Steps

#: A longer line is no equation in words; of a line and of a response more are no chain.
LONGEST_LINE, MOST_OF_LINE, MOST_STEPS = 1000, 20, 200

#: A number behind =, whole, and neither a part of something longer nor of an expression.
_RESULT = re.compile(
    r"=[ \t]*\\?\$?[ \t]*(-?\d{1,12}(?:\.\d{1,6})?)"
    r"(?![.,]?\d|[\w%!^°']|[ \t]*(?:[-+−*×·/÷(^]|\\[a-z]))"
)
#: What may close a result: without it a model could go on with the number.
_CLOSING = re.compile(r"[\n$)\]}>,;:.](?!\d)")
_SIGN = re.compile(r"(?<=[\d)])[ \t]*([-+−*×·/÷=])[ \t]*(?=\$?\(?\d)")
_WORDS = {
    "+": "plus",
    **dict.fromkeys("-−", "minus"),
    **dict.fromkeys("*×·", "times"),
    **dict.fromkeys("/÷", "divided by"),
    "=": "is",
}


def _split(question: str, response: str) -> list[Step]:
    """Return the results of the equations that the checker of arithmetic reads."""
    steps: list[Step] = []
    start = 0
    for line in response.splitlines(keepends=True):
        if len(line) <= LONGEST_LINE and "=" in line:
            steps += _of_line(line, start)
        start += len(line)
    return steps[:MOST_STEPS]


def _of_line(line: str, start: int) -> list[Step]:
    steps = []
    for found in islice(_RESULT.finditer(line), MOST_OF_LINE):
        if _stated(line[: found.end()]) > _stated(line[: found.start()]):
            closing = _CLOSING.match(line, found.end())
            until = closing.end() if closing else found.end()
            steps.append(Step(*(start + place for place in (*found.span(1), until))))
    return steps


def _stated(text: str) -> int:
    return sum(1 for _ in equations(text))


def _another(question: str, result: str, rng: np.random.Generator) -> str:
    """Draw a number of as many decimals within its half of it, and within 5 of a small one."""
    whole, _, decimals = result.partition(".")
    value = int(whole + decimals)
    most = max(5, abs(value) // 2)
    shift = int(rng.integers(1, most + 1)) * (1 if value < most or rng.random() < 0.5 else -1)
    digits = str(abs(value + shift)).zfill(len(decimals) + 1)
    sign = "-" if value + shift < 0 else ""
    if not decimals:
        return sign + digits
    return f"{sign}{digits[: -len(decimals)]}.{digits[-len(decimals) :]}"


def _paraphrase(chain: str) -> str:
    """Write signs between numbers as words."""
    return _SIGN.sub(lambda sign: f" {_WORDS[sign[1]]} ", chain)


STEPS = Steps(
    split=_split,
    another=_another,
    cue="\n\nTherefore, the final answer is \\boxed{",
    filler=" ...",
    paraphrase=_paraphrase,
)
