"""The register machine, as the lab trains on it."""

from __future__ import annotations

import numpy as np

from boundary.config.lab import Distil, Reinforce
from boundary.lab.material import Ints, Material
from boundary.tasks.corpus import batch, prompt_ids
from boundary.tasks.registers import (
    BACKWARD,
    REGISTERS,
    STRATEGY,
    VALUES,
    VOCABULARY,
    check,
    draw_operations,
    parse,
    problems,
    question,
    solution,
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


def _gold(prompt: str) -> str:
    """Write the right response."""
    return " ".join(solution(prompt))


def _answers(prompt: str) -> dict[str, str]:
    """Answer by the strategy of each family."""
    _, operations = parse(prompt)
    texts = {family: question(family, operations) for family in STRATEGY}
    return {family: " ".join(solution(text)[-REGISTERS:]) for family, text in texts.items()}


def _chain_correct(prompt: str, response: str) -> bool:
    """Ask the verifier about every step."""
    return check(prompt, response).chain_correct


def _formatted(response: str) -> bool:
    """Tell whether three states follow the first ``#``, and nothing else."""
    claimed = response.split()
    claimed = claimed[claimed.index("#") + 1 :] if "#" in claimed else []
    return len(claimed) == REGISTERS and all(word in VALUES for word in claimed)


MATERIAL = Material(
    vocabulary=VOCABULARY,
    problems=problems,
    batch=batch,
    prompts=_prompts,
    correct=_correct,
    gold=_gold,
    chain_correct=_chain_correct,
    formatted=_formatted,
    answers=_answers,
    watched=BACKWARD,
)
