"""Final answers read from responses, and what each rule of extraction would have called correct.

One rule decides, the study's (`boundary.answers.RULES`); the answers that the
others read are judged too, so that no response is verified twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import polars as pl

from boundary.answers.clause import commits as states_value
from boundary.answers.extract import NONE, NOTHING, Commits, Extraction, Readings, readings
from boundary.extraction import RULES
from boundary.tables import CORRECT_UNDER, VERDICTS_TABLE

#: Characters of an answer that a table holds.
LONGEST_STORED = 1000
_UNREAD = Readings(NOTHING, NOTHING, NOTHING)


class Read(NamedTuple):
    """A response's answers by each rule, and the exception that reading them raised."""

    found: Readings
    fault: str | None = None


def truncated(items: pl.DataFrame) -> pl.Series:
    """Return which responses ended at the token limit; none where nothing tells."""
    if "finish_reason" not in items.columns:
        return pl.Series("truncated", [False] * items.height)
    return (items["finish_reason"].cast(pl.String) == "length").alias("truncated")


def read_response(response: str, cut: bool, commits: Commits = states_value) -> Read:
    """Read a response by every rule.

    A response is hostile, and one that cannot be read ends no job: whatever is
    raised is a fault of its row.
    """
    try:
        return Read(readings(response, truncated=cut, commits=commits))
    except Exception as error:  # whatever it is
        return Read(_UNREAD, f"reading the response raised {type(error).__name__}")


def extraction_of(read: Read, rule: str) -> str | None:
    """Return in which form the answer stood, for the column ``extraction``; None without one."""
    form = read.found.under(rule).form
    return None if form == NONE else form


def correct_under(
    rows: Sequence[Read],
    rule: str,
    correct: Sequence[bool],
    judge: Callable[[list[int], list[str | None]], Sequence[bool]],
) -> dict[str, list[bool]]:
    """Return whether each row is correct under each rule, by name of column.

    Parameters
    ----------
    rows : sequence of Read
    rule : str
        The rule that decides.
    correct : sequence of bool
        Whether each row is correct under it.
    judge : callable
        Given places of rows and an answer for each, says which are correct.
    """
    columns = {}
    for other, name in zip(RULES, CORRECT_UNDER, strict=True):
        column = list(correct)
        if other != rule:
            pairs = [(getattr(row.found, rule), getattr(row.found, other)) for row in rows]
            # Most often every rule reads the same.
            differ = [
                i
                for i, (one, two) in enumerate(pairs)
                if one is not two and one.answer != two.answer
            ]
            if differ:
                judged = judge(differ, [pairs[i][1].answer for i in differ])
                for i, right in zip(differ, judged, strict=True):
                    column[i] = right
        columns[name] = column
    return columns


T = TypeVar("T")
#: An answer as it is stored, and whether it is right.
Judged = tuple[str | None, bool]
_COLUMNS = (
    *("answer", "extraction", "verdict", "correct", "grader", "detail", "remarks"),
    *CORRECT_UNDER,
)


def answer_verdicts(
    items: pl.DataFrame,
    rule: str,
    grader: str,
    read: Callable[[str, str | None, str, bool], tuple[T, Read]],
    judge: Callable[[T, str], tuple[str, bool]],
) -> pl.DataFrame:
    """Return the verdicts on answers that are compared without an engine.

    Parameters
    ----------
    items : polars.DataFrame
        ``problem_id``, ``sample_index``, ``answer``, ``metadata``, ``response`` and,
        where it is there, ``finish_reason``.
    rule : str
        The rule of extraction that decides.
    grader : str
        Name and version of the grader.
    read : callable
        From a gold answer, metadata, a response and whether that was cut off, to
        what the problem holds and the response's answers.
    judge : callable
        From what the problem holds and an answer, to the answer as it is stored
        and whether it is right.

    Returns
    -------
    polars.DataFrame
        A verdicts table, in the order of the items.
    """
    asked = items.select("answer", "metadata", "response", truncated(items))
    given = [read(*row) for row in asked.iter_rows()]
    rows = [one for _, one in given]

    def judged(
        places: Iterable[int], answers: Iterable[str | None]
    ) -> list[tuple[str | None, bool]]:
        return [
            judge(given[i][0], answer) if answer else (None, False)
            for i, answer in zip(places, answers, strict=True)
        ]

    found = [row.found.under(rule) for row in rows]
    own = judged(range(len(rows)), [one.answer for one in found])
    correct = [right for _, right in own]
    verdicts = [
        "error" if row.fault else "no_answer" if answer is None else "correct" if right else "wrong"
        for row, (answer, right) in zip(rows, own, strict=True)
    ]
    columns = {
        "answer": [storable(answer) for answer, _ in own],
        "extraction": [extraction_of(row, rule) for row in rows],
        "verdict": verdicts,
        "correct": correct,
        "grader": [grader] * len(rows),
        "detail": [_detail(row, one) for row, one in zip(rows, found, strict=True)],
        "remarks": ["multiple boxes" if one.multiple else None for one in found],
        **correct_under(rows, rule, correct, lambda *some: [right for _, right in judged(*some)]),
    }
    types = {name: VERDICTS_TABLE.schema.columns[name].dtype.type for name in _COLUMNS}
    return items.select("problem_id", "sample_index").hstack(pl.DataFrame(columns, schema=types))


def _detail(row: Read, found: Extraction) -> str | None:
    if row.fault:
        return row.fault
    if not found.answer:
        return "no final answer" if found.answer is None else "an empty answer"
    return None


def storable(answer: str | None) -> str | None:
    """Return the answer for the table; of a huge one its beginning and its digest."""
    if not answer:
        return None
    if len(answer) <= LONGEST_STORED:
        return answer
    mark = hashlib.sha256(answer.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{answer[:LONGEST_STORED]}… ({len(answer)} characters, sha256 {mark})"
