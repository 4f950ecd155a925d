"""Engines: load a checkpoint, sample responses, score them.

An engine is a class with the methods of `Engine`; `load` finds it by the name
that stands in a protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from boundary.errors import MachineError


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
        ``stop`` or ``length``.
    logprob_sum : float
        Sum of the natural log-probabilities of the sampled tokens under the
        model's own distribution (temperature 1, nothing cut off).
    """

    text: str
    n_tokens: int
    finish_reason: str
    logprob_sum: float


class Engine(Protocol):
    """What a stage asks of an engine."""

    def prompt_tokens(self, prompt: str) -> int:
        """Return the length of a prompt in tokens."""
        ...

    def sample(
        self, prompts: Sequence[str], seeds: Sequence[int], sampling: Mapping[str, Any]
    ) -> list[list[Response]]:
        """Sample ``samples_per_shard`` responses to every prompt, each from its seed."""
        ...

    def score(
        self, prompts: Sequence[str], responses: Sequence[str], stopped: Sequence[bool]
    ) -> list[tuple[int, float]]:
        """Return tokens and summed log-probability of each response after its prompt."""
        ...

    def provenance(self) -> dict[str, str]:
        """Name and version of what samples."""
        ...


def differences(one: Mapping[str, str], two: Mapping[str, str]) -> list[str]:
    """Say in what the `Engine.provenance` of two differs, such as ``torch 2.13.0 and 2.14.0``."""
    return [
        f"{key} {one.get(key)} and {two.get(key)}"
        for key in sorted(one.keys() | two.keys())
        if one.get(key) != two.get(key)
    ]


def load(name: str, checkpoint: Path, threads: int) -> Engine:
    """Load a checkpoint into the engine that a protocol names.

    Raises
    ------
    MachineError
        When the engine is not there.
    InputError
        When the checkpoint is not there.
    """
    if name == "transformers":
        from boundary.engines.hf import TransformersEngine

        return TransformersEngine(checkpoint, threads)
    raise MachineError(f"engine {name!r} is not built yet; use 'transformers'.")
