"""What jobs ask for: GPUs, memory and time, from the study alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from boundary.plan import Plan
from boundary.plan.cost import place_of, sampling_basis
from boundary.plan.jobs import Resources

COMMIT = "0" * 40
MATH = {
    "models.base": {"source": "hf:Qwen/Qwen2.5-7B", "role": "base", "revision": COMMIT},
    "models.rl": {"source": "hf:x/Qwen2.5-32B", "role": "rl", "base": "base", "revision": COMMIT},
    "benchmarks.tiny": {"registry": "math500"},
    "protocols.t1": {
        "prompt": "raw",
        "max_tokens": 16384,
        "n": 128,
        "samples_per_shard": 32,
        "engine": "vllm",
    },
    "series": {},
}


def math(edits: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return edits that make the smoke study one of real models, and more."""
    return copy.deepcopy(MATH) | (edits or {})


def job(made: Plan, model: str) -> Resources:
    return made.job(model, made.arm(model, "tiny", "t1"))


def test_a_job_of_the_lab(plan: Callable[..., Plan]) -> None:
    assert job(plan(), "rl") == Resources(0, 0.9, 1, 4000, 60, "models")


def test_a_job_on_a_gpu(plan: Callable[..., Plan]) -> None:
    made = plan(math())
    # 9.6 million tokens at 5,300 a second, three times, and the start.
    assert job(made, "base") == Resources(1, 0.9, 4, 14_000 + 16_000, 100, "vllm")
    assert job(made, "rl").mem_mb == 64_000 + 16_000


def test_more_gpus(plan: Callable[..., Plan]) -> None:
    edits = {"models.rl.tensor_parallel_size": 4, "models.rl.gpu_memory_utilization": 0.8}
    found = job(plan(math(edits)), "rl")
    assert (found.gpu, found.gpu_memory_utilization, found.threads) == (4, 0.8, 4)
    assert found.mem_mb == 64_000 + 16_000 + 3 * 4_000
    assert found.runtime < job(plan(math()), "rl").runtime


def test_vllm_on_a_cpu(plan: Callable[..., Plan]) -> None:
    small = {"models.base.source": "hf:x/SmolLM2-135M", "models.base.dtype": "float32"}
    edits = small | {"models.rl.dtype": "float32", "protocols.t1.device": "cpu"}
    found = job(plan(math(edits)), "base")
    assert (found.gpu, found.threads, found.mem_mb, found.env) == (0, 16, 2 * 540 + 8000, "vllm")


def test_no_longer_than_the_longest_responses_take(plan: Callable[..., Plan]) -> None:
    """Where responses are expected to be near their limit, three times as long is impossible."""
    edits = {"models.base.role": "distilled", "protocols.t1.max_tokens": 4096}
    made = plan(math(edits))
    arm = made.arm("base", "tiny", "t1")
    basis = sampling_basis(made.identity, arm, place_of(made.identity, "base", "t1"))
    expected, most = basis.block_seconds(32), basis.block_seconds(32, most=True)
    assert expected is not None
    assert most is not None
    assert most < 3 * expected
    assert 0 <= 60 * job(made, "base").runtime - most <= 600


@pytest.mark.parametrize(
    ("edits", "memory", "runtime"),
    [
        ({"models.base.source": "hf:x/y", "models.rl.source": "hf:x/z"}, 64_000, 720),
        ({"benchmarks.tiny": {"source": "file:mine.jsonl"}}, 80_000, 720),
    ],
)
def test_an_unknown_cost(
    edits: dict[str, Any], memory: int, runtime: int, plan: Callable[..., Plan]
) -> None:
    found = job(plan(math(edits)), "rl")
    assert (found.mem_mb, found.runtime) == (memory, runtime)


def test_scoring_has_its_own_time(plan: Callable[..., Plan]) -> None:
    """A large scorer takes longer than a small one, and more responses than fewer."""
    wanted = {"models": ["base", "rl"], "benchmarks": ["tiny"], "protocol": "t1"}

    def made(responses: int) -> Plan:
        likelihood = wanted | {"responses": responses}
        edits = {
            "protocols.t1.n": 128,
            "protocols.t1.samples_per_shard": 128,
            "analyses.likelihood": likelihood,
        }
        return plan(math(edits))

    def runtime(made: Plan, model: str) -> int:
        return made.scored.job(model, made.arm("base", "tiny", "t1")).runtime

    assert runtime(made(1), "rl") == runtime(made(1), "base") == 60
    assert runtime(made(128), "rl") > runtime(made(128), "base") > 60


def test_what_a_job_asks_for_is_in_no_path(plan: Callable[..., Plan]) -> None:
    one = plan(math())
    two = plan(math({"models.base.parameters": 70, "models.base.tensor_parallel_size": 8}))
    assert one.arms == two.arms
    assert job(one, "base") != job(two, "base")
