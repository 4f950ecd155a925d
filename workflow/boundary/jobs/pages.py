"""Jobs that draw figures and write the report."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from boundary.jobs.reading import Confidence, JudgedArm
from boundary.jobs.shards import ShardFiles, Text
from boundary.strict import Strict

FigureName = Literal[
    "passk",
    "difference",
    "coverage",
    "histogram",
    "perplexity",
    "series",
    "chain",
    "guess",
    "grading",
    "cot",
]
Role = Literal["base", "rl", "distilled", "instruct", "reference"]


class Figure(Strict):
    """A figure with a title of its own."""

    name: FigureName
    title: str | None = None


class QuotedArm(JudgedArm):
    """An arm from which the report quotes responses."""

    samples: ShardFiles


class Named(Strict):
    """A model as pages show it."""

    name: Text
    role: Role


class Figures(Strict):
    """Draw the figures of a study."""

    study: Text
    figures: list[Figure]
    models: list[Named]
    confidence: Confidence


class Report(Figures):
    """Write the report of a study."""

    arms: list[QuotedArm]
    config: dict[str, Any]
    warnings: list[str] = Field(default=[])
    cautions: dict[str, str] = Field(default={})
