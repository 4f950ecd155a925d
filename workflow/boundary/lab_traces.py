"""Settings of tasks whose traces have a step an operation: lengths, the corpus, benchmarks.

Light imports only: the Snakefile reads this at every parse.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from boundary.lab_task import Drawing, OfTask, Pretraining, Share

#: Problem lengths (operations): the machine has three registers, whose last
#: states are the answer, and 24 operations, none of which occurs twice.
SHORTEST, LONGEST = 3, 24
#: Tokens of a right response beside two an operation.
FIXED_TOKENS = 6
#: Distinct problems of one family and of length 3 that benchmarks may draw; the
#: space of the others is larger than the bound on a benchmark.
FEWEST_PROBLEMS = 400

Length = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


class Lengths(OfTask):
    """What runs have: on which lengths they train."""

    lengths: list[Length] = Field(
        default=[3, 16],
        min_length=2,
        max_length=2,
        description="Shortest and longest training problem, in operations; uniform in between.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Lengths:
        if self.lengths[0] > self.lengths[1]:
            raise ValueError(f"lengths must be [shortest, longest], found {self.lengths}")
        return self

    @property
    def mean_tokens(self) -> float:
        """Tokens of a right response, see `boundary.tasks.corpus`; the mean over lengths."""
        return sum(self.lengths) + FIXED_TOKENS


class Traces(Lengths, Pretraining):
    """Train a model from scratch on noisy traces, in two phases."""

    batch_operations: int = Field(
        default=480, ge=1, le=100_000, description="Operations a batch: traces = this / length."
    )
    batch_min: int = Field(default=24, ge=1, le=10_000, description="Fewest traces in a batch.")
    noise: Share = Field(
        default=0.33,
        description="Chance that a trace's state is replaced by a uniform one and goes on from it.",
    )
    phase_switch: Share = Field(
        default=0.6, description="Fraction of the steps after which the second phase begins."
    )

    @property
    def step_work(self) -> float:
        """What the time of a step grows with: the width of all layers times the batch."""
        return super().step_work * self.batch_operations


class EachLength(Drawing):
    """As many problems of each length, and of each the same share of every family."""

    problems: int = Field(ge=1, le=10_000, description="How many, the same number of each length.")
    lengths: list[Length] = Field(min_length=1, description="Operations a problem, all of them.")

    @model_validator(mode="after")
    def _drawable(self) -> EachLength:
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

    def by_family(self, count: int) -> tuple[int, ...]:
        """Split a number of problems of one length by family."""
        raise NotImplementedError
