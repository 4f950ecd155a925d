"""Verdicts of EvalPlus, in the forms of all its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boundary.errors import InputError
from boundary.importers.columns import brief
from boundary.importers.record import Tally
from boundary.importers.source import Source

#: Words of versions from February 2024 on, and of those before.
_STATUS = {
    "pass": True,
    "success": True,
    "fail": False,
    "failed": False,
    "timeout": False,
    "timed out": False,
}


@dataclass(frozen=True)
class Judged:
    """A sample and its verdict.

    Attributes
    ----------
    solution : str or None
        The program that was judged; versions before 2024 do not keep it.
    passed : bool
        By all tests that were run.
    """

    solution: str | None
    passed: bool

    def is_of(self, text: str) -> bool:
        """Return whether a sample could be the one: the program, or what ends it."""
        return self.solution is None or self.solution.endswith(text)


@dataclass(frozen=True)
class Results:
    """The verdicts of one file.

    Attributes
    ----------
    where : str
    plus : bool
        Whether the tests that EvalPlus adds were run.
    tasks : mapping of str to sequence of Judged
        In the order of the samples.
    """

    where: str
    plus: bool
    tasks: Mapping[str, Sequence[Judged]]


def results_of(source: Source, tally: Tally) -> Results:
    """Read a file of results.

    A sample is correct when it passes the tests of the benchmark and those that
    EvalPlus adds; where none were added, when it passes the former.

    Raises
    ------
    InputError
        When it is of no form that a version writes; names the task.
    """
    document = source.document()
    tasks = document.get("eval") if isinstance(document, dict) else None
    if not isinstance(tasks, dict):
        raise InputError(f"{source.where}: should have an object 'eval' with the tasks.")
    pairs = {task: _statuses(value, f"{source.where}: {task}") for task, value in tasks.items()}
    every = [each for task in pairs.values() for each in task]
    plus = any(more is not None for _, _, more in every)
    if not plus and every:
        tally.say(
            f"{source.where}: has verdicts by the tests of the benchmark alone, without those that "
            f"EvalPlus adds"
        )
    judged = {
        task: [_judged(*each, plus, f"{source.where}: {task}") for each in several]
        for task, several in pairs.items()
    }
    return Results(source.where, plus, judged)


Statuses = tuple[str | None, bool, bool | None]


def _judged(solution: str | None, base: bool, more: bool | None, plus: bool, where: str) -> Judged:
    if plus and base and more is None:
        raise InputError(
            f"{where}: lacks the verdict by added tests that other samples of the file have; "
            f"judge all of them by the same tests."
        )
    return Judged(solution, base and (more is None or more))


def _statuses(value: object, where: str) -> list[Statuses]:
    """Return solution and both statuses of each sample of a task."""
    if isinstance(value, list):
        return [_of_sample(each, where) for each in value]
    if isinstance(value, dict) and isinstance(value.get("base"), list):
        base, more = value["base"], value.get("plus") or [None] * len(value["base"])
        number = value.get("nfiles", len(base))
        if not isinstance(more, list) or not len(base) == len(more) == number:
            raise InputError(f"{where}: 'base' and 'plus' should have a status for each sample.")
        return [
            (
                None,
                _status(_first(one), where),
                None if two is None else _status(_first(two), where),
            )
            for one, two in zip(base, more, strict=True)
        ]
    raise InputError(f"{where}: should be a list of samples with base_status.")


def _of_sample(value: object, where: str) -> Statuses:
    if not isinstance(value, dict) or "base_status" not in value:
        raise InputError(f"{where}: a sample should be an object with base_status.")
    solution, more = value.get("solution"), value.get("plus_status")
    if solution is not None and not isinstance(solution, str):
        raise InputError(f"{where}: 'solution' should be text.")
    base = _status(value["base_status"], where)
    return solution, base, None if more is None else _status(more, where)


def _first(value: object) -> object:
    """Return the status of a pair of status and details."""
    return value[0] if isinstance(value, list) and value else value


def _status(value: object, where: str) -> bool:
    if not isinstance(value, str) or value not in _STATUS:
        raise InputError(
            f"{where}: no version of EvalPlus writes the status {brief(value)}; there are: "
            f"{', '.join(_STATUS)}."
        )
    return _STATUS[value]
