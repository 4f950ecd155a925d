"""Verdicts on the lab's tasks, by the exact verifier of the task family."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE
from boundary.tasks.registers import Check, check
from boundary.verify.setting import Setting

GRADER = "lab-registers-1"
COLUMNS = ("answer", "verdict", "correct", "grader", "detail", "chain_correct")


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give `verify`, which needs neither workers nor a cache: it takes microseconds a response."""
    del setting
    yield verify


def verify(items: pl.DataFrame) -> pl.DataFrame:
    """Return a verdict for each response to a problem of the lab.

    Parameters
    ----------
    items : polars.DataFrame
        Samples joined with their problems; ``problem_id``, ``sample_index``,
        ``question``, ``answer`` (gold, may be null) and ``response`` are read.

    Returns
    -------
    polars.DataFrame
        A verdicts table with ``chain_correct``: whether every step before the
        right answer is right too.

    Raises
    ------
    InputError
        When a question is no problem of the lab.
    TableError
        When the gold answer in the table is not the solution of the question.
    """
    columns = items.select("problem_id", "question", "response", "answer").iter_rows()
    found = [_check(*row) for row in columns]
    return pl.DataFrame(
        {
            "problem_id": items["problem_id"],
            "sample_index": items["sample_index"],
            "answer": [row.answer for row in found],
            "verdict": [_verdict(row) for row in found],
            "correct": [row.correct for row in found],
            "grader": [GRADER] * len(found),
            "detail": [row.detail or None for row in found],
            "chain_correct": [row.chain_correct for row in found],
        },
        schema_overrides={name: VERDICTS_TABLE.schema.columns[name].dtype.type for name in COLUMNS},
    )


def _check(problem_id: str, question: str, response: str, gold: str | None) -> Check:
    result = check(question, response)
    if result.correct and gold is not None and result.answer != gold:
        raise TableError(
            f"Problem {problem_id}: its gold answer is {gold!r}, but the solution of its "
            f"question is {result.answer!r}. Make the problems table anew."
        )
    return result


def _verdict(result: Check) -> str:
    if result.correct:
        return "correct"
    return "no_answer" if result.answer is None else "wrong"
