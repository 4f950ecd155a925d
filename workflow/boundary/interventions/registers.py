"""The steps of a trace of the register machine: an operation, and the state that it leads to."""

from __future__ import annotations

import re

import numpy as np

from boundary.errors import InputError
from boundary.steps import Step, Steps
from boundary.tasks.registers import (
    FIRST_VALUE,
    FORWARD,
    IDS,
    OPERATION_WORDS,
    REGISTERS,
    STATES,
    STRATEGY,
    TABLE,
    VALUES,
    parse,
)

_WORD = re.compile(r"\S+")


def _split(question: str, response: str) -> list[Step]:
    """Return the pairs that follow the strategy, up to the first word that breaks the form."""
    words = list(_WORD.finditer(response))
    if not words or words[0].group() not in STRATEGY.values():
        return []
    steps = []
    for operation, state in zip(words[1::2], words[2::2], strict=False):
        if operation.group() not in OPERATION_WORDS or state.group() not in VALUES:
            break
        steps.append(Step(state.start(), state.end(), state.end()))
    return steps


def _another(question: str, result: str, rng: np.random.Generator) -> str:
    """Draw one of the other states."""
    shift = int(rng.integers(1, STATES))
    return VALUES[(VALUES.index(result) + shift) % STATES]


def _implied(question: str, beginning: str) -> str | None:
    """Run the operations that are left, in the order of the trace's strategy, from its states."""
    strategy, *trace = beginning.split()
    try:
        _, operations = parse(question)
    except InputError:
        return None
    order = operations if strategy == FORWARD else operations[::-1]
    reached = [IDS[word] - FIRST_VALUE for word in trace[1::2]]
    if len(reached) > len(order):
        return None
    for t in range(len(reached), len(order)):
        reached.append(int(TABLE[order[t], reached[t - REGISTERS] if t >= REGISTERS else 0]))
    return " ".join(VALUES[state] for state in reached[-REGISTERS:])


STEPS = Steps(split=_split, another=_another, cue=" #", filler=" =", implied=_implied)
