"""Verdicts on problems of the lab whose answer and steps follow from the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE


class Check(NamedTuple):
    """What a verifier sees in a response, by the columns of a verdict.

    Attributes
    ----------
    answer : str or None
        The answer after the first ``#``; None where there is none.
    correct : bool
        The answer is right and the response ends there.
    chain_correct : bool
        It is correct and all steps stand before it, every word right.
    detail : str or None
        The first thing wrong; None when nothing is.
    """

    answer: str | None
    correct: bool
    chain_correct: bool
    detail: str | None

    @property
    def verdict(self) -> str:
        """As in `boundary.tables.VERDICTS_TABLE`."""
        if self.correct:
            return "correct"
        return "no_answer" if self.answer is None else "wrong"


def judge(
    items: pl.DataFrame,
    check: Callable[[str, str], Check],
    answer_of: Callable[[str], str],
    grader: str,
) -> pl.DataFrame:
    """Return a verdict for each response, with ``chain_correct``.

    Parameters
    ----------
    items : polars.DataFrame
        Samples joined with their problems; ``problem_id``, ``sample_index``,
        ``question``, ``answer`` (gold, may be null) and ``response`` are read.
    check : callable
        From question and response to what the verifier sees.
    answer_of : callable
        The right answer to a question.
    grader : str
        Name of the verifier.

    Raises
    ------
    InputError
        When a question is no problem of the task.
    TableError
        When the gold answer in the table is not the solution of the question.
    """
    asked = items.select("problem_id", "question", "answer").unique(maintain_order=True)
    for problem_id, question, gold in asked.iter_rows():
        if gold not in (None, right := answer_of(question)):
            raise TableError(
                f"Problem {problem_id}: its gold answer is {gold!r}, but the solution of its "
                f"question is {right!r}. Make the problems table anew."
            )
    checks = [check(*row) for row in items.select("question", "response").iter_rows()]
    columns = VERDICTS_TABLE.schema.columns
    types = {name: columns[name].dtype.type for name in Check._fields}
    judged = pl.DataFrame(checks, schema=types, orient="row").with_columns(
        verdict=pl.Series([each.verdict for each in checks], dtype=pl.String),
        grader=pl.lit(grader),
    )
    verdicts = items.select("problem_id", "sample_index").hstack(judged)
    return verdicts.select(name for name in columns if name in verdicts.columns)
