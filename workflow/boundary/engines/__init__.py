"""Engines: load a checkpoint, sample responses, score them.

An engine is a class with the methods of `Engine`, in a folder that declares it
(`boundary.engines.record`); `load` finds it by the name that stands in a protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from boundary.allowed import BATCH_TOKENS
from boundary.engines.record import Asked
from boundary.engines.registry import engine_record, refuse
from boundary.jobs.endpoint import Reached
from boundary.jobs.sampling import Sampling

if TYPE_CHECKING:
    from boundary.engines.token_scores import Extras, Row, TokenScores

#: A filled prompt: plain text, or the messages of a chat.
Filled = str | list[dict[str, str]]


@dataclass(frozen=True)
class Response:
    """One sampled response.

    Attributes
    ----------
    text : str
        The response, without the prompt and without special tokens.
    n_tokens : int
        Tokens sampled, the one that ended the response included.
    finish_reason : str
        ``stop`` or ``length``; `boundary.columns.FAULT` where it has no outcome.
    logprob_sum : float or None
        Sum of the natural log-probabilities of the sampled tokens under the
        model's own distribution (temperature 1, nothing cut off); None where
        the engine cannot know it.
    token_ids : tuple
        The sampled tokens, the one that ended the response included.
    logprobs : tuple, optional
        The log-probability of each, where the protocol asks for them.
    tokens_drawn, moves, accepted : int, optional
        Tokens that the response and its proposals took, moves that were tried, and those that
        were taken; where a sampler of whole responses drew it.
    """

    text: str
    n_tokens: int
    finish_reason: str
    logprob_sum: float | None
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] | None = None
    tokens_drawn: int | None = None
    moves: int | None = None
    accepted: int | None = None


@dataclass(frozen=True)
class Request:
    """The samples of one problem that a block wants.

    Attributes
    ----------
    prompt : tuple of int
        Token ids.
    seed : int
        The problem's seed; sample ``j`` draws from numbers that follow from
        it and ``j`` alone.
    done : frozenset of int
        Samples that are there already and need not be drawn; samples count
        from 0 within the block.
    """

    prompt: tuple[int, ...]
    seed: int
    done: frozenset[int] = field(default_factory=frozenset)


class Drawn(NamedTuple):
    """A finished response: to which request, its place among the samples, and what it is."""

    request: int
    sample: int
    response: Response


@dataclass(frozen=True)
class Machine:
    """What a job may use; none of it decides what is drawn.

    Attributes
    ----------
    threads : int
        CPU threads.
    device : str
        ``cpu`` or ``gpu``.
    gpus : int
        GPUs over which tensors are split.
    gpu_memory_utilization : float
        Share of a GPU's memory that vLLM takes.
    batch_tokens : int
        Tokens that the transformers engine scores together, those of prompts
        repeated over their responses included.
    endpoint : Reached, optional
        Where a model answers that runs elsewhere.
    """

    threads: int = 1
    device: str = "cpu"
    gpus: int = 1
    gpu_memory_utilization: float = 0.9
    batch_tokens: int = BATCH_TOKENS
    endpoint: Reached | None = None


@dataclass(frozen=True)
class Weights:
    """Which weights, and how they are loaded; all of it is part of a model's identity.

    Attributes
    ----------
    checkpoint : Path
        Folder with config, weights and tokenizer.
    dtype : str, optional
        ``float32``, ``bfloat16`` or ``float16``. By default vLLM takes what the
        checkpoint names and transformers takes float32.
    quantization : str, optional
        vLLM's name of a quantisation.
    adapter : Path, optional
        Folder of a LoRA adapter.
    """

    checkpoint: Path
    dtype: str | None = None
    quantization: str | None = None
    adapter: Path | None = None


class Engine(Protocol):
    """What a stage asks of an engine."""

    def render(self, filled: Filled, sampling: Sampling) -> str:
        """Return the text of a prompt as the model sees it."""
        ...

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        """Return the token ids of a prompt."""
        ...

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Yield ``samples_per_shard`` responses to every request, as they are finished.

        What was ``done`` before is not yielded.
        """
        ...

    @property
    def vocabulary(self) -> str:
        """Digest of the tokens and their ids."""
        ...

    def rows(
        self,
        prompts: Sequence[Filled],
        responses: Sequence[str],
        stopped: Sequence[bool],
        sampling: Sampling,
    ) -> list[Row]:
        """Return the tokens of each prompt and of the response after it."""
        ...

    def ends(self, sampling: Sampling) -> list[int]:
        """Return the tokens that end a response; the first stands in for those of others."""
        ...

    def decode(self, ids: Sequence[int]) -> str | None:
        """Return the text of a response's tokens; None where one is none of the vocabulary."""
        ...

    def token_ends(self, response: str) -> list[int] | None:
        """Return the characters of a text up to the end of each of its tokens, where known."""
        ...

    def context(self, longest: int) -> int:
        """Return how many tokens a prompt and its response may have, at most ``longest``."""
        ...

    def score(self, rows: Sequence[Row], extras: Extras = ...) -> list[TokenScores]:
        """Return what the model says of each token of the responses, a result a row."""
        ...

    def provenance(self) -> dict[str, str]:
        """Return what decides a response beside the settings: engine, versions, dtype."""
        ...

    def hardware(self) -> dict[str, str]:
        """Return what it runs on."""
        ...


def load(name: str, weights: Weights, machine: Machine) -> Engine:
    """Load a checkpoint into the engine that a protocol names.

    Raises
    ------
    MachineError
        When this machine lacks the engine, or the device that it is asked to use.
    InputError
        When the checkpoint is not there, or asks for what the engine cannot do.
    """
    record = engine_record(name)
    refuse(
        name,
        Asked(
            adapter=weights.adapter is not None,
            quantization=weights.quantization is not None,
            tensor_parallel_size=machine.gpus,
        ),
    )
    module, _, kind = record.loader.partition(":")
    engine: Engine = getattr(import_module(module), kind)(weights, machine)
    return engine
