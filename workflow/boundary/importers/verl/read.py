"""Read what verl writes with `trainer.rollout_data_dir` and `validation_data_dir`.

A line is one response; a step is a model of its own.  Nothing names the problem but
the text of the prompt, as uids are drawn anew in each step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, batched
from boundary.importers.forms import of_a_form
from boundary.importers.golds import short_gold
from boundary.importers.record import Request, Tally
from boundary.importers.rewards import Rewards, is_right, reward
from boundary.importers.source import Source
from boundary.importers.steps import Completions, Steps
from boundary.importers.values import text

_FIRST = frozenset(("input", "output", "score", "step"))
#: Keys of `_dump_generations`, as versions of the trainer write them.
FORMS = {
    "the first": _FIRST,
    "with gold answers": _FIRST | {"gts"},
    "with uids (since PR #6101)": _FIRST | {"gts", "uid"},
}
#: Rewards that may be verdicts: verl's own accuracy is of `acc` where a reward function gives it.
VERDICTS = ("acc", "score")
#: Prompt, session and output of the session: the reward is that of the last output.
_UID = re.compile(r"(?P<session>.+_\d+)_\d+")
_Rows = Iterator[tuple[int, dict[str, Any]]]


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the responses of each file.

    Raises
    ------
    InputError
        When a line lacks a key of every version, holds something else under it, or a
        step or a uid stands twice; names file and line.
    """
    rewards, steps = Rewards(), Steps()
    # Whether a reward is a verdict is a matter of all steps: it must not change on the way.
    for source in sources:
        series = source.folder
        for line, row in source.objects():
            place = f"{source.where}: line {line}"
            of_a_form(row, FORMS, "verl", place)
            steps.model(source, series, row["step"], place)
            rewards.note(row, (*VERDICTS, *filter(None, [request.fields.get("verdict")])))
    verdict = rewards.verdict(VERDICTS, request.fields.get("verdict"), tally)
    for source in sources:
        rows = _responses(source, request, verdict, tally)
        yield from batched(rows, source.where)


def _responses(
    source: Source, request: Request, verdict: str | None, tally: Tally
) -> Iterator[dict[str, object]]:
    gold = request.fields.get("gold", "gts")
    completions = Completions(source.folder, tally)
    for line, row in _last_outputs(source, tally):
        place = f"{source.where}: line {line}"
        question, response = (text(row[k], k, place, blank=True) for k in ("input", "output"))
        if not question.strip():
            raise InputError(f"{place}: input is empty, and nothing else names the problem.")
        yield {
            **completions.row(row["step"], question, response, place, line),
            "score": reward(row["score"], "score", place),
            "correct_theirs": is_right(row.get(verdict)) if verdict else None,
            "answer": short_gold(row.get(gold), place, tally),
        }


def _last_outputs(source: Source, tally: Tally) -> _Rows:
    """Yield the last output of each session of an agent; where none is named, every line."""
    first: dict[tuple[Any, str], int] = {}

    def session(numbered: tuple[int, dict[str, Any]]) -> object:
        line, row = numbered
        uid = row.get("uid")
        named = _UID.fullmatch(uid) if isinstance(uid, str) else None
        if named is None:
            return line
        earlier = first.setdefault((row["step"], named[0]), line)
        if earlier != line:
            raise InputError(
                f"{source.where}: line {line}: uid {uid} stands in line {earlier} already; leave "
                f"one of them out."
            )
        return row["step"], named["session"]

    for _, rows in groupby(source.objects(), session):
        *earlier, last = rows
        if earlier:
            tally.count(
                "lines are earlier outputs of a session, of which the last one counts",
                len(earlier),
                f"{source.where}: line {earlier[0][0]}",
            )
        yield last
