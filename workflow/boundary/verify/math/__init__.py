"""Verdicts on mathematical answers: the declared answer against the gold answer.

In this order: the final answer (`boundary.answers.extract`); equal text once
typesetting is set aside; structure, exact numbers and words (`compare`); a cap
on the size of what may go on (`size`); Math-Verify, in processes with limits on
processor time and memory (`engine`).  Each distinct response is read once, and
each distinct (gold, answer) compared once.  The policy, rule by rule, is in
``docs/grading.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

import polars as pl

from boundary.errors import TableError
from boundary.tables import CORRECT_UNDER, VERDICTS_TABLE
from boundary.verify.killable import KillablePool, Limits
from boundary.verify.math.judging import Judge, Judgement, form_of
from boundary.verify.math.lenient import lenient_answer
from boundary.verify.math.worker import PRELOAD
from boundary.verify.reading import (
    correct_under,
    extraction_of,
    read_response,
    storable,
    truncated,
)
from boundary.verify.setting import Setting

GRADER = f"math-2 (math-verify {version('math-verify')})"
#: Processor time of all that is compared for one row.
LIMITS = Limits(cpu_seconds=2.0)
ROWS_SHOWN = 5
_COLUMNS = (
    *("answer", "extraction", "verdict", "correct", "grader", "detail", "remarks"),
    *("correct_lenient", "correct_agreed"),
    *CORRECT_UNDER,
)

Verify = Callable[[pl.DataFrame], pl.DataFrame]


@contextmanager
def verifier(setting: Setting, limits: Limits = LIMITS) -> Iterator[Verify]:
    """Give a function that returns a verdict for each response to a mathematical problem.

    Parameters
    ----------
    setting : Setting
        Its ``workers`` is the number of processes that compare, its ``cache``
        holds what earlier jobs compared, its ``extract`` the rule by which
        answers are read.
    limits : Limits, optional
        Processor time of all that is compared for one row, and memory.

    Yields
    ------
    callable
        Takes samples joined with their problems, of which it reads
        ``problem_id``, ``sample_index``, ``answer`` (gold, LaTeX),
        ``response`` and, where it is there, ``finish_reason``; returns a verdicts
        table in the same order.  Verdicts are ``correct``, ``wrong``,
        ``no_answer`` (none read, or an empty one), ``timeout`` (processor time
        ran out), ``resource`` (refused by `size`, or out of memory) and ``error``
        (reading or comparing raised).  It raises `TableError` when a problem has
        no gold answer, and `MachineError` when a worker is lost twice on the same
        pair.
    """
    with KillablePool(limits=limits, workers=setting.workers, preload=PRELOAD) as pool:
        judge = Judge(pool, setting.cache)
        try:
            yield lambda items: _verify(items, judge, setting.extract)
        finally:
            judge.flush()


def _verify(items: pl.DataFrame, judge: Judge, rule: str) -> pl.DataFrame:
    without = items.filter(pl.col("answer").is_null())["problem_id"].unique().sort()
    if len(without):
        raise TableError(
            f"{len(without)} problem(s) of kind 'math' have no gold answer: "
            f"{', '.join(without.head(ROWS_SHOWN))}."
        )
    keys = ["gold", "response", "truncated"]
    rows = items.select(
        "problem_id", "sample_index", pl.col("answer").alias("gold"), "response", truncated(items)
    )
    distinct = rows.with_row_index("row").group_by(keys, maintain_order=True).agg("row")
    judged = _judged(distinct, judge, rule)
    # Most responses differ; where all do, there is nothing to hand round.
    if judged.height < rows.height:
        judged = judged.hstack(distinct.select("row")).explode("row").sort("row").drop("row")
    return rows.select("problem_id", "sample_index").hstack(judged)


def _judged(distinct: pl.DataFrame, judge: Judge, rule: str) -> pl.DataFrame:
    golds = distinct["gold"].to_list()
    responses = distinct["response"].to_list()
    read = list(map(read_response, responses, distinct["truncated"]))
    found = [one.found.under(rule) for one in read]
    strict = judge.strict([(gold, one.answer) for gold, one in zip(golds, found, strict=True)])
    strict = [
        Judgement("error", one.fault) if one.fault else result
        for one, result in zip(read, strict, strict=True)
    ]

    def right(places: list[int], answers: list[str | None]) -> list[bool]:
        pairs = [(golds[i], answer) for i, answer in zip(places, answers, strict=True)]
        return [result.verdict == "correct" for result in judge.strict(pairs)]

    correct = [result.verdict == "correct" for result in strict]
    columns = {
        "answer": [storable(one.answer) for one in found],
        "extraction": [extraction_of(one, rule) for one in read],
        "verdict": [result.verdict for result in strict],
        "correct": correct,
        "grader": [GRADER] * len(read),
        "detail": [result.detail for result in strict],
        "remarks": [
            ",".join(_remarks(gold, result, one.multiple)) or None
            for gold, one, result in zip(golds, found, strict, strict=True)
        ],
        "correct_lenient": judge.lenient(list(zip(golds, map(_loosely, responses), strict=True))),
        "correct_agreed": [
            result.verdict == "correct" and result.second is True for result in strict
        ],
        **correct_under(read, rule, correct, right),
    }
    types = {name: VERDICTS_TABLE.schema.columns[name].dtype.type for name in _COLUMNS}
    return pl.DataFrame(columns, schema=types)


def _loosely(response: str) -> str | None:
    """Return what the lenient rule reads; a response that it cannot read ends no job."""
    try:
        return lenient_answer(response)
    except Exception:
        return None


def _remarks(gold: str, result: Judgement, multiple: bool) -> list[str]:
    """Return what is worth counting apart; where the engines differ, on which kind of answer."""
    found = list(result.remarks)
    if multiple:
        found.append("multiple boxes")
    correct = result.verdict == "correct"
    if correct and result.second is not True:
        found.append(f"second engine {'different' if result.second is False else 'not read'}")
    elif not correct and result.second is True:
        found.append("second engine equal")
    else:
        return found
    found[-1] += f": {form_of(gold)}"
    return found
