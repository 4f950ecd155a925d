"""Verdicts on the skills: the answer, and every step before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from boundary.errors import TableError
from boundary.kinds.skills.families import solution
from boundary.tasks.registers import REGISTERS, VALUES, Check
from boundary.verify.setting import Setting

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
    """Return a verdict for each response, with ``chain_correct``.

    Raises
    ------
    InputError
        When a question is no problem of the task.
    TableError
        When a gold answer is not the solution of its question.
    """
    rows = []
    columns = items.select("problem_id", "question", "response", "answer").iter_rows()
    for problem, question, response, gold in columns:
        if gold is not None and gold != (answer := " ".join(solution(question)[-REGISTERS:])):
            raise TableError(
                f"Problem {problem}: its gold answer is {gold!r}, but the solution of its question "
                f"is {answer!r}. Make the problems table anew."
            )
        rows.append(check(question, response))
    checks = pl.DataFrame(
        rows,
        schema={
            "answer": pl.String,
            "correct": pl.Boolean,
            "chain_correct": pl.Boolean,
            "detail": pl.String,
        },
        orient="row",
    )
    verdict = pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong"))
    return (
        items.select("problem_id", "sample_index")
        .hstack(checks)
        .with_columns(
            verdict=pl.when(pl.col("answer").is_null())
            .then(pl.lit("no_answer"))
            .otherwise(verdict),
            grader=pl.lit(GRADER),
        )
    )
