"""Verdicts on modular arithmetic: the answer, and every step before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import polars as pl

from boundary.errors import TableError
from boundary.kinds.modular.problem import ANSWER, FILLER, LABELS, OPERATORS, VALUES, steps
from boundary.tables import VERDICTS_TABLE
from boundary.verify.setting import Setting

GRADER = "lab-modular-1"
#: What a message may repeat of a response.
_KNOWN = {ANSWER, FILLER, *LABELS, *OPERATORS, *VALUES}


class Check(NamedTuple):
    """What the verifier sees in a response, by the columns of a verdict.

    Attributes
    ----------
    answer : str or None
        The value after the first ``#``; None where there is none.
    verdict : str
        As in `boundary.tables.VERDICTS_TABLE`.
    correct : bool
        The answer is right and the response ends there.
    chain_correct : bool
        It is correct and all steps stand before it, every word right.
    detail : str or None
        The first thing wrong; None when nothing is.
    """

    answer: str | None
    verdict: str
    correct: bool
    chain_correct: bool
    detail: str | None


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
        return Check(None, "no_answer", False, False, f"there is no {ANSWER} in the response")
    place = words.index(ANSWER)
    answer = next(iter(words[place + 1 :]), "")
    if answer not in VALUES:
        return Check(None, "no_answer", False, False, f"no value follows the first {ANSWER}")
    if len(words) > place + 2:
        return Check(answer, "wrong", False, False, "the response goes on after the answer")
    correct = answer == right[-1][-1]
    wrong = _deviation(words, right)
    if place == 0:
        wrong = "no steps" if correct else f"answer: {answer} where {right[-1][-1]} is right"
    if correct and wrong:
        wrong = f"right answer, {wrong if place == 0 else f'wrong chain: {wrong}'}"
    return Check(answer, "correct" if correct else "wrong", correct, wrong is None, wrong)


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
    """Return a verdict for each response.

    Parameters
    ----------
    items : polars.DataFrame
        Samples joined with their problems; ``problem_id``, ``sample_index``,
        ``question``, ``answer`` (gold, may be null) and ``response`` are read.

    Returns
    -------
    polars.DataFrame
        A verdicts table with ``chain_correct``.

    Raises
    ------
    InputError
        When a question is no problem of modular arithmetic.
    TableError
        When the gold answer in the table is not the solution of the question.
    """
    asked = items.select("problem_id", "question", "answer").unique(maintain_order=True)
    for problem_id, text, gold in asked.iter_rows():
        if gold not in (None, steps(text)[-1][-1]):
            raise TableError(
                f"Problem {problem_id}: its gold answer is {gold!r}, but the solution of its "
                f"question is {steps(text)[-1][-1]!r}. Make the problems table anew."
            )
    checks = [check(*row) for row in items.select("question", "response").iter_rows()]
    columns = VERDICTS_TABLE.schema.columns
    types = {name: columns[name].dtype.type for name in Check._fields}
    judged = pl.DataFrame(checks, schema=types, orient="row").with_columns(grader=pl.lit(GRADER))
    verdicts = items.select("problem_id", "sample_index").hstack(judged)
    return verdicts.select(name for name in columns if name in verdicts.columns)
