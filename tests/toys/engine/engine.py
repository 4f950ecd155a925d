"""A model of two responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boundary.engines.toy import ENGINE

from boundary.digests import seed_of
from boundary.engines import Drawn, Filled, Machine, Request, Response, Weights
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.jobs.sampling import Sampling


class ToyEngine:
    """It needs no weights, and knows where they would be."""

    def __init__(self, weights: Weights, machine: Machine) -> None:
        self.weights, self.machine = weights, machine

    def render(self, filled: Filled) -> str:
        """Return the text of a prompt."""
        return str(filled)

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        """Return one token a word."""
        return [len(word) for word in str(filled).split()]

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Say 0 or 1."""
        refuse(ENGINE.name, Asked.by(sampling, sampling.prompt.stop))
        for i, request in enumerate(requests):
            for j in sorted(set(range(sampling.samples_per_shard)) - request.done):
                text = f"toy {seed_of(request.seed, j) % 2}"
                yield [Drawn(i, j, Response(text, 2, "stop", -1.0))]

    def score(
        self,
        prompts: Sequence[Filled],
        responses: Sequence[str],
        stopped: Sequence[bool],
        sampling: Sampling,
    ) -> list[tuple[int, float]]:
        """Give each response the probability of a coin."""
        return [(2, -0.5) for _ in responses]

    def provenance(self) -> dict[str, str]:
        """Return what decides a response."""
        return {"engine": ENGINE.name, "toy": "1"}

    def hardware(self) -> dict[str, str]:
        """Return what it runs on."""
        return {"device": self.machine.device}
