"""Jobs that draw figures and write the report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from boundary.jobs.reading import Confidence, JudgedArm
from boundary.jobs.shards import ShardFiles, Text
from boundary.strict import Strict

#: What a page asks where no model was made from the one that it is compared with.
WHICH_MODEL = "Which model solves more problems, in one sample of each problem and in many?"
Role = Literal["base", "rl", "distilled", "instruct", "reference"]


class Figure(Strict):
    """A figure with a title of its own."""

    name: Text
    title: str | None = None


class QuotedArm(JudgedArm):
    """An arm from which the report quotes responses."""

    samples: ShardFiles


class Named(Strict):
    """A model as pages show it; ``other`` where nothing says what it is."""

    name: Text
    role: Role | Literal["other"]


#: What two sides are to each other: one was made from the other by RL, distillation or
#: instruction tuning; checkpoints of one run; one model sampled in two ways; any two models.
Relation = Literal["rl", "distilled", "instruct", "steps", "sampling", "models"]
TRAINED: tuple[Relation, ...] = ("rl", "distilled", "instruct", "steps")
Side = Literal["base", "other"]


class Compared(Strict):
    """What a comparison is, beside its numbers.

    ``later`` is the side that was made from the other, or the later checkpoint.
    """

    title: Text
    relation: Relation = "models"
    later: Side | None = None


class Overview(Strict):
    """What pages say of a study's comparisons that is not in its tables.

    ``pairs`` by comparison, ``citations`` and ``cautions`` by model; ``comparisons`` and
    ``benchmarks`` are in the study's order.
    """

    study: Text
    confidence: Confidence
    models: list[Named]
    comparisons: list[Text] = Field(default=[])
    benchmarks: list[Text] = Field(default=[])
    pairs: dict[str, Compared] = Field(default={})
    citations: dict[str, str] = Field(default={})
    cautions: dict[str, str] = Field(default={})

    def title(self, comparison: str) -> str:
        """Return what a comparison is called; its label where nothing is told of it."""
        pair = self.pairs.get(comparison)
        return pair.title if pair else comparison


class ProblemSource(Strict):
    """Where the problems of a benchmark are from; ``drawn``: how the lab drew them."""

    title: str | None = None
    source: str
    revision: str | None = None
    unverified: bool = False
    citation: str | None = None
    drawn: dict[str, JsonValue] | None = None


class PromptText(Strict):
    """A prompt template as text."""

    name: Text
    text: str


class Figures(Strict):
    """Draw the figures of a study."""

    study: Text
    figures: list[Figure]
    tables: list[Text] | None = None
    models: list[Named]
    confidence: Confidence
    by_protocol: bool | None = None


class Report(Figures, Overview):
    """Write the report of a study.

    ``question`` where it is not that of trained models; ``read`` says how files of other
    tools were read; ``problems`` by benchmark and ``prompts`` by protocol, as far as used here.
    """

    question: str | None = None
    read: list[str] | None = None
    analyses: list[Text]
    arms: list[QuotedArm]
    config: dict[str, JsonValue]
    problems: dict[str, ProblemSource] = Field(default={})
    prompts: dict[str, PromptText] = Field(default={})
    warnings: list[str] = Field(default=[])
