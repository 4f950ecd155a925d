"""A task of the lab: its record, and the settings that all tasks have in common.

Light imports only: the Snakefile reads this at every parse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from boundary.lab_algorithms import ALGORITHMS
from boundary.strict import Strict

#: Rollouts of one step, which are decoded together.
MOST_ROLLOUTS = 2**17
#: Steps in which PPO's value network learns alone.
VALUE_WARMUP = 3
#: What a KL penalty adds to a step, as a multiple of GRPO's (`tests/benchmarks/lab_steps.py`).
KL_WORK = 0.6

RunName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Step = Annotated[int, Field(ge=1, le=99_999)]


def _option(default: Any, description: str, **more: Any) -> Any:
    """Declare a setting that stands in no dump, and so in no digest, at its default."""
    return Field(
        default=default,
        description=description,
        exclude_if=lambda value: bool(value == default),
        **more,
    )


class OfTask(Strict):
    """Settings of a task, whose name they bear."""

    task: str = Field(description="The task of the lab.")


#: What fixes the shape of a model.
SHAPE = ("hidden", "layers", "heads", "head_dim", "mlp")


class Run(OfTask):
    """A training run: how long, and from which seed."""

    recipe: str = Field(description="How it learns.")
    steps: Step = Field(description="Optimiser steps.")
    warmup: int = Field(
        default=30, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )
    gradient_clip: float = Field(default=1.0, gt=0, description="Largest norm of the gradient.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="Changes every random number.")

    @property
    def step_work(self) -> float:
        """What the time of a step grows with."""
        return 1

    def parents(self) -> list[str]:
        """Return the runs it starts from: none."""
        return []

    def steps_kept(self) -> list[int]:
        """Return the steps whose checkpoint is kept, ascending; the last ends the run."""
        return [self.steps]


class Pretraining(Run):
    """Train a model on a corpus: from scratch, or on from a run."""

    recipe: Literal["pretrain"] = Field(description="On a corpus of traces.")
    start: RunName | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="Run whose last checkpoint it goes on from, on batches of its own and with "
        "new optimisers: the base trained longer. By default from scratch.",
    )
    hidden: int = Field(default=64, ge=8, le=1024, description="Width of the model.")
    layers: int = Field(default=2, ge=1, le=24, description="Transformer blocks.")
    heads: int = Field(default=4, ge=1, le=32, description="Attention heads.")
    head_dim: int = Field(
        default=32, ge=4, le=256, multiple_of=2, description="Width of a head (even)."
    )
    mlp: int = Field(default=192, ge=8, le=8192, description="Width of the MLP.")
    steps: int = Field(
        default=900, ge=0, le=99_999, description="Optimiser steps; 0 leaves the random weights."
    )
    learning_rate: Rate = Field(
        default=8e-3, description="AdamW, on embeddings and norms; cosine decay to 1 %."
    )
    muon_learning_rate: Rate = Field(
        default=0.03, description="Muon, on the matrices of the layers; cosine decay to 1 %."
    )

    @model_validator(mode="after")
    def _shaped_once(self) -> Pretraining:
        defaults = type(self).model_fields
        shape = [key for key in SHAPE if getattr(self, key) != defaults[key].default]
        if self.start is not None and shape:
            raise ValueError(
                f"{' and '.join(shape)} has no effect with start, whose model has its shape "
                f"already; leave it out"
            )
        if self.start is not None and not self.steps:
            raise ValueError("steps: 0 with start trains nothing; name the run itself instead")
        return self

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: the width of all layers."""
        return self.hidden * self.layers

    def parents(self) -> list[str]:
        """Return the runs it starts from: none, or one."""
        return [] if self.start is None else [self.start]


