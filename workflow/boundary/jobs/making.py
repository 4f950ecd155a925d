"""Jobs that make problems, models and responses, or score responses under a model.

What they make costs accelerator time, and Snakemake makes it anew when the text
of a spec changes: these specs hold what decides the result and no list of files.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from boundary.config.lab import LabBenchmark, LabRun
from boundary.config.study import BATCH_SIZE, Adapter
from boundary.jobs.shards import MOST_BLOCKS, File, Text
from boundary.prompts.template import ChatPrompt, TextPrompt
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


#: Keys of a prompt's template, which in a spec stand beside those of the protocol.
PROMPT_KEYS = TextPrompt.model_fields.keys() | ChatPrompt.model_fields.keys()
#: Names of the two kinds of prompt, which no key has.
_TEXT, _CHAT = "(text)", "(chat)"


def _kind(prompt: Any) -> str:
    chat = isinstance(prompt, ChatPrompt) or (isinstance(prompt, dict) and "chat" in prompt)
    return _CHAT if chat else _TEXT


class Sampling(Strict):
    """A protocol as it is on a benchmark: everything that decides what a block holds."""

    engine: Text
    samples_per_shard: int = Field(ge=1)
    temperature: float = Field(ge=0)
    top_p: float = Field(gt=0, le=1)
    max_tokens: int = Field(ge=1)
    max_model_len: int | None = Field(default=None, ge=1)
    batch_size: int = Field(default=BATCH_SIZE, ge=1)
    seed: int | None = Field(default=None, ge=0)
    revision: int | None = None
    token_logprobs: bool | None = None
    prompt: Annotated[
        Annotated[TextPrompt, Tag(_TEXT)] | Annotated[ChatPrompt, Tag(_CHAT)],
        Discriminator(_kind),
    ]

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, spec: Any) -> Any:
        """Put the keys of the template together."""
        if not isinstance(spec, dict) or "prompt" in spec:
            return spec
        if ("template" in spec) == ("chat" in spec):
            raise ValueError(
                "should hold a prompt: the key 'template' or the key 'chat', and not both"
            )
        prompt = {key: value for key, value in spec.items() if key in PROMPT_KEYS}
        rest = {key: value for key, value in spec.items() if key not in PROMPT_KEYS}
        return rest | {"prompt": prompt}

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        rest = dump(self)
        keys: dict[str, object] = {**rest.pop("prompt"), **rest}
        return keys

    def spec(self) -> dict[str, object]:
        """Return the keys that are set, as they stand in specs and identity."""
        return self.model_dump(mode="json", exclude_unset=True)


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
