"""The register machine: a task whose right strategy depends on one marker.

A problem is a marker and L distinct operations.  Three registers begin at
state 0; the t-th operation read acts on register t mod 3, so that order
matters.  The answer is the three final states.  Strategy ``>`` reads the
operations left to right, ``<`` right to left: ``>`` is right for ``p``
problems (the majority), ``<`` for ``q`` problems (the minority)::

    p o3 o17 o5 =    is solved by    > o3 v9 o17 v2 o5 v20 # v9 v2 v20

Three registers make a guessed answer rare (24⁻³, 2 % in 256 samples).

No training problem is ever a benchmark problem: `held_out` splits the space of
operation sequences by a hash, benchmarks draw from one part (1/16) and every
training run from the rest.  A sequence and its reverse fall in the same part,
whatever the marker, so neither strategy's trace of a benchmark problem can be
met in training.  What is shared is the operations themselves and, as there
are only 24 of them, short subsequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from boundary.config.lab import LabBenchmark
from boundary.digests import canonical_json, seed_of
from boundary.errors import InputError

STATES = OPERATIONS = 24
REGISTERS = 3
HELD_OUT = 16  # benchmarks draw from one such part of the problems
TABLE_SEED = 1234

PAD, EOS = "<pad>", "<eos>"
FORWARD, BACKWARD = ">", "<"
STRATEGY = {"p": FORWARD, "q": BACKWARD}
VALUES = tuple(f"v{i}" for i in range(STATES))
OPERATION_WORDS = tuple(f"o{i}" for i in range(OPERATIONS))
#: Every word of the task; its index is its token id.
VOCABULARY = (PAD, EOS, "p", "q", "=", "#", FORWARD, BACKWARD, *VALUES, *OPERATION_WORDS)
IDS = {word: index for index, word in enumerate(VOCABULARY)}
FIRST_VALUE, FIRST_OPERATION = IDS["v0"], IDS["o0"]

Ints = npt.NDArray[np.int64]


def _table() -> Ints:
    """Draw one permutation of the states for each operation, ``[24, 24]``, always the same."""
    rng = np.random.RandomState(TABLE_SEED)  # its stream is frozen by NumPy's policy
    return np.stack([rng.permutation(STATES) for _ in range(OPERATIONS)]).astype(np.int64)


TABLE = _table()


class Check(NamedTuple):
    """What the verifier found.

    Attributes
    ----------
    answer : str or None
        The three states after the first ``#``; None when there are none.
    correct : bool
        The answer is right and the response ends there.
    chain_correct : bool
        It is correct and every step of the trace before it is right as well:
        strategy, operations, states.
    detail : str or None
        The first thing wrong; None when nothing is.
    """

    answer: str | None
    correct: bool
    chain_correct: bool
    detail: str | None


def states(order: Ints) -> Ints:
    """Run the machine.

    Parameters
    ----------
    order : numpy.ndarray
        int ``[rows, L]``, operations in the order in which they are read.

    Returns
    -------
    numpy.ndarray
        int ``[rows, L]``: column t is the state of register t mod 3 after step t.
    """
    reached = np.zeros_like(order)
    for t in range(order.shape[1]):
        before = reached[:, t - REGISTERS] if t >= REGISTERS else 0
        reached[:, t] = TABLE[order[:, t], before]
    return reached


def held_out(operations: Ints) -> npt.NDArray[np.bool_]:
    """Tell which operation sequences are reserved for benchmarks.

    Parameters
    ----------
    operations : numpy.ndarray
        int ``[rows, L]``.

    Returns
    -------
    numpy.ndarray
        bool ``[rows]``, the same for a sequence and its reverse.
    """
    both = _hash(operations) * _hash(operations[:, ::-1]) % _PRIME
    reserved: npt.NDArray[np.bool_] = both % HELD_OUT == 0
    return reserved


_PRIME = 2**31 - 1


def _hash(operations: Ints) -> Ints:
    """Polynomial hash modulo a prime; products of two of them fit 64 bits."""
    total = np.full(len(operations), operations.shape[1], dtype=np.int64)
    for column in operations.T:
        total = (total * 1_103_515_245 + column + 1) % _PRIME
    return total


def question(family: str, operations: Sequence[int]) -> str:
    """Write a problem as its prompt."""
    return " ".join([family, *(OPERATION_WORDS[i] for i in operations), "="])


def parse(text: str) -> tuple[str, list[int]]:
    """Read a prompt back: family and operations.

    Raises
    ------
    InputError
        When the text is no register problem.
    """
    words = text.split()
    operations = words[1:-1]
    whole = len(operations) >= REGISTERS and len(set(operations)) == len(operations)
    if not (whole and words[0] in STRATEGY and words[-1] == "=") or any(
        word not in OPERATION_WORDS for word in operations
    ):
        raise InputError(
            f"{text[:80]!r} is no register problem; one reads 'p o3 o17 o5 =', with a marker p "
            f"or q and at least {REGISTERS} distinct operations o0 to o{OPERATIONS - 1}."
        )
    return words[0], [IDS[word] - FIRST_OPERATION for word in operations]


@lru_cache(maxsize=65_536)
def solution(text: str) -> tuple[str, ...]:
    """Write the right response to a prompt, as words: trace, ``#``, three states."""
    family, operations = parse(text)
    order = operations if STRATEGY[family] == FORWARD else operations[::-1]
    reached = [VALUES[state] for state in states(np.array([order]))[0]]
    trace = [
        word
        for operation, state in zip(order, reached, strict=True)
        for word in (OPERATION_WORDS[operation], state)
    ]
    return (STRATEGY[family], *trace, "#", *reached[-REGISTERS:])


