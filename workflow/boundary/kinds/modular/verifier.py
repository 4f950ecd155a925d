"""Verdicts on modular arithmetic: the answer, and every step before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.kinds.modular.problem import ANSWER, FILLER, LABELS, OPERATORS, VALUES, steps
from boundary.verify.setting import Setting
from boundary.verify.traced import Check, judge

GRADER = "lab-modular-1"
#: What a message may repeat of a response.
_KNOWN = {ANSWER, FILLER, *LABELS, *OPERATORS, *VALUES}


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give `verify`, which needs neither workers nor a cache."""
    del setting
    yield verify


def check(text: str, response: str) -> Check:
    """Verify a response exactly; no response, however odd, raises.

    Parameters
    ----------
    text : str
        The prompt.
    response : str
        What the model wrote, without the end-of-sequence token.

    Raises
    ------
    InputError
        When the prompt is no problem of modular arithmetic.
    """
    right = steps(text)
    words = response.split()
    if ANSWER not in words:
        return Check(None, False, False, f"there is no {ANSWER} in the response")
    place = words.index(ANSWER)
    answer = next(iter(words[place + 1 :]), "")
    if answer not in VALUES:
        return Check(None, False, False, f"no value follows the first {ANSWER}")
    if len(words) > place + 2:
        return Check(answer, False, False, "the response goes on after the answer")
    correct = answer == right[-1][-1]
    wrong = _deviation(words, right)
    if place == 0:
        wrong = "no steps" if correct else f"answer: {answer} where {right[-1][-1]} is right"
    if correct and wrong:
        wrong = f"right answer, {wrong if place == 0 else f'wrong chain: {wrong}'}"
    return Check(answer, correct, wrong is None, wrong)


def _deviation(words: list[str], right: tuple[tuple[str, ...], ...]) -> str | None:
    """Name the first word that differs: of unlike lengths, one has its only ``#`` earlier."""
    due = [(f"step {i}", word) for i, step in enumerate(right, 1) for word in step]
    due += [("answer", ANSWER), ("answer", right[-1][-1])]
    for (where, expected), word in zip(due, words, strict=False):
        if word != expected:
            shown = word if word in _KNOWN else "a foreign word"
            return f"{where}: {shown} where {expected} is right"
    return None


def verify(items: pl.DataFrame) -> pl.DataFrame:
    """Return a verdict for each response, see `boundary.verify.traced.judge`."""
    return judge(items, check, lambda question: steps(question)[-1][-1], GRADER)
