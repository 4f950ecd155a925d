"""Jobs that draw figures and write the report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from boundary.jobs.reading import Confidence, JudgedArm
from boundary.jobs.shards import ShardFiles, Text
from boundary.strict import Strict

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


class Figures(Strict):
    """Draw the figures of a study."""

    study: Text
    figures: list[Figure]
    tables: list[Text] | None = None
    models: list[Named]
    confidence: Confidence
    by_protocol: bool | None = None


class Report(Figures):
    """Write the report of a study.

    ``question`` where it is not that of trained models; ``read`` says how files of other
    tools were read.
    """

    question: str | None = None
    read: list[str] | None = None
    analyses: list[Text]
    arms: list[QuotedArm]
    config: dict[str, JsonValue]
    warnings: list[str] = Field(default=[])
    cautions: dict[str, str] = Field(default={})
