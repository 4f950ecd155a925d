"""Jobs that make problems, models and responses, or score responses under a model.

What they make costs accelerator time, and Snakemake makes it anew when the text
of a spec changes: these specs hold what decides the result and no list of files.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boundary.config.lab import LabBenchmark, LabRun
from boundary.config.study import Adapter
from boundary.jobs.shards import MOST_BLOCKS, File, Text
from boundary.prompts.template import Message, Shot
from boundary.strict import Strict


class LabProblems(Strict):
    """Draw the problems of a lab benchmark."""

    benchmark: Text
    lab: LabBenchmark


class Resolving(Strict):
    """Bring a model from outside."""

    model: Text
    source: Text
    revision: str | None = None
    unverified: bool = False
    adapter: Adapter | None = None


class Training(Strict):
    """Train a run of the lab; ``parents`` are folders by the name of the run."""

    run: LabRun
    parents: dict[str, File]


class Sampling(Strict):
    """A protocol as it is on a benchmark: everything that decides what a block holds."""

    engine: Text
    samples_per_shard: int = Field(ge=1)
    temperature: float = Field(ge=0)
    top_p: float = Field(gt=0, le=1)
    max_tokens: int = Field(ge=1)
    max_model_len: int | None = Field(default=None, ge=1)
    batch_size: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=0)
    revision: int | None = None
    token_logprobs: bool | None = None
    stop: list[Text] = Field(default=[])
    template: str | None = None
    chat: list[Message] | None = None
    starter: str | list[Message] | None = None
    shot: str | None = None
    shots: Annotated[list[Shot], Field(min_length=1)] | None = None
    special_tokens: bool | None = None


class Loading(Strict):
    """How the weights of a model are loaded, where the study says."""

    dtype: str | None = None
    quantization: str | None = None
    adapter: File | None = None


class Loaded(Strict):
    """A job that loads a model, and the protocol that it follows."""

    sampling: Sampling
    checkpoint: File
    loading: Loading = Loading()


class SamplingJob(Loaded):
    """Sample one block of an arm."""

    model: Text
    benchmark: Text
    protocol: Text
    block: int = Field(ge=0, lt=MOST_BLOCKS)
    seed: int = Field(ge=0, lt=2**63)


class LikelihoodJob(Loaded):
    """Score the first responses of one arm under a model."""

    scorer: Text
    responses: int = Field(ge=1)