class Reinforcement(Run):
    """Reinforcement learning with verifiable 0/1 rewards: GRPO, unless it names another."""

    recipe: Literal["reinforce"] = Field(description="Reinforcement with verifiable rewards.")
    algorithm: Literal[tuple(ALGORITHMS)] = _option(  # type: ignore[valid-type]
        "grpo", "What a response is worth: its advantage, and how tokens are added up."
    )
    reward: Literal["answer", "chain", "format", "random"] = _option(
        "answer",
        "What is paid for: the right answer, with right steps before it, the form of an answer "
        "alone, or a throw of a coin.",
    )
    start: RunName = Field(description="Run whose last checkpoint it starts from.")
    steps: Step = Field(default=100, description="Batches of fresh rollouts.")
    checkpoints: list[Step] = Field(
        default=[], description="Steps to keep besides the last, for training-step series."
    )
    prompts: int = Field(default=32, ge=1, le=4096, description="Problems a step.")
    group: int = Field(default=16, ge=1, le=1024, description="Rollouts per problem.")
    learning_rate: Rate = Field(default=1e-3, description="AdamW, constant after the warm-up.")
    warmup: int = Field(
        default=5, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )
    kl: float = _option(
        0.0, "Weight of the KL divergence from the start, a token (k3).", ge=0, le=100
    )
    entropy: float = _option(0.0, "Weight of the entropy of the policy, a token.", ge=0, le=100)
    updates: int | None = _option(
        None,
        "Optimiser steps a batch, each on its share of the problems; by default 2 for `ppo` and "
        "`dapo`, else 1.",
        ge=1,
        le=1024,
    )
    clip: list[Share] | None = _option(
        None,
        "How far below and above 1 the ratio of policies counts; by default [0.2, 0.28] for "
        "`dapo`, else [0.2, 0.2].",
        min_length=2,
        max_length=2,
    )
    k: int | None = _option(None, "That of `passk`.", ge=1, le=1024, validate_default=True)
    bonus: Share = _option(0.25, "What `unlikeliness` takes off the likeliest response.")
    value_learning_rate: Rate = _option(3e-3, "AdamW, for the value network of `ppo`.")

    @field_validator("group")
    @classmethod
    def _of_several(cls, group: int, info: ValidationInfo) -> int:
        algorithm = info.data.get("algorithm")
        if group == 1 and algorithm and ALGORITHMS[algorithm].grouped:
            raise ValueError(
                f"{algorithm} holds a response against others to its problem, so that a group "
                "has two at least"
            )
        return group

    @field_validator("kl", "entropy", "updates", "clip", "k", "bonus", "value_learning_rate")
    @classmethod
    def _taken(cls, value: Any, info: ValidationInfo) -> Any:
        name, given = str(info.field_name), info.data.get("algorithm")
        changed = value != cls.model_fields[name].default
        if given and changed and name not in (takes := ALGORITHMS[given].takes):
            raise ValueError(f"{given} takes no {name}, only {', '.join(sorted(takes))}")
        return value

    @field_validator("updates")
    @classmethod
    def _with_a_problem_each(cls, updates: int | None, info: ValidationInfo) -> int | None:
        prompts = info.data.get("prompts")
        if updates and prompts and updates > prompts:
            raise ValueError(f"{updates} updates of {prompts} problems; each needs one at least")
        return updates

    @field_validator("clip")
    @classmethod
    def _of_a_ratio(cls, clip: list[float] | None, info: ValidationInfo) -> list[float] | None:
        data = info.data
        known = clip and {"algorithm", "updates"} <= data.keys()
        if known and (data["updates"] or ALGORITHMS[data["algorithm"]].updates) == 1:
            raise ValueError("with one update a batch the ratio is 1; set updates above 1")
        return clip

    @field_validator("k")
    @classmethod
    def _of_the_group(cls, k: int | None, info: ValidationInfo) -> int | None:
        if k is None and info.data.get("algorithm") == "passk":
            raise ValueError("passk needs k, how many responses of a group are drawn")
        if k and k > info.data.get("group", k):
            raise ValueError(f"no {k} responses can be drawn from a group of {info.data['group']}")
        return k

    @model_validator(mode="after")
    def _within_the_run(self) -> Reinforcement:
        beyond = [step for step in self.checkpoints if step > self.steps]
        if beyond:
            raise ValueError(f"checkpoints {beyond} lie beyond the last step, {self.steps}")
        if self.algorithm == "ppo" and self.steps <= VALUE_WARMUP:
            raise ValueError(
                f"steps {self.steps}: in its first {VALUE_WARMUP} ppo learns values alone"
            )
        if self.prompts * self.group > MOST_ROLLOUTS:
            raise ValueError(
                f"prompts {self.prompts} × group {self.group} are {self.prompts * self.group} "
                f"rollouts a step; at most {MOST_ROLLOUTS} fit in memory"
            )
        return self

    @property
    def minibatches(self) -> int:
        """Optimiser steps a batch."""
        return self.updates or ALGORITHMS[self.algorithm].updates

    @property
    def clip_range(self) -> tuple[float, float]:
        """How far below and above 1 the ratio of policies counts."""
        low, high = self.clip or ALGORITHMS[self.algorithm].clip
        return low, high

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: its rollouts, and what is computed of each."""
        each = ALGORITHMS[self.algorithm].work + KL_WORK * (self.kl > 0)
        return self.prompts * self.group * each * self.rollout_tokens

    @property
    def rollout_tokens(self) -> float:
        """Tokens of a right response, the mean over problems; those of the default study."""
        return 25

    def parents(self) -> list[str]:
        """Return the runs it starts from: the policy's first."""
        return [self.start]

    def steps_kept(self) -> list[int]:
        """Return the steps whose checkpoint is kept, ascending; the last ends the run."""
        return sorted({*self.checkpoints, self.steps})


