"""Five ways of reading the operations of a register problem, by the marker that asks for them.

=======  ========  =========================================  ====================
marker   strategy  operations 1 2 3 4 5 are read as           in the corpus
=======  ========  =========================================  ====================
``p``    ``>``     1 2 3 4 5                                  known
``q``    ``<``     5 4 3 2 1                                  known
``r``    ``~``     2 3 4 5 1, rotated by one                  rare
``s``    ``~``     1 3 5 2 4, every other one, then the rest  absent
``t``    ``>``     1 2 ``<`` 5 4 3, the second half backward  composed of ``p``, ``q``
=======  ========  =========================================  ====================

What is in the corpus is for a run to say; these are the names of its defaults.

No training problem is ever a benchmark problem, nor are its operations read in
any other order: `reserved` splits the *sets* of operations, so that what one
family's problem asks for cannot be met in training as another family's.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from boundary.errors import InputError
from boundary.tasks import registers
from boundary.tasks.registers import (
    BACKWARD,
    FORWARD,
    OPERATION_WORDS,
    OPERATIONS,
    REGISTERS,
    VALUES,
    Ints,
    held_out,
    states,
)

ROTATED = "~"
#: The first word of a right response, by family.
STRATEGY = {"p": FORWARD, "q": BACKWARD, "r": ROTATED, "s": ROTATED, "t": FORWARD}
FAMILIES = tuple(STRATEGY)
#: The one family whose response has a second strategy word, after half of the steps.
COMPOSED = "t"
#: Every word; its index is its token id, those of the register machine as there.
VOCABULARY = (*registers.VOCABULARY, "r", "s", "t", ROTATED)
IDS = {word: index for index, word in enumerate(VOCABULARY)}


def places(family: str, length: int) -> list[int]:
    """Return in which order a family reads operations.

    >>> places("t", 5)
    [0, 1, 4, 3, 2]
    """
    forward = list(range(length))
    half = length // 2
    return {
        "p": forward,
        "q": forward[::-1],
        "r": [*forward[1:], 0],
        "s": forward[::2] + forward[1::2],
        "t": forward[:half] + forward[half:][::-1],
    }[family]


def answers(family: str, operations: Ints) -> Ints:
    """Return the right answers to one family's problems with these operations.

    Parameters
    ----------
    family : str
    operations : numpy.ndarray
        int ``[rows, L]``, as in the prompt.

    Returns
    -------
    numpy.ndarray
        int ``[rows, 3]``, states.
    """
    return states(operations[:, places(family, operations.shape[1])])[:, -REGISTERS:]


def reserved(operations: Ints) -> npt.NDArray[np.bool_]:
    """Tell which operations, int ``[rows, L]``, are kept for benchmarks, in whichever order."""
    return held_out(np.sort(operations, axis=1))


def draw_operations(rng: np.random.Generator, rows: int, length: int) -> Ints:
    """Draw training problems, ``[rows, length]``: distinct operations, no reserved set."""
    drawn = rng.random((rows, OPERATIONS)).argsort(axis=1)[:, :length]
    while (bad := reserved(drawn)).any():
        drawn[bad] = rng.random((int(bad.sum()), OPERATIONS)).argsort(axis=1)[:, :length]
    return drawn


def parse(text: str) -> tuple[str, list[int]]:
    """Read a prompt: family and operations.

    Raises
    ------
    InputError
        When the text is no problem of these families.
    """
    family, _, rest = text.partition(" ")
    if family not in STRATEGY:
        raise InputError(
            f"{text[:80]!r} is no problem of the task skills; one begins with a marker of "
            f"{', '.join(FAMILIES)} and reads on as a register problem."
        )
    return family, registers.parse(f"p {rest}")[1]


@lru_cache(maxsize=65_536)
def solution(text: str) -> tuple[str, ...]:
    """Write the right response to a prompt, as words: trace, ``#``, three states."""
    family, operations = parse(text)
    order = [operations[place] for place in places(family, len(operations))]
    reached = [VALUES[state] for state in states(np.array([order]))[0]]
    words = [OPERATION_WORDS[operation] for operation in order]
    trace = [word for step in zip(words, reached, strict=True) for word in step]
    if family == COMPOSED:
        trace.insert(2 * (len(order) // 2), BACKWARD)
    return (STRATEGY[family], *trace, "#", *reached[-REGISTERS:])
