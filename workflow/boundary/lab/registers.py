"""The register machine, as the lab trains on it."""

from __future__ import annotations

import numpy as np

from boundary.config.lab import Distil, Reinforce
from boundary.lab.material import Ints, Material
from boundary.tasks.corpus import batch, prompt_ids
from boundary.tasks.registers import (
    BACKWARD,
    REGISTERS,
    VOCABULARY,
    check,
    draw_operations,
    problems,
)


def _prompts(run: Reinforce | Distil, rng: np.random.Generator, count: int) -> tuple[Ints, int]:
    """Draw training problems of one length, and say how long a right response is."""
    length = int(rng.integers(run.lengths[0], run.lengths[1] + 1))
    minority = rng.random(count) < run.minority_share
    prompts = prompt_ids(minority, draw_operations(rng, count, length))
    return prompts, 2 * length + REGISTERS + 3


def _correct(prompt: str, response: str) -> bool:
    """Ask the verifier of the evaluation."""
    return check(prompt, response).correct


MATERIAL = Material(
    vocabulary=VOCABULARY,
    problems=problems,
    batch=batch,
    prompts=_prompts,
    correct=_correct,
    watched=BACKWARD,
)