class Distillation(Run):
    """Fine-tune a run on correct traces that a teacher samples."""

    recipe: Literal["distil"] = Field(description="Fine-tuning on a teacher's correct traces.")
    start: RunName = Field(description="Run whose last checkpoint it starts from (the student).")
    teacher: RunName = Field(
        description="Run whose last checkpoint writes the traces, or with on_policy weighs those "
        "of the student; start itself for rejection fine-tuning."
    )
    on_policy: bool = Field(
        default=False,
        exclude_if=lambda value: value is False,
        description="The student writes the traces, right or wrong, and learns the teacher's "
        "distribution of each token (reverse KL).",
    )
    steps: Step = Field(default=200, description="Optimiser steps, each on fresh traces.")
    traces: int = Field(
        default=48,
        ge=1,
        le=4096,
        description="Traces sampled a step; wrong ones are dropped, but with on_policy.",
    )
    learning_rate: Rate = Field(default=3e-3, description="AdamW, linear decay to 0.")
    warmup: int = Field(
        default=0, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )

    @model_validator(mode="after")
    def _two_models(self) -> Distillation:
        if self.on_policy and self.start == self.teacher:
            raise ValueError(
                "with on_policy the teacher must be another run than start, from which it does "
                "not differ in any token"
            )
        return self

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: its traces."""
        return self.traces

    def parents(self) -> list[str]:
        """Return the runs it starts from: the student's first, then the teacher."""
        return [self.start, self.teacher]


class Finetuning(Run):
    """Fine-tune a run on right responses that a solver writes, of tasks that have one."""

    recipe: Literal["finetune"] = Field(description="Supervised, on a solver's right responses.")
    start: RunName = Field(description="Run whose last checkpoint it starts from.")
    demonstrations: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Distinct problems whose responses it sees, again and again; by default fresh "
        "ones every step.",
    )
    steps: Step = Field(default=40, description="Optimiser steps.")
    traces: int = Field(default=32, ge=1, le=4096, description="Responses a step.")
    learning_rate: Rate = Field(default=1e-3, description="AdamW, linear decay to 0.")
    warmup: int = Field(
        default=0, ge=0, le=99_999, description="Steps of linear learning-rate warm-up."
    )

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: its responses."""
        return self.traces

    def parents(self) -> list[str]:
        """Return the runs it starts from: one."""
        return [self.start]


class Drawing(OfTask):
    """Which problems of a task a benchmark has; no run may train on them."""

    problems: int = Field(ge=1, le=10_000, description="How many.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="Draws other problems.")

    @property
    def response_tokens(self) -> float:
        """Tokens of a right response, end of sequence included; the mean over problems."""
        raise NotImplementedError


@dataclass(frozen=True)
class Task:
    """A task of the lab: what its models learn and are measured on.

    Attributes
    ----------
    name : str
        As in ``source: lab:NAME`` of a benchmark and ``task: NAME`` of a run.
    recipes : tuple of type
        The recipes that it has and their settings: subclasses of `Pretraining`,
        `Reinforcement`, `Distillation` and `Finetuning`, each with a ``task`` of one value.
    drawing : type
        Settings of its benchmarks, a subclass of `Drawing` with the same ``task``.
    loader : str
        ``MODULE:NAME`` of its `boundary.lab.material.Material`, which may import
        anything.
    revision : int
        Part of the digests of its models and benchmarks, where it is not 0.  Bump it
        by hand when a change of the task's code alters either.
    """

    name: str
    recipes: tuple[type[Run], ...]
    drawing: type[Drawing]
    loader: str
    revision: int = 0
