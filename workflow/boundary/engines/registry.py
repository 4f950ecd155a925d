"""The engines, one line each, and what is asked of all of them alike."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from boundary.engines.record import Asked, EngineRecord, Refusal
from boundary.errors import InputError, MachineError

#: Folders beside this file.
NAMES = (
    "transformers",
    "vllm",
    "api",
)


@cache
def engine_record(name: str) -> EngineRecord:
    """Return the declaration of an engine.

    Raises
    ------
    MachineError
        When there is none of that name.
    """
    if name not in NAMES:
        there = ", ".join(map(repr, NAMES))
        raise MachineError(f"there is no engine {name!r}; there are {there}.")
    record: EngineRecord = import_module(f"boundary.engines.{name}").ENGINE
    return record


def engine_records() -> list[EngineRecord]:
    """Return the declarations of all engines."""
    return [engine_record(name) for name in NAMES]


def refusals(name: str, asked: Asked) -> list[Refusal]:
    """Return what an engine cannot do of what is asked, for check-config and for a job alike."""
    record = engine_record(name)
    lacking = [key for key in asked.beyond_the_usual() if key not in record.takes]
    return [*(_lacks(name, key) for key in lacking), *record.limits(asked)]


def refuse(name: str, asked: Asked) -> None:
    """Refuse what an engine cannot do.

    Raises
    ------
    InputError
        When that is part of what is asked; names each key.
    """
    if refused := refusals(name, asked):
        raise InputError(" ".join(f"{each.key}: {each.why}" for each in refused))


def _lacks(name: str, key: str) -> Refusal:
    able = " or ".join(
        f"engine: {each.name}" for each in engine_records() if key in each.takes and not each.remote
    )
    what = "stop strings" if key == "stop" else key
    return Refusal(key, f"the engine {name} has no {what}; leave it out or take {able}.")
