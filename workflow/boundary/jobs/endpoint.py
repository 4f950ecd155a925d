"""A model behind an OpenAI-compatible endpoint: what it is, and how it is reached."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from boundary.strict import Strict

#: Keys of a job's environment, for messages.
KEYS = "endpoint.url", "endpoint.key_env"


class Served(Strict):
    """What is known of the model: its identity, since nobody has its weights."""

    model: str = Field(min_length=1, description="The model's name at the endpoint.")
    declared: str | None = Field(
        default=None,
        min_length=1,
        description="Date or revision under which whoever serves it declares it; without one the "
        "model says `unverified: true`.",
    )
    interface: Literal["completions", "chat"] = Field(
        default="completions",
        description="`completions`: prompts are laid out here. `chat`: messages are sent, and the "
        "endpoint lays them out as nobody sees.",
    )
    seeded: bool = Field(
        default=True,
        description="Whether the endpoint keeps seeds, which is tried. With `false` none is sent, "
        "and nobody can draw the same responses again.",
    )
    extensions: bool = Field(
        default=True,
        description="Whether it takes vLLM's settings beyond OpenAI's (`top_k`, `min_p`, "
        "`repetition_penalty`, `return_token_ids`), which are all sent then.",
    )
    tokenizer: str | None = Field(
        default=None,
        pattern="^file:.+",
        description="`file:FOLDER` with the model's tokenizer: prompts go as token ids, and "
        "responses come as such and are decoded here (`completions` with `extensions` alone).",
    )


class Prices(Strict):
    """What a million tokens cost, in any currency."""

    input: float = Field(ge=0, description="Of prompts.")
    output: float = Field(ge=0, description="Of responses, hidden reasoning included.")


class Reached(Strict):
    """How the endpoint is reached: no part of anything's identity."""

    url: str = Field(
        pattern=r"^https?://[^/\s?#@]+(/[^\s?#@]*)?$",
        description="Base address, such as `http://localhost:8000/v1`. Prompts are sent there, "
        "which may cost money.",
    )
    key_env: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable that holds the key; none is sent without.",
    )
    concurrency: int = Field(default=8, ge=1, le=1024, description="Requests at a time.")
    timeout: float = Field(default=1800.0, gt=0, le=86_400, description="Seconds for one request.")
    retries: int = Field(default=8, ge=0, le=100, description="Tries after the first.")
    probe_tokens: int = Field(
        default=16, ge=2, le=100_000, description="Longest response to a request of the probe."
    )
    prices: Prices | None = Field(default=None, description="What tokens cost.")
    max_cost: float | None = Field(
        default=None,
        gt=0,
        description="What all requests of this model may cost, those of earlier runs included; at "
        "the limit sampling stops and keeps what it has. Needs `prices`.",
    )


class Behind(Reached, Served):
    """A model behind an endpoint, as a study states it."""

    @property
    def served(self) -> Served:
        """What is part of its identity."""
        return Served.model_validate(self.model_dump(include={*Served.model_fields}))

    @property
    def reached(self) -> Reached:
        """What is not."""
        return Reached.model_validate(self.model_dump(include={*Reached.model_fields}))
