"""Jobs on the chains of thought behind rare correct answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from boundary.jobs.reading import Confidence, FewestSamples, JudgedArm
from boundary.jobs.shards import File, Files, ShardFiles
from boundary.strict import Strict


class ChainedArm(JudgedArm):
    """An arm whose chains of thought are looked at."""

    scores: File
    samples: ShardFiles


class SelectChains(Strict):
    """Select chains of thought and make the sheet to judge."""

    arms: list[ChainedArm]
    below: float = Field(default=0.05, gt=0, le=1)
    per_problem: int = Field(default=8, ge=1)


class ReadSheets(Strict):
    """Read filled sheets back."""

    sheets: Annotated[Files, Field(min_length=1)]


class ChainJudge(Strict):
    """A language model that judges chains of thought, behind a chat endpoint."""

    endpoint: str = Field(
        pattern=r"^https?://[^/\s?#@]+(/[^\s?#@]*)?$",
        description="Base address of an OpenAI-compatible server. Problems and responses are sent "
        "there, which may cost money.",
    )
    model: str = Field(min_length=1, description="The model's name at the endpoint.")
    key_env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable that holds the key; none is sent without.",
    )
    max_tokens: int | None = Field(
        default=None, ge=1, le=10_000_000, description="Longest answer of the judge."
    )
    workers: int | None = Field(default=None, ge=1, le=1024, description="Requests at a time.")
    timeout: float | None = Field(
        default=None, gt=0, le=86_400, description="Seconds for one request."
    )
    retries: int | None = Field(default=None, ge=0, le=100, description="Tries after the first.")


class ChainCurves(Strict):
    """Estimate pass@k of answers whose chain of thought holds."""

    items: File | None = None
    scores: Files | None = None
    judgements: File | None = None
    labels: File | None = None
    confidence: Confidence
    draws: int | None = Field(default=None, ge=1)
    min_n: FewestSamples | None = None
    options: dict[str, JsonValue] = Field(default={})
