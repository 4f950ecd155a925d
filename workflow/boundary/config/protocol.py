"""How a study samples responses, as its file states it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from boundary.allowed import MOST_SAMPLES
from boundary.config.names import EngineName, Name
from boundary.jobs.sampling import BATCH_SIZE, Filters
from boundary.stopping import StoppingRule, default_stop_after
from boundary.strict import Strict

#: The most tokens of a response.
MOST_TOKENS = 10_000_000


class Adaptive(Strict):
    """Sample each problem until it is solved often enough, at looks that double."""

    max: int = Field(
        ge=2,
        le=MOST_SAMPLES,
        description="Samples of a problem that never stops; `first` doubled any number of times.",
    )
    first: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Samples that every problem has, whole blocks; default: 2 · `stop_after`.",
    )
    stop_after: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="A problem with so many correct responses at a look is sampled no further; "
        "default: 16 from `max` 512 on, and 8 below.",
    )

    @property
    def rule(self) -> StoppingRule:
        """The rule, defaults filled in."""
        stop_after = self.stop_after or default_stop_after(self.max)
        return StoppingRule(self.max, self.first or 2 * stop_after, stop_after)


#: Names of the two forms of n, which no file has.
_FIXED, _ADAPTIVE = "(number)", "(rule)"


def _form_of_n(value: Any) -> str:
    return _ADAPTIVE if isinstance(value, dict | Adaptive) else _FIXED


#: A number for every problem, or a rule; what is wrong is told of the form that was meant.
SamplesAsked = Annotated[
    Annotated[int, Field(ge=1, le=MOST_SAMPLES), Tag(_FIXED)] | Annotated[Adaptive, Tag(_ADAPTIVE)],
    Discriminator(_form_of_n),
]


class Protocol(Filters):
    """How responses are sampled; all but n and the device is part of their identity."""

    prompt: Name = Field(default="raw", description="Template in `config/prompts/NAME.yaml`.")
    temperature: float = Field(default=1.0, ge=0, le=100, description="0 is greedy decoding.")
    top_p: float = Field(default=1.0, gt=0, le=1, description="Nucleus mass.")
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        description="Longest response, in tokens; only what is not sampled goes without.",
    )
    n: SamplesAsked | None = Field(
        default=None,
        description="Samples per problem; raising it adds blocks. Only published counts and "
        "imports go without: theirs is the most of their file. `{max: 1024}` samples the problems "
        "further that few of their responses solve, and no others.",
    )
    samples_per_shard: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SAMPLES,
        description="Samples per problem in one block (one job, one file); n is a multiple.",
    )
    seed: int = Field(
        default=1, ge=0, lt=2**63, description="Changes every random number of the protocol."
    )
    engine: EngineName = Field(default="transformers", description="What samples.")
    batch_size: int = Field(
        default=BATCH_SIZE,
        ge=1,
        le=MOST_SAMPLES,
        description="Sequences decoded together by the transformers engine.",
    )
    max_model_len: int | None = Field(
        default=None,
        ge=1,
        le=MOST_TOKENS,
        description="Longest prompt and response together, in tokens (vllm); default: what the "
        "block needs.",
    )
    device: Literal["cpu", "gpu"] | None = Field(
        default=None,
        description="What it runs on; no part of a sample's identity. Default: cpu for models of "
        "the lab, gpu for others.",
    )
    token_logprobs: bool | None = Field(
        default=None,
        description="Also store token ids and the log-probability of each.",
    )

    @property
    def n_max(self) -> int | None:
        """Samples of a problem that is sampled longest."""
        return self.n.max if isinstance(self.n, Adaptive) else self.n

    @property
    def stopping(self) -> StoppingRule | None:
        """The rule by which problems stop before; None where all have as many samples."""
        return self.n.rule if isinstance(self.n, Adaptive) else None

    @property
    def longest(self) -> int:
        """Longest response of what is sampled, in tokens."""
        return MOST_TOKENS if self.max_tokens is None else self.max_tokens
