"""The corpus of pre-training: solution traces of two strategies, with noise.

The base learns from traces whose strategy has nothing to do with the marker
and whose states are now and then wrong; it can then do everything, but seldom
in one go.  A teacher learns from clean traces that follow the marker.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from boundary.config.lab import Pretrain
from boundary.tasks.registers import (
    BACKWARD,
    FIRST_OPERATION,
    FIRST_VALUE,
    FORWARD,
    IDS,
    REGISTERS,
    STATES,
    TABLE,
    draw_operations,
)

Ints = npt.NDArray[np.int64]


def prompt_ids(minority: npt.NDArray[np.bool_], operations: Ints) -> Ints:
    """Encode prompts.

    Parameters
    ----------
    minority : numpy.ndarray
        bool ``[rows]``, whether the marker is ``q``.
    operations : numpy.ndarray
        int ``[rows, L]``.

    Returns
    -------
    numpy.ndarray
        int ``[rows, L + 2]``.
    """
    markers = np.where(minority, IDS["q"], IDS["p"])[:, None]
    equals = np.full_like(markers, IDS["="])
    return np.concatenate([markers, operations + FIRST_OPERATION, equals], axis=1)


def trace_ids(
    backward: npt.NDArray[np.bool_], operations: Ints, noise: float, rng: np.random.Generator
) -> Ints:
    """Encode traces under a given strategy, end-of-sequence token included.

    Parameters
    ----------
    backward : numpy.ndarray
        bool ``[rows]``, whether the strategy is ``<``.
    operations : numpy.ndarray
        int ``[rows, L]``, as in the prompt.
    noise : float
        Chance that a state is replaced by a uniform one; the trace and the
        answer go on from it.
    rng : numpy.random.Generator
        Draws the noise.

    Returns
    -------
    numpy.ndarray
        int ``[rows, 2 L + 6]``.
    """
    rows, length = operations.shape
    order = np.where(backward[:, None], operations[:, ::-1], operations)
    slips = rng.random((rows, length)) < noise
    random_states = rng.integers(0, STATES, (rows, length))
    ids = np.empty((rows, 2 * length + REGISTERS + 3), dtype=np.int64)
    ids[:, 0] = np.where(backward, IDS[BACKWARD], IDS[FORWARD])
    ids[:, 1 : 2 * length + 1 : 2] = order + FIRST_OPERATION
    reached = np.zeros((rows, length), dtype=np.int64)
    for t in range(length):
        before = reached[:, t - REGISTERS] if t >= REGISTERS else 0
        reached[:, t] = np.where(slips[:, t], random_states[:, t], TABLE[order[:, t], before])
    ids[:, 2 : 2 * length + 2 : 2] = reached + FIRST_VALUE
    ids[:, 2 * length + 1] = IDS["#"]
    ids[:, -REGISTERS - 1 : -1] = reached[:, -REGISTERS:] + FIRST_VALUE
    ids[:, -1] = IDS["<eos>"]
    return ids


def batch(run: Pretrain, step: int, rng: np.random.Generator) -> tuple[Ints, int]:
    """Draw the batch of one training step; all its problems have one length.

    Parameters
    ----------
    run : Pretrain
        The mix of strategies, the noise and the sizes.
    step : int
        From 0; decides the phase of the corpus.
    rng : numpy.random.Generator
        Draws everything.

    Returns
    -------
    tuple
        Token ids ``[rows, 3 L + 8]``, and the width of the prompt, ``L + 2``.
    """
    length = int(rng.integers(run.lengths[0], run.lengths[1] + 1))
    rows = max(run.batch_min, run.batch_operations // length)
    operations = draw_operations(rng, rows, length)
    minority = rng.random(rows) < 0.5
    if run.marker_follows:
        backward = minority
    else:
        phase = int(step >= run.phase_switch * run.steps)
        backward = rng.random(rows) >= run.forward_share[phase]
    traces = trace_ids(backward, operations, run.noise, rng)
    return np.concatenate([prompt_ids(minority, operations), traces], axis=1), length + 2
