"""The `lab:` section of a study: the settings of the register machine, its first task.

Defaults are the measured recipe of the default study.  Light imports only: the
Snakefile reads this at every parse.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from boundary.lab_task import Distillation, Finetuning, OfTask, Reinforcement, Share, Task
from boundary.lab_traces import EachLength, Lengths, Traces

#: Part of the digest of every trained model.  Bump it by hand when a change of
#: code alters what training produces: trained checkpoints then become stale.
LAB_REVISION: int = 1


def checkpoint_name(step: int) -> str:
    """Name the folder of a checkpoint within its run, such as ``step-00100``."""
    return f"step-{step:05d}"


class _Registers(OfTask):
    """What all settings have; the name of the first task is in no dump and in no digest."""

    task: Literal["registers"] = Field(
        default="registers", exclude=True, description="The task of the lab: the register machine."
    )


class Pretrain(_Registers, Traces):
    """Train a model from scratch on a corpus of solution traces.

    The default is the base: noisy traces of two strategies, independent of the
    marker that says which strategy is right.  With `marker_follows` and no
    noise it becomes a teacher that reads the marker.
    """

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


class Reinforce(_Registers, Lengths, Reinforcement):
    """Reinforcement learning with verifiable 0/1 rewards: GRPO, unless it names another."""

    minority_share: Share = Field(
        default=0.1, description="Share of `q` problems, whose right strategy is `<`."
    )

    @property
    def rollout_tokens(self) -> float:
        """Tokens of a right response, the mean over lengths."""
        return self.mean_tokens


class Distil(_Registers, Lengths, Distillation):
    """Fine-tune a run on correct traces that a teacher samples."""

    minority_share: Share = Field(default=0.5, description="Share of `q` problems.")


class Finetune(_Registers, Lengths, Finetuning):
    """Fine-tune a run on the right traces of training problems."""

    minority_share: Share = Field(default=0.5, description="Share of `q` problems.")


class LabBenchmark(_Registers, EachLength):
    """Problems of the register machine, none of which any run can train on."""

    minority_share: Share = Field(
        default=0.2, description="Share of `q` problems of each length, rounded."
    )

    def by_family(self, count: int) -> tuple[int, int]:
        """Split a number of problems of one length into `p` and `q`."""
        minority = round(self.minority_share * count)
        return count - minority, minority


TASK = Task(
    name="registers",
    recipes=(Pretrain, Reinforce, Distil, Finetune),
    drawing=LabBenchmark,
    loader="boundary.lab.registers:MATERIAL",
)
