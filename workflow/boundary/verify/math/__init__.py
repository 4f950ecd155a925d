"""Verdicts on mathematical answers: the declared answer against the gold answer.

In this order: the final answer (`boundary.answers.extract`); equal text once
typesetting is set aside; structure, exact numbers and words (`compare`); a cap
on the size of what may go on (`scan`); Math-Verify, in processes with limits on
processor time and memory (`engine`).  Each distinct response is read once, and
each distinct (gold, answer) compared once.  The policy, rule by rule, is in
``docs/grading.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

import polars as pl

from boundary.answers.extract import final_answer
from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE
from boundary.verify.killable import KillablePool, Limits
from boundary.verify.math.judging import Judge, Judgement
from boundary.verify.math.lenient import lenient_answer
from boundary.verify.math.scan import MAX_CHARACTERS
from boundary.verify.math.worker import PRELOAD
from boundary.verify.setting import Setting

GRADER = f"math-2 (math-verify {version('math-verify')})"
LIMITS = Limits(cpu_seconds=5.0)
ROWS_SHOWN = 5
_COLUMNS = (
    "answer", "verdict", "correct", "grader", "detail", "correct_lenient", "correct_agreed",
)  # fmt: skip

Verify = Callable[[pl.DataFrame], pl.DataFrame]


@contextmanager
def verifier(setting: Setting, limits: Limits = LIMITS) -> Iterator[Verify]:
    """Give a function that returns a verdict for each response to a mathematical problem.

    Parameters
    ----------
    setting : Setting
        Its ``workers`` is the number of processes that compare, its ``cache``
        holds what earlier jobs compared.
    limits : Limits, optional
        Processor time and memory of one comparison.

    Yields
    ------
    callable
        Takes samples joined with their problems, of which it reads
        ``problem_id``, ``sample_index``, ``answer`` (gold, LaTeX) and
        ``response``; returns a verdicts table in the same order.  Verdicts are
        ``correct``, ``wrong``, ``no_answer`` (none declared, or an empty one),
        ``timeout`` (processor time ran out), ``resource`` (refused by `scan`,
        or out of memory) and ``error`` (the parser raised).  It raises
        `TableError` when a problem has no gold answer, and `MachineError` when
        a worker is lost twice on the same pair.
    """
    with KillablePool(limits=limits, workers=setting.workers, preload=PRELOAD) as pool:
        judge = Judge(pool, setting.cache)
        try:
            yield lambda items: _verify(items, judge)
        finally:
            judge.flush()


def _verify(items: pl.DataFrame, judge: Judge) -> pl.DataFrame:
    without = items.filter(pl.col("answer").is_null())["problem_id"].unique().sort()
    if len(without):
        raise TableError(
            f"{len(without)} problem(s) of kind 'math' have no gold answer: "
            f"{', '.join(without.head(ROWS_SHOWN))}."
        )
    keys = ["answer", "response"]
    distinct = items.select(keys).unique(maintain_order=True)
    judged = distinct.rename({"answer": "gold"}).hstack(_judged(distinct, judge))
    rows = items.select("problem_id", "sample_index", pl.col("answer").alias("gold"), "response")
    # Most responses differ; where all do, there is nothing to join.
    if judged.height == rows.height:
        verdicts = judged
    else:
        verdicts = rows.join(judged, on=["gold", "response"], how="left", maintain_order="left")
    return rows.select("problem_id", "sample_index").hstack(verdicts.select(_COLUMNS))


def _judged(distinct: pl.DataFrame, judge: Judge) -> pl.DataFrame:
    golds = distinct["answer"].to_list()
    responses = distinct["response"].to_list()
    found = [final_answer(response) for response in responses]
    loose = [lenient_answer(response) for response in responses]
    strict = judge.strict([(gold, one.answer) for gold, one in zip(golds, found, strict=True)])
    lenient = judge.lenient(list(zip(golds, loose, strict=True)))
    rows = [
        (
            _storable(one.answer),
            result.verdict,
            result.verdict == "correct",
            GRADER,
            _detail(result, one.rule, one.multiple),
            is_lenient,
            result.verdict == "correct" and result.second is True,
        )
        for one, result, is_lenient in zip(found, strict, lenient, strict=True)
    ]
    types = {name: VERDICTS_TABLE.schema.columns[name].dtype.type for name in _COLUMNS}
    return pl.DataFrame(rows, schema=types, orient="row")


def _detail(result: Judgement, rule: str, multiple: bool) -> str | None:
    """Return why, and what is worth counting apart, with semicolons between."""
    notes = [result.detail] if result.detail else []
    if rule not in ("box", "none"):
        notes.append(f"from the {rule}")
    if multiple:
        notes.append("multiple boxes")
    if result.verdict == "correct" and result.second is not True:
        notes.append("second engine: " + ("different" if result.second is False else "not read"))
    elif result.verdict != "correct" and result.second is True:
        notes.append("second engine: equal")
    return "; ".join(notes) or None


def _storable(answer: str | None) -> str | None:
    """Return the answer for the table; of a huge one its beginning and its digest."""
    if not answer:
        return None
    if len(answer) <= MAX_CHARACTERS:
        return answer
    mark = hashlib.sha256(answer.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{answer[:MAX_CHARACTERS]}… ({len(answer)} characters, sha256 {mark})"
