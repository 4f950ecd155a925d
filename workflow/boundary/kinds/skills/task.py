"""What a study may say of the skills: families and their shares, in the corpus, in RL and after."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from boundary.lab_task import Finetuning, OfTask, Reinforcement, Step, Task
from boundary.lab_traces import SHORTEST, EachLength, Lengths, Traces

#: Sets of this many operations are many enough to hold some out, see `families`.
LONGEST = 16

Length = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


def _whole(shares: dict[str, float]) -> dict[str, float]:
    if not math.isclose(total := math.fsum(shares.values()), 1, abs_tol=1e-9):
        raise ValueError(f"shares of families must sum to 1, not to {total:g}")
    return shares


#: Shares of families, those that are absent left out.
Families = Annotated[
    dict[Literal["p", "q", "r", "s", "t"], Annotated[float, Field(gt=0, le=1)]],
    Field(min_length=1),
    AfterValidator(_whole),
]
LENGTHS = Field(
    default=[3, 8],
    min_length=2,
    max_length=2,
    description="Shortest and longest training problem, in operations; uniform in between.",
)


class _Skills(OfTask):
    """What all settings have."""

    task: Literal["skills"] = Field(description="Skills of the register machine.")


class SkillPretrain(_Skills, Traces):
    """Train a base on noisy traces, whose way of reading is independent of the marker."""

    lengths: list[Length] = LENGTHS
    steps: Step = Field(default=600, description="Optimiser steps.")
    noise: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Chance that a trace's state is replaced by a uniform one and goes on from it.",
    )
    phases: list[Families] = Field(
        default=[{"p": 0.4, "q": 0.3, "r": 0.3}, {"p": 0.8415, "q": 0.1485, "r": 0.01}],
        min_length=2,
        max_length=2,
        description="Shares of the ways of reading in the two phases of the corpus, each named by "
        "the family whose right way it is.",
    )


class _Mix(_Skills, Lengths):
    """What runs have that see a mix of families."""

    lengths: list[Length] = LENGTHS
    families: Families = Field(description="Share of each family among the problems.")


class SkillReinforce(_Mix, Reinforcement):
    """Reward right answers on a mix of families."""

    @property
    def rollout_tokens(self) -> float:
        """Tokens of a right response, the mean over lengths."""
        return self.mean_tokens


class SkillFinetune(_Mix, Finetuning):
    """Show the right traces of a mix of families."""


class SkillBenchmark(_Skills, EachLength):
    """Problems of some families, none of which any run can train on."""

    lengths: list[Length] = Field(min_length=1, description="Operations a problem, all of them.")
    families: Families = Field(description="Share of each family among problems of each length.")

    @model_validator(mode="after")
    def _split(self) -> SkillBenchmark:
        each = self.problems // len(self.lengths)
        if sum(counts := self.by_family(each)) != each or any(
            not math.isclose(count, share * each, abs_tol=1e-6)
            for count, share in zip(counts, self.families.values(), strict=True)
        ):
            raise ValueError(f"{each} problems of each length cannot be split into {self.families}")
        return self

    def by_family(self, count: int) -> tuple[int, ...]:
        """Split a number of problems of one length, in the order of `families`."""
        return tuple(round(share * count) for share in self.families.values())


TASK = Task(
    name="skills",
    recipes=(SkillPretrain, SkillReinforce, SkillFinetune),
    drawing=SkillBenchmark,
    loader="boundary.kinds.skills.material:MATERIAL",
)
