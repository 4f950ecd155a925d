"""Problems of modular arithmetic and responses to them, as the lab trains on them.

No training problem is ever a benchmark problem: `held_out` splits the space of
operators and operands by a hash, benchmarks draw from one part (1/8) and every
training run from the rest, whatever labels, fillers and signs they show.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from boundary.digests import canonical_json, seed_of
from boundary.kinds.modular.problem import (
    ANSWER,
    FILLER,
    LABELS,
    MODULI,
    OPERATORS,
    VALUES,
    question,
    residue,
    solution,
)
from boundary.kinds.modular.task import (
    HELD_OUT,
    ModularBenchmark,
    ModularDistil,
    ModularPretrain,
    ModularReinforce,
)
from boundary.kinds.modular.verifier import check
from boundary.lab.material import EOS, PAD, Ints, Material

#: Every word of all moduli; its index is its token id.
VOCABULARY = (PAD, EOS, ANSWER, FILLER, *(f"m{m}" for m in MODULI), *OPERATORS, *LABELS, *VALUES)
_ID = {word: index for index, word in enumerate(VOCABULARY)}
_OPERATOR, _LABEL, _VALUE = _ID[OPERATORS[0]], _ID[LABELS[0]], _ID[VALUES[0]]
_PRIME = 2**31 - 1

_Run = ModularPretrain | ModularReinforce | ModularDistil

#: Result of an operator, a value and an operand, by modulus.
_TABLE = {
    m: np.array([[[residue(a, o, b, m) for b in range(m)] for a in range(m)] for o in OPERATORS])
    for m in MODULI
}


def held_out(modulus: int, slots: Ints) -> npt.NDArray[np.bool_]:
    """Tell which problems are reserved for benchmarks.

    Parameters
    ----------
    modulus : int
        Of all of them.
    slots : numpy.ndarray
        int ``[rows, L, 2]``, index of the operator and operand.

    Returns
    -------
    numpy.ndarray
        bool ``[rows]``.
    """
    total = np.full(len(slots), modulus, dtype=np.int64)
    for symbol in (slots[..., 0] * MODULI[-1] + slots[..., 1]).T:
        total = (total + symbol + 1) * 1_103_515_245 % _PRIME
    reserved: npt.NDArray[np.bool_] = total % HELD_OUT == 0
    return reserved


def _uniform(rng: np.random.Generator, modulus: int, rows: int, length: int) -> Ints:
    """Draw problems of one length; the first operator is ``+``."""
    slots = rng.integers(0, (len(OPERATORS), modulus), (rows, length, 2))
    slots[:, 0, 0] = 0
    return slots


def draw(rng: np.random.Generator, modulus: int, rows: int, length: int) -> Ints:
    """Draw training problems, none held out, ``[rows, L, 2]``."""
    slots = _uniform(rng, modulus, rows, length)
    while (bad := held_out(modulus, slots)).any():
        slots[bad] = _uniform(rng, modulus, int(bad.sum()), length)
    return slots


@lru_cache(maxsize=64)
def _pool(seed: int, modulus: int, rows: int, length: int) -> Ints:
    """Draw all that a run ever trains on of one length."""
    return draw(np.random.default_rng(seed_of("modular", seed, length)), modulus, rows, length)


def _prompts(
    run: _Run,
    rng: np.random.Generator,
    length: int,
    rows: int,
) -> tuple[Ints, Ints]:
    """Draw training problems of one length: slots, and the token ids of their prompts.

    Labels begin anywhere in each row; fillers stand at the same places in all of them.
    """
    if run.distinct is None:
        slots = draw(rng, run.modulus, rows, length)
    else:
        pool = _pool(run.seed, run.modulus, run.distinct, length)
        slots = pool[rng.integers(0, len(pool), rows)]
    labels = (rng.integers(0, len(LABELS), (rows, 1)) + np.arange(length)) % len(LABELS)
    places = np.cumsum([1, *(3 + rng.integers(0, run.fillers + 1, length - 1))])
    ids = np.full((rows, int(places[-1]) + 4), _ID[FILLER])
    ids[:, 0] = _ID[f"m{run.modulus}"]
    ids[:, places] = labels + _LABEL
    ids[:, places + 1] = slots[..., 0] + _OPERATOR
    ids[:, places + 2] = slots[..., 1] + _VALUE
    return slots, ids


def _length(run: _Run, rng: np.random.Generator) -> int:
    return int(rng.integers(run.lengths[0], run.lengths[1] + 1))


def prompts(
    run: ModularReinforce | ModularDistil, rng: np.random.Generator, count: int
) -> tuple[Ints, int]:
    """Draw training problems of one length, and say how long a response with steps is."""
    length = _length(run, rng)
    return _prompts(run, rng, length, count)[1], 4 * length + 3


def batch(run: ModularPretrain, step: int, rng: np.random.Generator) -> tuple[Ints, int]:
    """Draw the batch of one training step; all its problems have one length.

    Returns
    -------
    tuple
        Token ids ``[rows, width + T]`` with T = 3 for direct answers and 4 L + 3
        with steps, and the width of the prompt.
    """
    del step
    length = _length(run, rng)
    rows = run.batch_operations // length
    slots, ids = _prompts(run, rng, length, rows)
    slips = rng.random((rows, length)) < run.noise
    if run.mode == "direct":
        slips[:, :-1] = False  # what is not written cannot slip
    values = rng.integers(0, run.modulus, (rows, length))
    before = np.zeros(rows, dtype=np.int64)
    for i, (operator, operand) in enumerate(np.moveaxis(slots, 0, -1)):
        result = _TABLE[run.modulus][operator, before, operand]
        before = values[:, i] = np.where(slips[:, i], values[:, i], result)
    response = np.full((rows, 3), _ID[ANSWER])
    response[:, 1], response[:, 2] = before + _VALUE, _ID[EOS]
    if run.mode == "chain":
        words = ids[:, 1:][ids[:, 1:] != _ID[FILLER]].reshape(rows, length, 3)
        steps = np.concatenate([words, values[..., None] + _VALUE], axis=2)
        response = np.concatenate([steps.reshape(rows, -1), response], axis=1)
    return np.concatenate([ids, response], axis=1), ids.shape[1]


def problems(benchmark: str, drawing: ModularBenchmark) -> pl.DataFrame:
    """Draw a benchmark as a `problems` table.

    Parameters
    ----------
    benchmark : str
        Its name in the table.
    drawing : ModularBenchmark
        Which problems. More under the same seed contain the fewer, and those with
        negative operands are the same problems.

    Returns
    -------
    polars.DataFrame
        Sorted by problem id, such as ``03-0007``: length, number.
    """
    rows = []
    for place, length in enumerate(drawing.lengths):
        count = len(range(place, drawing.problems, len(drawing.lengths)))
        for index, text in enumerate(_held_out_draws(drawing, length, count)):
            rows.append(
                {
                    "benchmark": benchmark,
                    "problem_id": f"{length:02d}-{index:04d}",
                    "question": text,
                    "answer": solution(text).split()[-1],
                    "kind": "modular",
                    "tests": None,
                    "metadata": canonical_json({"length": length}),
                }
            )
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).sort("problem_id")


def _held_out_draws(drawing: ModularBenchmark, length: int, count: int) -> list[str]:
    """Draw distinct held-out problems, in an order that the seed fixes."""
    key = seed_of("modular", drawing.seed, drawing.modulus, length)
    rng = np.random.RandomState([key & 0xFFFFFFFF, key >> 32])
    drawn: dict[bytes, str] = {}
    while len(drawn) < count:
        slots = np.stack(
            [rng.randint(0, most, (256, length)) for most in (len(OPERATORS), drawing.modulus)], -1
        )
        slots[:, 0, 0] = 0
        starts = rng.randint(0, len(LABELS), 256).tolist()
        fillers = rng.randint(0, drawing.fillers + 1, (256, length - 1)).tolist()
        for row in np.flatnonzero(held_out(drawing.modulus, slots)):
            pairs = [(OPERATORS[operator], operand) for operator, operand in slots[row].tolist()]
            text = question(drawing.modulus, starts[row], pairs, fillers[row], drawing.negative)
            drawn.setdefault(slots[row].tobytes(), text)
    return list(drawn.values())[:count]


def _correct(prompt: str, response: str) -> bool:
    """Ask the verifier of the evaluation."""
    return check(prompt, response).correct


def _chain_correct(prompt: str, response: str) -> bool:
    """Ask the verifier about every step."""
    return check(prompt, response).chain_correct


def _formatted(response: str) -> bool:
    """Tell whether one value follows the first ``#``, and nothing else."""
    return response.partition(ANSWER)[2].strip() in VALUES


MATERIAL = Material(
    vocabulary=VOCABULARY,
    problems=problems,
    batch=batch,
    prompts=prompts,
    correct=_correct,
    gold=solution,
    chain_correct=_chain_correct,
    formatted=_formatted,
)
