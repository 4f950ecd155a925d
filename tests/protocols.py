"""Protocols of sampling for tests, typed as a job gets them."""

from __future__ import annotations

from typing import Any

from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling

_SPEC: dict[str, Any] = {
    "engine": "transformers",
    "template": "{question}",
    "stop": [],
    "temperature": 1.0,
    "top_p": 1.0,
    "max_tokens": 48,
    "samples_per_shard": 16,
    "batch_size": 2048,
}


def sampling(**keys: Any) -> Sampling:
    """Return a protocol with some keys of its own."""
    return Sampling.model_validate(_SPEC | keys)


def sampling_job(protocol: Sampling, **keys: Any) -> SamplingJob:
    """Return the job of a block under a protocol."""
    names = {"model": "m", "benchmark": "b", "protocol": "p", "block": 0, "seed": 1}
    spec = {**names, "checkpoint": "none", "sampling": protocol.spec()}
    return SamplingJob.model_validate(spec | keys)
