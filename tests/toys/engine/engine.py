"""A model of two responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from boundary.engines.toy import ENGINE

from boundary.digests import seed_of
from boundary.engines import Drawn, Filled, Machine, Request, Response, Weights
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.engines.token_scores import PLAIN, Extras, Row, TokenScores
from boundary.jobs.sampling import Sampling


class ToyEngine:
    """It needs no weights, and knows where they would be."""

    def __init__(self, weights: Weights, machine: Machine) -> None:
        self.weights, self.machine = weights, machine

    def render(self, filled: Filled, _: Sampling) -> str:
        """Return the text of a prompt."""
        return str(filled)

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        """Return one token a word."""
        return [len(word) for word in str(filled).split()]

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Say 0 or 1."""
        refuse(ENGINE.name, Asked.by(sampling))
        for i, request in enumerate(requests):
            for j in sorted(set(range(sampling.samples_per_shard)) - request.done):
                text = f"toy {seed_of(request.seed, j) % 2}"
                yield [Drawn(i, j, Response(text, 2, "stop", -1.0))]

    @property
    def vocabulary(self) -> str:
        """Return the name of its tokens."""
        return "words"

    def rows(
        self,
        prompts: Sequence[Filled],
        responses: Sequence[str],
        stopped: Sequence[bool],
        sampling: Sampling,
    ) -> list[Row]:
        """Return one token a word."""
        return [
            (self.encode(prompt, sampling), self.encode(response, sampling))
            for prompt, response in zip(prompts, responses, strict=True)
        ]

    def ends(self, sampling: Sampling) -> list[int]:
        """Know no token that ends a response."""
        return []

    def decode(self, ids: Sequence[int]) -> str | None:
        """Return what nobody said."""
        return " ".join("?" * i for i in ids)

    def token_ends(self, response: str) -> list[int] | None:
        """Say nothing of places."""
        return None

    def context(self, longest: int) -> int:
        """Take everything."""
        return longest

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> list[TokenScores]:
        """Give each word the probability of a coin, without entropy."""
        return [self.coins(len(tail), len(extras.nuclei)) for _, tail in rows]

    def coins(self, count: int, nuclei: int) -> TokenScores:
        """Return the scores of some coins."""
        half, inside = np.full(count, np.log(0.5)), np.zeros((count, nuclei))
        return TokenScores(half, np.ones(count, np.int64), half, None, None, inside, inside)

    def provenance(self) -> dict[str, str]:
        """Return what decides a response."""
        return {"engine": ENGINE.name, "toy": "1"}

    def hardware(self) -> dict[str, str]:
        """Return what it runs on."""
        return {"device": self.machine.device}
