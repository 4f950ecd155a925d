"""Verdicts on mathematical answers: the boxed answer against the gold answer.

In this order: the last brace-matched box after the reasoning; equal text once
typesetting is set aside; a cap on the size of what may go on; Math-Verify.
Each distinct (gold, answer) pair is compared once, in processes with limits on
processor time and memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

import polars as pl

from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE
from boundary.verify.boxed import last_box, nesting, normalise
from boundary.verify.equivalence import judge
from boundary.verify.killable import Limits, OutOfTime, run_killable
from boundary.verify.setting import Setting

GRADER = f"math-1 (math-verify {version('math-verify')})"
MAX_CHARACTERS = 1000
MAX_NESTING = 50
ROWS_SHOWN = 5


class Judgement(NamedTuple):
    """A verdict on one pair, and why."""

    verdict: str
    detail: str | None


@contextmanager
def verifier(setting: Setting) -> Iterator[Callable[[pl.DataFrame], pl.DataFrame]]:
    """Give `verify` with as many processes as are set."""
    yield partial(verify, workers=setting.workers)


def verify(
    items: pl.DataFrame, *, workers: int | None = None, limits: Limits | None = None
) -> pl.DataFrame:
    """Return a verdict for each response to a mathematical problem.

    Parameters
    ----------
    items : polars.DataFrame
        Samples joined with their problems; ``problem_id``, ``sample_index``,
        ``answer`` (gold, LaTeX) and ``response`` are read.
    workers : int, optional
        Processes to compare in; by default the cores of this process.
    limits : Limits, optional
        Processor time and memory of one comparison.

    Returns
    -------
    polars.DataFrame
        A verdicts table.  Verdicts are ``correct``, ``wrong``, ``no_answer``
        (no closed box, or an empty one), ``timeout`` (processor time ran out),
        ``resource`` (over 1,000 characters or 50 levels of nesting, or out of
        memory) and ``error`` (the parser raised).

    Raises
    ------
    TableError
        When a problem has no gold answer.
    MachineError
        When a worker is lost twice on the same pair.
    """
    without = items.filter(pl.col("answer").is_null())["problem_id"].unique().sort()
    if len(without):
        raise TableError(
            f"{len(without)} problem(s) of kind 'math' have no gold answer: "
            f"{', '.join(without.head(ROWS_SHOWN))}."
        )
    found = [last_box(response) for response in items["response"]]
    pairs = list(zip(items["answer"].to_list(), found, strict=True))
    judged = judge_pairs(pairs, workers=workers, limits=limits)
    rows = [judged[pair] for pair in pairs]
    return pl.DataFrame(
        {
            "problem_id": items["problem_id"],
            "sample_index": items["sample_index"],
            "answer": [_storable(answer) for answer in found],
            "verdict": [row.verdict for row in rows],
            "correct": [row.verdict == "correct" for row in rows],
            "grader": [GRADER] * len(rows),
            "detail": [row.detail for row in rows],
        },
        schema_overrides={
            name: VERDICTS_TABLE.schema.columns[name].dtype.type
            for name in ("answer", "verdict", "correct", "grader", "detail")
        },
    )


def judge_pairs(
    pairs: list[tuple[str, str | None]],
    *,
    workers: int | None = None,
    limits: Limits | None = None,
) -> dict[tuple[str, str | None], Judgement]:
    """Judge each distinct pair of a gold answer and an extracted answer once."""
    judged: dict[tuple[str, str | None], Judgement] = {}
    open_pairs: list[tuple[str, str]] = []
    for pair in dict.fromkeys(pairs):
        gold, answer = pair
        decided = _without_engine(gold, answer)
        if decided is not None:
            judged[pair] = decided
        elif answer is not None:
            open_pairs.append((gold, answer))
    open_pairs.sort()  # equal golds together: a worker parses each once
    results = run_killable(
        judge,
        open_pairs,
        limits=limits or Limits(),
        workers=workers,
        preload=("boundary.verify.equivalence", "math_verify"),
    )
    for (gold, answer), result in zip(open_pairs, results, strict=True):
        if isinstance(result, OutOfTime):
            judged[gold, answer] = Judgement("timeout", "out of processor time while comparing")
        else:
            judged[gold, answer] = Judgement(*result)
    return judged


def _without_engine(gold: str, answer: str | None) -> Judgement | None:
    """Decide what needs no algebra, in time linear in the text."""
    if answer is None:
        return Judgement("no_answer", "no closed \\boxed{}")
    if not answer:
        return Judgement("no_answer", "an empty \\boxed{}")
    if normalise(answer) == normalise(gold):
        return Judgement("correct", "same text as the gold answer")
    if len(answer) > MAX_CHARACTERS:
        return Judgement("resource", f"{len(answer)} characters, more than {MAX_CHARACTERS}")
    depth = nesting(answer)
    if depth > MAX_NESTING:
        return Judgement("resource", f"nested {depth} deep, more than {MAX_NESTING}")
    return None


def _storable(answer: str | None) -> str | None:
    """Return the answer for the table; of a huge one its beginning and its digest."""
    if not answer:
        return None
    if len(answer) <= MAX_CHARACTERS:
        return answer
    mark = hashlib.sha256(answer.encode()).hexdigest()[:12]
    return f"{answer[:MAX_CHARACTERS]}… ({len(answer)} characters, sha256 {mark})"
