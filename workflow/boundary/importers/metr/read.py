"""Read METR's runs: a line is one run of an agent on a task, with its score of 0 or 1.

The minutes that people take are the length of the task, and its family the cluster: tasks
of one family are no independent ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.values import text

#: A thousand years of work.
MOST_MINUTES = 10**8


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the runs of each file.

    Raises
    ------
    InputError
        When a line lacks a key, or holds something else under it; names file and line.
    """
    ids = ProblemIds()
    for source in sources:
        yield from batched(_runs(source, ids, tally), source.where)


def _runs(source: Source, ids: ProblemIds, tally: Tally) -> Iterator[dict[str, object]]:
    where = source.numbered
    for line, run in source.objects():
        place = f"{where}: line {line}"
        right = run.get("score_binarized")
        if type(right) is not int or right not in (0, 1):
            raise InputError(f"{place}: score_binarized is {brief(right)}, and should be 0 or 1.")
        if fatal := run.get("fatal_error_from"):
            tally.count(
                f"runs of {brief(run.get('alias'))} ended by {brief(fatal)}, and count by their "
                f"score",
                where=place,
            )
        family = text(run.get("task_family"), "task_family", place).strip()
        of_task = {"minutes": _minutes(run, place), "family": family, "cluster": family}
        yield {
            "model": text(run.get("alias"), "alias", place).strip(),
            "problem_id": ids.text(run.get("task_id"), place),
            "correct_theirs": right == 1,
            "metadata": canonical_json(of_task),
            "line": line,
        }


def _minutes(run: dict[str, Any], place: str) -> float:
    value = run.get("human_minutes")
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 < value <= MOST_MINUTES
    ):
        raise InputError(
            f"{place}: human_minutes is {brief(value)}, and should be above 0 and at most "
            f"{MOST_MINUTES:,}."
        )
    return float(value)
