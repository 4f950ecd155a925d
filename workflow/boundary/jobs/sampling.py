"""The settings of a protocol, one type from the plan to the engine."""

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
