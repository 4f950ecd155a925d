"""Draw responses from an engine, for tests that compare engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from boundary.engines import Engine, Filled, Request, Response
from boundary.engines.transformers.engine import TransformersEngine
from boundary.jobs.sampling import Sampling
from protocols import sampling

SAMPLING = sampling(token_logprobs=True)

#: Responses by (request, sample).
Draws = dict[tuple[int, int], Response]


def draw(engine: Engine, requests: list[Request], **changes: Any) -> Draws:
    """Draw what some requests want, by request and sample."""
    batches = engine.sample(requests, sampling(**SAMPLING.spec() | changes))
    return {one[:2]: one.response for batch in batches for one in batch}


def totals(
    engine: Engine,
    prompts: Sequence[Filled],
    responses: Sequence[str],
    stopped: Sequence[bool],
    protocol: Sampling = SAMPLING,
) -> list[tuple[int, float]]:
    """Return tokens and summed log-probability of each response under an engine's model."""
    scores = engine.score(engine.rows(prompts, responses, stopped, protocol))
    return [(len(each.logprob), each.total) for each in scores]


def token_logprobs(
    engine: TransformersEngine, prompt: Sequence[int], ids: Sequence[int]
) -> list[float]:
    """Return the log-probability of each token of a response under a loaded model."""
    row = torch.tensor([[*prompt, *ids]])
    with torch.inference_mode():
        logits = engine.model(row).logits[0, len(prompt) - 1 : -1].float()
    return logits.log_softmax(-1).gather(-1, row[0, len(prompt) :, None])[:, 0].tolist()
