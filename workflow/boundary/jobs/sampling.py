"""The settings of a protocol, one type from the plan to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from boundary.allowed import MOST_SAMPLES
from boundary.jobs.shards import Text
from boundary.prompts.template import ChatPrompt, TextPrompt
from boundary.strict import Strict

#: Sequences that the transformers engine decodes together.
BATCH_SIZE = 2048
#: Keys of a prompt's template, which in a spec stand beside those of the protocol.
PROMPT_KEYS = TextPrompt.model_fields.keys() | ChatPrompt.model_fields.keys()
#: Names of the two kinds of prompt, which no key has.
_TEXT, _CHAT = "(text)", "(chat)"


def _kind(prompt: Any) -> str:
    chat = isinstance(prompt, ChatPrompt) or (isinstance(prompt, dict) and "chat" in prompt)
    return _CHAT if chat else _TEXT


class Sampler(Strict):
    """A temperature and a nucleus."""

    temperature: float = Field(gt=0, allow_inf_nan=False)
    top_p: float = Field(gt=0, le=1)


class Filters(Strict):
    """What a sampler does beside temperature and nucleus; what is not set is not done.

    In vLLM's order, under either engine: penalties, temperature, min_p, top_k, top_p, each on
    what those before it left.
    """

    top_k: int | None = Field(
        default=None,
        ge=2,
        le=MOST_SAMPLES,
        description="Only the likeliest tokens, so many and the equals of the last; 1 is "
        "`temperature: 0`.",
    )
    min_p: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Only tokens at least so probable as the likeliest, by this factor.",
    )
    repetition_penalty: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="Divides positive logits, and multiplies others, of tokens of the prompt and "
        "of the response so far.",
    )
    presence_penalty: float | None = Field(
        default=None,
        ge=-2,
        le=2,
        description="Taken from the logits of tokens that stand in the response.",
    )
    frequency_penalty: float | None = Field(
        default=None,
        ge=-2,
        le=2,
        description="Taken from a token's logit for each time that it stands in the response.",
    )


#: Names of all filters, and of those under which a token's chance hangs on the text before it
#: in more ways than the model's.
FILTERS = tuple(Filters.model_fields)
PENALTIES = ("repetition_penalty", "presence_penalty", "frequency_penalty")


def filters_of(settings: Mapping[str, object]) -> dict[str, object]:
    """Return the filters that some settings name and set."""
    return {key: settings[key] for key in FILTERS if settings.get(key) is not None}


class Sampling(Filters):
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
