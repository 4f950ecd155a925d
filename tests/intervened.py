"""An engine of words that goes on as it is told, for interventions on the register machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from boundary.engines import Drawn, Request, Response
from boundary.jobs.making import InterventionJob
from boundary.jobs.sampling import Sampling, filters_of
from boundary.tables import PROBLEMS, SAMPLES, check
from boundary.tasks.registers import VOCABULARY, solution
from protocols import sampling

#: From question and beginning to what follows, all as words.
GoesOn = Callable[[str, str], str]
QUESTIONS = {"one": "p o3 o17 o5 o8 =", "two": "p o4 o2 o9 o1 =", "three": "q o6 o7 o10 ="}
IDS = {word: i for i, word in enumerate(VOCABULARY)}


class Words:
    """An engine whose model says what ``goes_on`` says, a word a token, and then stops."""

    def __init__(self, goes_on: GoesOn, tells_tokens: bool = True) -> None:
        self.goes_on, self.tells_tokens = goes_on, tells_tokens
        self.requests = 0

    def rows(
        self, prompts: Sequence[Any], responses: Sequence[str], stopped: object, sampling: Sampling
    ) -> list[tuple[list[int], list[int]]]:
        return [
            ([IDS[w] for w in prompt.split()], [IDS[w] for w in response.split()])
            for prompt, response in zip(prompts, responses, strict=True)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(VOCABULARY[i] for i in ids)

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        assert (sampling.temperature, sampling.top_p, sampling.samples_per_shard) == (0.0, 1.0, 1)
        assert filters_of(sampling.model_dump()) == {}
        for i, request in enumerate(requests):
            self.requests += 1
            words = self.decode(request.prompt)
            prompt = words[: words.index("=") + 1]
            follows = self.goes_on(prompt, words[len(prompt) + 1 :]).split()
            ended = len(follows) < sampling.max_tokens
            ids = tuple(IDS[word] for word in follows[: sampling.max_tokens])
            text = self.decode(ids)
            count = len(ids) + ended
            told = (*ids, *([1] if ended else [])) if self.tells_tokens else ()
            reason = "stop" if ended else "length"
            yield [Drawn(i, 0, Response(text, count, reason, -1.0, told))]


def problems() -> pl.DataFrame:
    """Return three problems of the register machine."""
    rows = {
        "benchmark": "b",
        "problem_id": list(QUESTIONS),
        "question": list(QUESTIONS.values()),
        "answer": [" ".join(solution(text)[-3:]) for text in QUESTIONS.values()],
        "kind": "lab",
        "tests": None,
        "metadata": None,
    }
    return check(pl.DataFrame(rows), PROBLEMS, "problems")


def samples(responses: dict[str, list[str]]) -> pl.DataFrame:
    """Return responses to them as samples."""
    rows = [
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": name,
            "sample_index": i,
            "seed": 1,
            "response": text,
            "n_tokens": len(text.split()) + 1,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
        for name, texts in responses.items()
        for i, text in enumerate(texts)
    ]
    return check(pl.DataFrame(rows), SAMPLES, "samples")


def job(**keys: Any) -> InterventionJob:
    """Return a job on them."""
    spec = {
        "sampling": sampling(max_tokens=24).spec(),
        "checkpoint": "m",
        "model": "m",
        "benchmark": "b",
        "protocol": "p",
        "edits": ["corrupt", "truncate", "filler", "no_chain", "swap", "paraphrase"],
        "responses": 2,
        "steps": 8,
        "seed": 3,
    }
    return InterventionJob.model_validate(spec | keys)
