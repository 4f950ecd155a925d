"""Final answers read from responses, and what each rule of extraction would have called correct.

One rule decides, the study's (`boundary.answers.RULES`); the answers that the
others read are judged too, so that no response is verified twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from boundary.answers.clause import commits as states_value
from boundary.answers.extract import NONE, NOTHING, Commits, Readings, readings
from boundary.extraction import RULES
from boundary.tables import CORRECT_UNDER

_UNREAD = Readings(NOTHING, NOTHING, NOTHING)


class Read(NamedTuple):
    """A response's answers by each rule, and the exception that reading them raised."""

    found: Readings
    fault: str | None = None


def truncated(items: pl.DataFrame) -> pl.Series:
    """Return which responses ended at the token limit; none where nothing tells."""
    if "finish_reason" not in items.columns:
        return pl.Series("truncated", [False] * items.height)
    return (items["finish_reason"] == "length").alias("truncated")


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
            answers = [row.found.under(other).answer for row in rows]
            differ = [i for i, row in enumerate(rows) if row.found.under(rule).answer != answers[i]]
            if differ:
                judged = judge(differ, [answers[i] for i in differ])
                for i, right in zip(differ, judged, strict=True):
                    column[i] = right
        columns[name] = column
    return columns
