"""The `lab:` section of a study: training runs and benchmarks of the register machine.

Defaults are the measured recipe of the default study.  Light imports only: the
Snakefile reads this at every parse.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from boundary.strict import Strict

#: Part of the digest of every trained model.  Bump it by hand when a change of
#: code alters what training produces: trained checkpoints then become stale.
LAB_REVISION: int = 1

#: Problem lengths (operations): the machine has three registers, whose last
#: states are the answer, and 24 operations, none of which occurs twice.
SHORTEST, LONGEST = 3, 24
#: Distinct problems of one family and of length 3 that benchmarks may draw; the
#: space of the others is larger than the bound on a benchmark.
FEWEST_PROBLEMS = 400
#: Rollouts of one step, which are decoded together.
MOST_ROLLOUTS = 2**17

RunName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
Length = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Step = Annotated[int, Field(ge=1, le=99_999)]


def checkpoint_name(step: int) -> str:
    """Name the folder of a checkpoint within its run, such as ``step-00100``."""
    return f"step-{step:05d}"


class _Run(Strict):
    """What all runs have: how long, on which lengths, from which seed."""

    lengths: list[Length] = Field(
        default=[3, 16],
        min_length=2,
        max_length=2,
        description="Shortest and longest training problem, in operations; uniform in between.",
    )
    warmup: int = Field(
        default=30, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )
    gradient_clip: float = Field(default=1.0, gt=0, description="Largest norm of the gradient.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="Changes every random number.")

    @model_validator(mode="after")
    def _ordered(self) -> _Run:
        if self.lengths[0] > self.lengths[1]:
            raise ValueError(f"lengths must be [shortest, longest], found {self.lengths}")
        return self


class Pretrain(_Run):
    """Train a model from scratch on a corpus of solution traces.

    The default is the base: noisy traces of two strategies, independent of the
    marker that says which strategy is right.  With `marker_follows` and no
    noise it becomes a teacher that reads the marker.
    """

    recipe: Literal["pretrain"] = Field(description="From scratch, on a corpus of traces.")
    hidden: int = Field(default=64, ge=8, le=1024, description="Width of the model.")
    layers: int = Field(default=2, ge=1, le=24, description="Transformer blocks.")
    heads: int = Field(default=4, ge=1, le=32, description="Attention heads.")
    head_dim: int = Field(
        default=32, ge=4, le=256, multiple_of=2, description="Width of a head (even)."
    )
    mlp: int = Field(default=192, ge=8, le=8192, description="Width of the MLP.")
    steps: Step = Field(default=900, description="Optimiser steps.")
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
    learning_rate: Rate = Field(
        default=8e-3, description="AdamW, on embeddings and norms; cosine decay to 1 %."
    )
    muon_learning_rate: Rate = Field(
        default=0.03, description="Muon, on the matrices of the layers; cosine decay to 1 %."
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
    def step_work(self) -> int:
        """What the time of a step grows with: the width of all layers times the batch."""
        return self.hidden * self.layers * self.batch_operations

    def parents(self) -> list[str]:
        """Return the runs it starts from: none."""
        return []

    def steps_kept(self) -> list[int]:
        """Return the steps whose checkpoint is kept, ascending; the last ends the run."""
        return [self.steps]


class Reinforce(_Run):
    """GRPO with verifiable 0/1 rewards: on-policy, no KL penalty, no entropy bonus."""

    recipe: Literal["reinforce"] = Field(description="GRPO with verifiable rewards.")
    start: RunName = Field(description="Run whose last checkpoint it starts from.")
    steps: Step = Field(default=100, description="Optimiser steps, each on fresh rollouts.")
    checkpoints: list[Step] = Field(
        default=[], description="Steps to keep besides the last, for training-step series."
    )
    prompts: int = Field(default=32, ge=1, le=4096, description="Problems a step.")
    group: int = Field(default=16, ge=2, le=1024, description="Rollouts per problem.")
    minority_share: Share = Field(
        default=0.1, description="Share of `q` problems, whose right strategy is `<`."
    )
    learning_rate: Rate = Field(default=1e-3, description="AdamW, constant after the warm-up.")
    warmup: int = Field(
        default=5, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )

    @model_validator(mode="after")
    def _within_the_run(self) -> Reinforce:
        beyond = [step for step in self.checkpoints if step > self.steps]
        if beyond:
            raise ValueError(f"checkpoints {beyond} lie beyond the last step, {self.steps}")
        if self.prompts * self.group > MOST_ROLLOUTS:
            raise ValueError(
                f"prompts {self.prompts} × group {self.group} are {self.prompts * self.group} "
                f"rollouts a step; at most {MOST_ROLLOUTS} fit in memory"
            )
        return self

    @property
    def step_work(self) -> int:
        """What the time of a step grows with: its rollouts."""
        return self.prompts * self.group

    def parents(self) -> list[str]:
        """Return the runs it starts from: the policy's first."""
        return [self.start]

    def steps_kept(self) -> list[int]:
        """Return the steps whose checkpoint is kept, ascending; the last ends the run."""
        return sorted({*self.checkpoints, self.steps})


class Distil(_Run):
    """Fine-tune a run on correct traces that a teacher samples."""

    recipe: Literal["distil"] = Field(description="Fine-tuning on a teacher's correct traces.")
    start: RunName = Field(description="Run whose last checkpoint it starts from (the student).")
    teacher: RunName = Field(description="Run whose last checkpoint writes the traces.")
    steps: Step = Field(default=200, description="Optimiser steps, each on fresh traces.")
    traces: int = Field(
        default=48, ge=1, le=4096, description="Traces sampled a step; wrong ones are dropped."
    )
    minority_share: Share = Field(default=0.5, description="Share of `q` problems.")
    learning_rate: Rate = Field(default=3e-3, description="AdamW, linear decay to 0.")
    warmup: int = Field(
        default=0, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )

    @property
    def step_work(self) -> int:
        """What the time of a step grows with: its traces."""
        return self.traces

    def parents(self) -> list[str]:
        """Return the runs it starts from: the student's first, then the teacher."""
        return [self.start, self.teacher]

    def steps_kept(self) -> list[int]:
        """Return the steps whose checkpoint is kept, ascending; the last ends the run."""
        return [self.steps]


LabRun = Annotated[Pretrain | Reinforce | Distil, Field(discriminator="recipe")]


class LabBenchmark(Strict):
    """Problems of the register machine, none of which any run can train on."""

    problems: int = Field(ge=1, le=10_000, description="How many, the same number of each length.")
    lengths: list[Length] = Field(min_length=1, description="Operations a problem, all of them.")
    minority_share: Share = Field(
        default=0.2, description="Share of `q` problems of each length, rounded."
    )
    seed: int = Field(default=0, ge=0, lt=2**63, description="Draws other problems.")

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

    def by_family(self, count: int) -> tuple[int, int]:
        """Split a number of problems of one length into `p` and `q`."""
        minority = round(self.minority_share * count)
        return count - minority, minority
