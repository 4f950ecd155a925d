"""The settings of modular arithmetic in a study.

Light imports only: the Snakefile reads this at every parse.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from boundary.lab_task import (
    Distillation,
    Drawing,
    OfTask,
    Pretraining,
    Reinforcement,
    Share,
    Task,
)

#: Slots of a problem; the longest and its response fit into the positions of a model.
SHORTEST, LONGEST = 2, 10
#: Benchmarks draw from one such part of the problems, a little more or less of short ones.
HELD_OUT = 8

Length = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


class _Modular(OfTask):
    """What all settings have: how a problem looks."""

    task: Literal["modular"] = Field(description="The task of the lab: modular arithmetic.")
    modulus: Literal[5, 7, 11] = Field(default=7, description="All values are modulo this.")
    fillers: int = Field(
        default=2, ge=0, le=3, description="Most words `=` behind a slot, which mean nothing."
    )

    def problems_of(self, length: int) -> int:
        """Return how many problems of a length there are, labels and fillers aside."""
        return int(self.modulus * (3 * self.modulus) ** (length - 1))


class _Trained(_Modular):
    """What all runs have: on which problems they train."""

    lengths: list[Length] = Field(
        default=[2, 4],
        min_length=2,
        max_length=2,
        description="Shortest and longest training problem, in slots; uniform in between.",
    )
    distinct: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Draw the training problems of each length from so many, with new labels and "
        "fillers each time; default: from all that no benchmark can have.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> _Trained:
        if self.lengths[0] > self.lengths[1]:
            raise ValueError(f"lengths must be [shortest, longest], found {self.lengths}")
        return self


class ModularPretrain(_Trained, Pretraining):
    """Train a model from scratch to answer at once, or step by step with some noise."""

    mode: Literal["chain", "direct"] = Field(
        default="chain", description="Responses are written steps and answer, or the answer alone."
    )
    noise: Share = Field(
        default=0.0,
        description="Chance that a written result is replaced by a uniform one, from which the "
        "steps go on.",
    )
    batch_operations: int = Field(
        default=960, ge=LONGEST, le=100_000, description="Slots a batch: problems = this / length."
    )

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: the width of all layers times the batch."""
        return super().step_work * self.batch_operations


class ModularReinforce(_Trained, Reinforcement):
    """Reward right answers, whatever steps lead there."""

    @property
    def rollout_tokens(self) -> float:
        """Tokens of a right response with its steps; the mean over lengths."""
        return 2 * sum(self.lengths) + 3


class ModularDistil(_Trained, Distillation):
    """Fine-tune a run on correct responses that a teacher samples."""


class ModularBenchmark(_Modular, Drawing):
    """Problems that no run can train on."""

    problems: int = Field(ge=1, le=10_000, description="How many, spread over the lengths.")
    lengths: list[Length] = Field(min_length=1, description="Slots a problem, all of them.")
    negative: bool = Field(
        default=False, description="Operands are shown as negative numbers, as in no training."
    )

    @model_validator(mode="after")
    def _drawable(self) -> ModularBenchmark:
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError(f"lengths holds one of them twice: {self.lengths}")
        each, shortest = -(-self.problems // len(self.lengths)), min(self.lengths)
        if each > (most := self.problems_of(shortest) // (HELD_OUT + 1)):
            raise ValueError(
                f"{each} problems of length {shortest} modulo {self.modulus}; there are {most}"
            )
        return self

    @property
    def response_tokens(self) -> float:
        """Tokens of a right response with its steps; the mean over lengths."""
        return (4 + self.negative) * sum(self.lengths) / len(self.lengths) + 3


TASK = Task(
    name="modular",
    recipes=(ModularPretrain, ModularReinforce, ModularDistil),
    drawing=ModularBenchmark,
    loader="boundary.kinds.modular.material:MATERIAL",
)
