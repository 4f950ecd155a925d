"""The skills, as the lab trains on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from boundary.digests import canonical_json, seed_of
from boundary.kinds.skills.families import (
    COMPOSED,
    FAMILIES,
    IDS,
    ROTATED,
    STRATEGY,
    VOCABULARY,
    draw_operations,
    places,
    reserved,
    solution,
)
from boundary.kinds.skills.task import (
    SkillBenchmark,
    SkillFinetune,
    SkillPretrain,
    SkillReinforce,
)
from boundary.kinds.skills.verifier import check
from boundary.lab.material import Ints, Material
from boundary.lab.registers import MATERIAL as REGISTER_MACHINE
from boundary.tasks import corpus
from boundary.tasks.registers import BACKWARD, OPERATION_WORDS, OPERATIONS, REGISTERS

MARKERS = np.array([IDS[family] for family in FAMILIES])
FIRST_WORDS = np.array([IDS[word] for word in STRATEGY.values()])


def problems(benchmark: str, spec: SkillBenchmark) -> pl.DataFrame:
    """Draw a benchmark as a `problems` table, with ids such as ``r-03-0007``."""
    rows = []
    each = spec.problems // len(spec.lengths)
    for length in sorted(spec.lengths):
        for family, count in zip(spec.families, spec.by_family(each), strict=True):
            for index, operations in enumerate(_reserved_draws(family, length, count, spec.seed)):
                question = " ".join([family, *(OPERATION_WORDS[i] for i in operations), "="])
                rows.append(
                    {
                        "benchmark": benchmark,
                        "problem_id": f"{family}-{length:02d}-{index:04d}",
                        "question": question,
                        "answer": " ".join(solution(question)[-REGISTERS:]),
                        "kind": "skills",
                        "tests": None,
                        "metadata": canonical_json({"family": family, "length": length}),
                    }
                )
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).sort("problem_id")


def _reserved_draws(family: str, length: int, count: int, seed: int) -> list[tuple[int, ...]]:
    """Draw distinct sequences of reserved operations, in an order that the seed fixes."""
    key = seed_of("skills", seed, family, length)
    rng = np.random.RandomState([key & 0xFFFFFFFF, key >> 32])  # a stream that never changes
    kept: dict[tuple[int, ...], None] = {}
    while len(kept) < count:
        drawn = rng.random_sample((1024, OPERATIONS)).argsort(axis=1)[:, :length]
        kept |= dict.fromkeys(map(tuple, drawn[reserved(drawn)].tolist()))
    return list(kept)[:count]


def _drawn(shares: Mapping[Any, float], rng: np.random.Generator, rows: int) -> Ints:
    """Draw families, ``[rows]``, as indices of `FAMILIES`; shares need not sum to 1."""
    chances = np.array([shares.get(family, 0.0) for family in FAMILIES])
    return rng.choice(len(FAMILIES), size=rows, p=chances / chances.sum())


def _prompt_ids(families: Ints, operations: Ints) -> Ints:
    ids = corpus.prompt_ids(np.zeros(len(operations), dtype=bool), operations)
    ids[:, 0] = MARKERS[families]
    return ids


def batch(run: SkillPretrain, step: int, rng: np.random.Generator) -> tuple[Ints, int]:
    """Draw the batch of one training step; all its problems have one length.

    Traces of the composed family are a word longer than others, so a batch has
    nothing else with the chance of that family's share, or none of it.
    """
    length = int(rng.integers(run.lengths[0], run.lengths[1] + 1))
    rows = max(run.batch_min, run.batch_operations // length)
    operations = draw_operations(rng, rows, length)
    markers = rng.integers(0, len(FAMILIES), rows)
    shares: dict[Any, float] = {**run.phases[int(step >= run.phase_switch * run.steps)]}
    switched = rng.random() < shares.pop(COMPOSED, 0.0)
    ways = _drawn({COMPOSED: 1.0} if switched else shares, rng, rows)
    order = np.take_along_axis(
        operations, np.array([places(family, length) for family in FAMILIES])[ways], axis=1
    )
    traces = corpus.trace_ids(np.zeros(rows, dtype=bool), order, run.noise, rng)
    traces[:, 0] = FIRST_WORDS[ways]
    if switched:
        traces = np.insert(traces, 1 + 2 * (length // 2), IDS[BACKWARD], axis=1)
    return np.concatenate([_prompt_ids(markers, operations), traces], axis=1), length + 2


def _prompts(
    run: SkillReinforce | SkillFinetune, rng: np.random.Generator, count: int
) -> tuple[Ints, int]:
    """Draw training problems of one length, and say how long a right response is at most."""
    length = int(rng.integers(run.lengths[0], run.lengths[1] + 1))
    families = _drawn(run.families, rng, count)
    longest = 2 * length + REGISTERS + 3 + (COMPOSED in run.families)
    return _prompt_ids(families, draw_operations(rng, count, length)), longest


def _correct(prompt: str, response: str) -> bool:
    return check(prompt, response).correct


def _chain_correct(prompt: str, response: str) -> bool:
    return check(prompt, response).chain_correct


def _gold(prompt: str) -> str:
    return " ".join(solution(prompt))


def _answers(prompt: str) -> dict[str, str]:
    """Answer by the way of reading of each family."""
    operations = prompt.partition(" ")[2]
    texts = {family: f"{family} {operations}" for family in FAMILIES}
    return {family: " ".join(solution(text)[-REGISTERS:]) for family, text in texts.items()}


MATERIAL = Material(
    vocabulary=VOCABULARY,
    problems=problems,
    batch=batch,
    prompts=_prompts,
    correct=_correct,
    gold=_gold,
    chain_correct=_chain_correct,
    formatted=REGISTER_MACHINE.formatted,
    answers=_answers,
    watched=ROTATED,
)
