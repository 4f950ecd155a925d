"""The job that makes the tables of what came of edited responses."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from boundary.jobs.reading import Confidence
from boundary.jobs.shards import File, ShardFiles, Text
from boundary.strict import Strict


class IntervenedArm(Strict):
    """An arm whose responses were edited: names and files."""

    model: Text
    benchmark: Text
    protocol: Text
    problems: File
    samples: ShardFiles
    verdicts: ShardFiles
    scores: File
    edits: File
    edited: File
    edited_verdicts: File


class InterventionTables(Strict):
    """Make the tables of an analysis of interventions."""

    arms: Annotated[list[IntervenedArm], Field(min_length=1)]
    confidence: Confidence
    options: dict[str, JsonValue] = Field(default={})