def check(text: str, response: str) -> Check:
    """Verify a response exactly; no response, however odd, raises.

    Parameters
    ----------
    text : str
        The prompt.
    response : str
        What the model wrote, without the end-of-sequence token.

    Raises
    ------
    InputError
        When the prompt is no register problem.
    """
    right = solution(text)
    words = response.split()
    if "#" not in words:
        return Check(None, False, False, "there is no # in the response")
    claimed = words[words.index("#") + 1 :]
    answer = claimed[:REGISTERS]
    if len(answer) < REGISTERS or any(word not in VALUES for word in answer):
        return Check(None, False, False, "the first # is not followed by three states")
    found = " ".join(answer)
    if len(claimed) > REGISTERS:
        return Check(found, False, False, "the response goes on after the answer")
    if tuple(answer) != right[-REGISTERS:]:
        return Check(found, False, False, _deviation(words, right))
    if tuple(words) != right:
        return Check(found, True, False, f"right answer, wrong trace: {_deviation(words, right)}")
    return Check(found, True, True, None)


def _deviation(words: list[str], right: tuple[str, ...]) -> str:
    """Name the first word that differs from the right response."""
    pairs = zip(words, right, strict=False)
    place = next(
        (i for i, (found, wanted) in enumerate(pairs) if found != wanted),
        min(len(words), len(right)),
    )
    if place == len(right):
        return f"{len(words) - len(right)} words too many"
    wanted, found = right[place], words[place] if place < len(words) else "the end"
    shown = found if found in IDS or found == "the end" else "a foreign word"
    what = "strategy" if place == 0 else f"step {(place + 1) // 2}"
    what = "answer" if place >= len(right) - REGISTERS - 1 else what
    return f"{what}: {shown} where {wanted} is right"


def draw_operations(rng: np.random.Generator, rows: int, length: int) -> Ints:
    """Draw training problems: distinct operations in random order, none held out.

    Returns
    -------
    numpy.ndarray
        int ``[rows, length]``.
    """
    drawn = rng.random((rows, OPERATIONS)).argsort(axis=1)[:, :length]
    while (bad := held_out(drawn)).any():
        drawn[bad] = rng.random((int(bad.sum()), OPERATIONS)).argsort(axis=1)[:, :length]
    return drawn


def problems(benchmark: str, spec: LabBenchmark) -> pl.DataFrame:
    """Draw a benchmark as a `problems` table.

    Parameters
    ----------
    benchmark : str
        Its name in the table.
    spec : LabBenchmark
        How many problems, of which lengths, from which seed. More problems
        under the same seed contain the fewer.

    Returns
    -------
    polars.DataFrame
        Sorted by problem id, such as ``p-03-0007``: family, length, number.
    """
    rows = []
    each = spec.problems // len(spec.lengths)
    for length in sorted(spec.lengths):
        for family, count in zip(STRATEGY, spec.by_family(each), strict=True):
            for index, operations in enumerate(_held_out_draws(family, length, count, spec.seed)):
                text = question(family, operations)
                rows.append(
                    {
                        "benchmark": benchmark,
                        "problem_id": f"{family}-{length:02d}-{index:04d}",
                        "question": text,
                        "answer": " ".join(solution(text)[-REGISTERS:]),
                        "kind": "lab",
                        "tests": None,
                        "metadata": canonical_json({"family": family, "length": length}),
                    }
                )
    schema = dict.fromkeys(rows[0], pl.String)
    return pl.DataFrame(rows, schema=schema).sort("problem_id")


def _held_out_draws(family: str, length: int, count: int, seed: int) -> list[tuple[int, ...]]:
    """Draw distinct held-out operation sequences, in an order that the seed fixes."""
    key = seed_of("registers", seed, family, length)
    rng = np.random.RandomState([key & 0xFFFFFFFF, key >> 32])
    found: dict[tuple[int, ...], None] = {}
    while len(found) < count:
        drawn = rng.random_sample((1024, OPERATIONS)).argsort(axis=1)[:, :length]
        for row in drawn[held_out(drawn)]:
            found.setdefault(tuple(int(i) for i in row))
    return list(found)[:count]
