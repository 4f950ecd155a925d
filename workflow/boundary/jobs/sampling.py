"""The settings of a protocol, one type from the plan to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

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

#: Moves of a block beyond which a number is a slip.
MOST_MOVES = 100_000
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


class Power(Strict):
    """Metropolis-Hastings moves towards p(y)^alpha, a block of tokens at a time.

    Karan and Du 2025, arXiv 2510.14901: p is the model's probability of a whole response.
    """

    alpha: float = Field(gt=1, le=100, description="Power; tails are proposed at T = 1 / alpha.")
    steps: int = Field(ge=1, le=MOST_MOVES, description="Moves of each block.")
    block: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Tokens of a block; default: the whole response is one.",
    )

    def drawn(self, tokens: float, *, limit: bool = False) -> float:
        """Return how many tokens are drawn for a response.

        Each move redraws half of what is there, on average.

        Parameters
        ----------
        tokens : float
            Of the response.
        limit : bool
            Whether moves redraw everything, as at most they do.
        """
        blocks = 1.0 if self.block is None else max(1.0, tokens / self.block)
        return tokens * (1 + self.steps * (blocks + 1) / (2 if limit else 4))


class PowerSampler(Strict):
    """A sampler of whole responses."""

    power: Power

    def __str__(self) -> str:
        """Name the sampler, and not what it would draw from after moves without end."""
        block = self.power.block or "one block"
        return f"power({self.power.alpha:g}, {self.power.steps}, {block})"


class Filters(Strict):
    """What a sampler does beside temperature and nucleus; what is not set is not done.

    In vLLM's order, under either engine: penalties, temperature, min_p, top_k, top_p, each on
    what those before it left.
    """

    sampler: PowerSampler | None = Field(
        default=None,
        description="`{power: {alpha, steps, block}}` draws a response, then moves it towards the "
        "model's probability of whole responses to the power alpha; at temperature 1, top_p 1 and "
        "without filters.",
    )

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

    @model_validator(mode="after")
    def _sampler_alone(self) -> Self:
        plain = {"sampler": self.sampler, "temperature": 1, "top_p": 1}
        others = [
            f"{key} {value}"
            for key, value in self
            if key in (*plain, *FILTERS) and value != plain.get(key)
        ]
        if self.sampler is not None and others:
            raise ValueError(
                f"sampler: {self.sampler} has temperatures of its own and raises the model's own "
                f"probabilities to a power; take temperature 1, top_p 1 and no filters (there is "
                f"{', '.join(others)})"
            )
        return self


#: Names of all of it, and of that under which a token's chance hangs on the text before it in
#: more ways than the model's.
FILTERS = tuple(Filters.model_fields)
PENALTIES = ("repetition_penalty", "presence_penalty", "frequency_penalty")


def setting_text(value: object) -> str:
    """Return a setting for people: a sampler by its name, also one that stands in a file."""
    if isinstance(value, Mapping) and "power" in value:
        return str(PowerSampler.model_validate(value))
    return str(value)


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
