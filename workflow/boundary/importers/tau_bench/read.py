"""Read results of τ-bench: a trial is one conversation about a task, right at a reward of 1.

A round is a message of the agent, whether it answers the user or calls a tool.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source
from boundary.importers.tau_bench.second import simulations
from boundary.importers.tau_bench.talk import Row, messages_of, rounds_of
from boundary.importers.values import part

#: How far the tool lets a reward be from 1.
TOLERANCE = 1e-6
#: The parts of a file's name that tell runs of one model apart: tasks, and when.
_NAME = re.compile(r"(?P<agent>.+)_range_-?\d+--?\d+_(?P<user>user-.+)_\d{10}")


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the trials of each file.

    Raises
    ------
    InputError
        When a file is of neither form, a trial lacks a key or stands twice; names file and
        trial.
    """
    checks = _Checks(request, tally)
    for source in sources:
        document = source.document()
        rows = (
            simulations(document, source.where, tally)
            if isinstance(document, dict)
            else _conversations(document, source, tally)
        )
        yield from batched(checks.of(rows, source.where), source.where)


@dataclass
class _Checks:
    """What was read of all files: where each conversation first stands, with its file."""

    request: Request
    tally: Tally
    ids: ProblemIds = field(default_factory=ProblemIds)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, rows: Iterator[tuple[str, Row]], file: str) -> Iterator[Row]:
        """Yield rows with verdicts in place of rewards; refuse what stands in two files."""
        trials: dict[tuple[str, object], str] = {}
        for place, row in rows:
            problem, trial = self.ids.text(row.pop("problem_id"), place), row.pop("trial")
            if (first := trials.setdefault((problem, trial), place)) != place:
                raise InputError(
                    f"{place}: trial {brief(trial)} of task {problem} stands in {first} already; "
                    f"leave one of them out."
                )
            if talk := row.pop("messages"):
                self._compare(repr((problem, talk)), place, file)
            row["benchmark"] = self.request.benchmark or row.get("benchmark")
            right = None if row["unset"] else _right(row.pop("reward"), place)
            yield {**row, "problem_id": problem, "correct_theirs": right}

    def _compare(self, talk: str, place: str, file: str) -> None:
        """Refuse a conversation of another file; of one file two trials may go alike."""
        digest = hashlib.sha256(talk.encode()).hexdigest()
        first, its_file = self.places.setdefault(digest, (place, file))
        if its_file != file:
            raise InputError(
                f"{place}: is word by word the conversation of {first}, so that it would count "
                f"twice; leave one of them out."
            )
        if first != place:
            what = "trials go word by word like another of their task, and count"
            self.tally.count(what, 1, place)


def _right(reward: object, place: str) -> bool:
    if isinstance(reward, bool) or not isinstance(reward, int | float) or not 0 <= reward <= 1:
        raise InputError(f"{place}: reward is {brief(reward)}, and should be from 0 to 1.")
    return reward >= 1 - TOLERANCE


def _conversations(document: object, source: Source, tally: Tally) -> Iterator[tuple[str, Row]]:
    """Yield the trials of a file of τ-bench.

    Raises
    ------
    InputError
        When one is no trial.
    """
    if not isinstance(document, list):
        raise InputError(f"{source.where}: should be a list of trials.")
    named = _NAME.fullmatch(source.name.removesuffix(".json"))
    tasks: dict[object, Mapping[str, Any]] = {}
    for trial in document:  # a trial that an error ended does not say what its task was
        task = part(trial, "info").get("task")
        if isinstance(task, dict):
            tasks.setdefault(repr(part(trial).get("task_id")), task)
    for number, trial in enumerate(document, start=1):
        place = f"{source.where}: trial {number}"
        if not isinstance(trial, dict) or not {"task_id", "trial", "reward"} <= trial.keys():
            raise InputError(f"{place}: should have task_id, trial and reward.")
        talk, info = messages_of(trial.get("traj"), place), part(trial, "info")
        task = part(info.get("task", tasks.get(repr(trial["task_id"]))))
        failed = "error" in info
        if failed:
            tally.count("trials were ended by an error and have no outcome", 1, place)
        yield (
            place,
            {
                "model": f"{named['agent']} {named['user']}" if named else None,
                "problem_id": trial["task_id"],
                "trial": trial["trial"],
                "messages": talk,
                "reward": trial["reward"],
                "unset": failed,
                "rounds": rounds_of(talk),
                "line": number,
                **_task(task),
            },
        )


def _task(task: Mapping[str, Any]) -> Row:
    """Return the columns of a task: tasks of one user are of one account, so one cluster."""
    user, question = task.get("user_id"), task.get("instruction")
    return {
        "question": question if isinstance(question, str) else None,
        "metadata": canonical_json({"cluster": user}) if isinstance(user, str) else None,
    }
