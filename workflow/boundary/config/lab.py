"""The `lab:` section of a study: the settings of the register machine, its first task.

Defaults are the measured recipe of the default study.  Light imports only: the
Snakefile reads this at every parse.
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

#: Part of the digest of every trained model.  Bump it by hand when a change of
#: code alters what training produces: trained checkpoints then become stale.
LAB_REVISION: int = 1

#: Problem lengths (operations): the machine has three registers, whose last
#: states are the answer, and 24 operations, none of which occurs twice.
SHORTEST, LONGEST = 3, 24
#: Tokens of a right response beside two an operation.
FIXED_TOKENS = 6
#: Distinct problems of one family and of length 3 that benchmarks may draw; the
#: space of the others is larger than the bound on a benchmark.
FEWEST_PROBLEMS = 400

Length = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


def checkpoint_name(step: int) -> str:
    """Name the folder of a checkpoint within its run, such as ``step-00100``."""
    return f"step-{step:05d}"


class _Registers(OfTask):
    """What all settings have; the name of the first task is in no dump and in no digest."""

    task: Literal["registers"] = Field(
        default="registers", exclude=True, description="The task of the lab: the register machine."
    )


class _Lengths(_Registers):
    """What all runs have: on which lengths they train."""

    lengths: list[Length] = Field(
        default=[3, 16],
        min_length=2,
        max_length=2,
        description="Shortest and longest training problem, in operations; uniform in between.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> _Lengths:
        if self.lengths[0] > self.lengths[1]:
            raise ValueError(f"lengths must be [shortest, longest], found {self.lengths}")
        return self


class Pretrain(_Lengths, Pretraining):
    """Train a model from scratch on a corpus of solution traces.

    The default is the base: noisy traces of two strategies, independent of the
    marker that says which strategy is right.  With `marker_follows` and no
    noise it becomes a teacher that reads the marker.
    """

    batch_operations: int = Field(
        default=480, ge=1, le=100_000, description="Operations a batch: traces = this / length."
    )
    batch_min: int = Field(default=24, ge=1, le=10_000, description="Fewest traces in a batch.")
    noise: Share = Field(
        default=0.33,
        description="Chance that a trace's state is replaced by a uniform one and goes on from it.",
    )
    marker_follows: bool = Field(
        default=False,
        description="Traces use the strategy that their marker asks for (a teacher).",
    )
    forward_share: list[Share] = Field(
        default=[0.5, 0.85],
        min_length=2,
        max_length=2,
        description="Share of strategy `>` in the two phases of the corpus.",
    )
    phase_switch: Share = Field(
        default=0.6, description="Fraction of the steps after which the second phase begins."
    )

    @model_validator(mode="after")
    def _one_rule_of_strategy(self) -> Pretrain:
        idle = {"forward_share", "phase_switch"} & self.model_fields_set
        defaults = Pretrain.model_fields
        changed = sorted(key for key in idle if getattr(self, key) != defaults[key].default)
        if self.marker_follows and changed:
            raise ValueError(
                f"{' and '.join(changed)} has no effect with marker_follows; leave it out"
            )
        return self

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: the width of all layers times the batch."""
        return super().step_work * self.batch_operations


class Reinforce(_Lengths, Reinforcement):
    """Reinforcement learning with verifiable 0/1 rewards: GRPO, unless it names another."""

    minority_share: Share = Field(
        default=0.1, description="Share of `q` problems, whose right strategy is `<`."
    )

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: its rollouts times the tokens of each."""
        return super().step_work * (sum(self.lengths) + FIXED_TOKENS)


class Distil(_Lengths, Distillation):
    """Fine-tune a run on correct traces that a teacher samples."""

    minority_share: Share = Field(default=0.5, description="Share of `q` problems.")


class LabBenchmark(_Registers, Drawing):
    """Problems of the register machine, none of which any run can train on."""

    problems: int = Field(ge=1, le=10_000, description="How many, the same number of each length.")
    lengths: list[Length] = Field(min_length=1, description="Operations a problem, all of them.")
    minority_share: Share = Field(
        default=0.2, description="Share of `q` problems of each length, rounded."
    )

    @model_validator(mode="after")
    def _drawable(self) -> LabBenchmark:
        if len(set(self.lengths)) < len(self.lengths):
            raise ValueError(f"lengths holds one of them twice: {self.lengths}")
        each, rest = divmod(self.problems, len(self.lengths))
        if rest:
            raise ValueError(
                f"{self.problems} problems cannot be spread evenly over {len(self.lengths)} lengths"
            )
        if SHORTEST in self.lengths and max(self.by_family(each)) > FEWEST_PROBLEMS:
            raise ValueError(
                f"{max(self.by_family(each))} problems of length {SHORTEST} and one family; "
                f"there are {FEWEST_PROBLEMS}"
            )
        return self

    @property
    def response_tokens(self) -> float:
        """Tokens of a right response: each operation and a state, see `boundary.tasks.corpus`."""
        return 2 * sum(self.lengths) / len(self.lengths) + FIXED_TOKENS

    def by_family(self, count: int) -> tuple[int, int]:
        """Split a number of problems of one length into `p` and `q`."""
        minority = round(self.minority_share * count)
        return count - minority, minority


TASK = Task(
    name="registers",
    recipes=(Pretrain, Reinforce, Distil),
    drawing=LabBenchmark,
    loader="boundary.lab.registers:MATERIAL",
)
