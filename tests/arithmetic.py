"""An engine of arithmetic, which counts what it is asked, and problems for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from boundary.engines import Drawn, Request, Response
from boundary.engines.transformers.batches import micro_batches
from boundary.jobs.sampling import Sampling


class Killed(Exception):
    """What ends a job in the middle."""


class Arithmetic:
    """An engine whose responses follow from prompt, seed and place alone."""

    def __init__(self, survive: int | None = None, version: str = "1") -> None:
        self.survive, self.version = survive, version
        self.calls: list[list[str]] = []
        self.drawn = 0

    def render(self, filled: str, _: Sampling) -> str:
        return filled

    def encode(self, filled: str, sampling: Sampling) -> list[int]:
        return [self._id(word) for word in filled.split(" ")]

    def _id(self, word: str) -> int:
        return int.from_bytes(word.encode())

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        samples = sampling.samples_per_shard
        for batch in micro_batches(requests, sampling.batch_size, samples):
            wanted = [(i, j) for i in batch for j in range(samples) if j not in requests[i].done]
            if not wanted:
                continue
            if self.survive is not None and len(self.calls) >= self.survive:
                raise Killed
            prompts = {i: " ".join(map(_word, requests[i].prompt)) for i in batch}
            self.calls.append(list(prompts.values()))
            self.drawn += len(wanted)
            yield [
                Drawn(
                    i,
                    j,
                    Response(
                        f"{prompts[i]} / {requests[i].seed} / {j}",
                        j + 1,
                        ("stop", "length")[j % 2],
                        -0.5 * j,
                        tuple(range(j + 1)),
                    ),
                )
                for i, j in wanted
            ]

    def score(self, *_: Any) -> list[tuple[int, float]]:
        raise AssertionError("sampling scores nothing")

    def provenance(self) -> dict[str, str]:
        return {"engine": "arithmetic", "version": self.version}

    def hardware(self) -> dict[str, str]:
        return {"device": "abacus"}


def _word(number: int) -> str:
    return number.to_bytes((number.bit_length() + 7) // 8).decode()


def table(words: Sequence[int], benchmark: str = "b") -> pl.DataFrame:
    """Return problems whose prompts have the given numbers of words."""
    return pl.DataFrame(
        [
            {
                "benchmark": benchmark,
                "problem_id": f"x{i:02d}",
                "question": " ".join([f"w{i}"] * count),
                "answer": "1",
                "kind": "lab",
                "tests": None,
                "metadata": None,
            }
            for i, count in enumerate(words)
        ],
        schema={
            "benchmark": pl.String,
            "problem_id": pl.String,
            "question": pl.String,
            "answer": pl.String,
            "kind": pl.String,
            "tests": pl.String,
            "metadata": pl.String,
        },
    )
