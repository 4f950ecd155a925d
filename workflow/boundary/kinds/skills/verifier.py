"""Verdicts on the skills: the answer, and every step before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.kinds.skills.families import solution
from boundary.tasks.registers import REGISTERS, VALUES
from boundary.verify.setting import Setting
from boundary.verify.traced import Check, judge

GRADER = "lab-skills-1"


def check(question: str, response: str) -> Check:
    """Verify a response exactly; no response, however odd, raises.

    Parameters
    ----------
    question : str
        The prompt.
    response : str
        What the model wrote, without the end-of-sequence token.

    Raises
    ------
    InputError
        When the prompt is no problem of the task.
    """
    right, words = solution(question), tuple(response.split())
    claimed = words[words.index("#") + 1 :] if "#" in words else ()
    answer = claimed[:REGISTERS]
    if len(answer) < REGISTERS or any(word not in VALUES for word in answer):
        return Check(None, False, False, "no three states follow the first #")
    correct = claimed == right[-REGISTERS:]
    detail = None
    if words != right:
        pairs = enumerate(zip(words, right, strict=False))
        place = next((i for i, (a, b) in pairs if a != b), min(len(words), len(right)))
        detail = f"{'right' if correct else 'wrong'} answer; word {place + 1} deviates"
    return Check(" ".join(answer), correct, words == right, detail)


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give `verify`, which needs no worker."""
    del setting
    yield verify


def verify(items: pl.DataFrame) -> pl.DataFrame:
    """Return a verdict for each response, see `boundary.verify.traced.judge`."""
    return judge(items, check, lambda question: " ".join(solution(question)[-REGISTERS:]), GRADER)
