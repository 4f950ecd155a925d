"""Verdicts on mathematical answers: the declared answer against the gold answer.

In this order: the final answer (`boundary.answers.extract`); equal text once
typesetting is set aside; structure, exact numbers and words (`compare`); a cap
on the size of what may go on (`size`); Math-Verify, in processes with limits on
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

from boundary.answers.extract import Extraction, final_answer
from boundary.errors import TableError
from boundary.tables import VERDICTS_TABLE
from boundary.verify.killable import KillablePool, Limits
from boundary.verify.math.judging import Judge, Judgement, form_of
from boundary.verify.math.lenient import lenient_answer
from boundary.verify.math.size import MAX_CHARACTERS
from boundary.verify.math.worker import PRELOAD
from boundary.verify.setting import Setting

GRADER = f"math-2 (math-verify {version('math-verify')})"
#: Processor time of all that is compared for one row.
LIMITS = Limits(cpu_seconds=2.0)
ROWS_SHOWN = 5
_COLUMNS = (
    *("answer", "verdict", "correct", "grader", "detail", "remarks"),
    *("correct_lenient", "correct_agreed"),
)

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
        Processor time of all that is compared for one row, and memory.

    Yields
    ------
    callable
        Takes samples joined with their problems, of which it reads
        ``problem_id``, ``sample_index``, ``answer`` (gold, LaTeX) and
        ``response``; returns a verdicts table in the same order.  Verdicts are
        ``correct``, ``wrong``, ``no_answer`` (none declared, or an empty one),
        ``timeout`` (processor time ran out), ``resource`` (refused by `size`,
        or out of memory) and ``error`` (reading or comparing it raised).  It raises
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
    found = [_extracted(response) for response in responses]
    loose = [_loosely(response) for response in responses]
    strict = judge.strict([(gold, one.answer) for gold, one in zip(golds, found, strict=True)])
    strict = [
        Judgement("error", one.rule) if one.rule.startswith(RAISED) else result
        for one, result in zip(found, strict, strict=True)
    ]
    lenient = judge.lenient(list(zip(golds, loose, strict=True)))
    rows = []
    for gold, one, result, is_lenient in zip(golds, found, strict, lenient, strict=True):
        correct = result.verdict == "correct"
        rows.append(
            (
                _storable(one.answer),
                result.verdict,
                correct,
                GRADER,
                _detail(result, one.rule),
                ",".join(_remarks(gold, result, one.multiple)) or None,
                is_lenient,
                correct and result.second is True,
            )
        )
    types = {name: VERDICTS_TABLE.schema.columns[name].dtype.type for name in _COLUMNS}
    return pl.DataFrame(rows, schema=types, orient="row")


#: How the rule begins by which no answer was read, as reading raised.
RAISED = "finding the answer raised "


def _extracted(response: str) -> Extraction:
    try:
        return final_answer(response)
    except Exception as error:  # a response never ends a job
        return Extraction(None, f"{RAISED}{type(error).__name__}")


def _loosely(response: str) -> str | None:
    try:
        return lenient_answer(response)
    except Exception:
        return None


def _detail(result: Judgement, rule: str) -> str | None:
    notes = [result.detail] if result.detail else []
    if rule not in ("box", "none") and not rule.startswith(RAISED):
        notes.append(f"from the {rule}")
    return "; ".join(notes) or None


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


def _storable(answer: str | None) -> str | None:
    """Return the answer for the table; of a huge one its beginning and its digest."""
    if not answer:
        return None
    if len(answer) <= MAX_CHARACTERS:
        return answer
    mark = hashlib.sha256(answer.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{answer[:MAX_CHARACTERS]}… ({len(answer)} characters, sha256 {mark})"
