"""What a user is told before a study runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.estimate.concerns import concerns
from boundary.estimate.estimate import estimate_study
from boundary.plan import Plan

from .conftest import write_block


def told(plan: Plan, gpu: str | None = None) -> list[str]:
    return concerns(plan, estimate_study(plan, gpu=gpu))


def of(key: str, lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(f"{key}: ")]


def test_nothing_to_say(study: Callable[..., Plan]) -> None:
    edits = {"comparisons.0.benchmarks": ["math500"]}
    assert told(study(edits)) == []


def test_short_gpu_jobs_and_the_block_size_that_mends_them(study: Callable[..., Plan]) -> None:
    """30 problems, 1,500 tokens: 32 samples take 116 + 272 seconds, 128 take 1,203."""
    (line,) = told(study({"protocols.p.n": 512}))
    assert line.startswith("benchmarks.aime24: a GPU job takes 6.5 minutes for base under p")
    assert "'samples_per_shard: 128' there makes it 20 minutes." in line
    assert "drawn again" not in line


def test_a_whole_arm_of_a_few_minutes(study: Callable[..., Plan]) -> None:
    (line,) = told(study())
    assert "'samples_per_shard: 64' there makes it 11 minutes." in line
    edits = {"benchmarks.aime24.samples_per_shard": 64}
    (line,) = told(study(edits))
    assert "one block holds all 64 samples a problem, so it stays so." in line


def test_a_size_that_divides_every_n(study: Callable[..., Plan]) -> None:
    edits = {"protocols.p.n": 512, "models.rl.n": 96}
    (line,) = told(study(edits))
    assert "samples_per_shard" not in line  # 32 is all that both have in common
    assert "one block holds" in line


def test_what_is_drawn_already_would_be_drawn_again(study: Callable[..., Plan]) -> None:
    plan = study({"protocols.p.n": 512})
    write_block(plan.arms[2], 0, [1500] * 100, 388.0)
    (line,) = of("benchmarks.aime24", told(plan))
    assert "drawn again" in line


def test_an_arm_that_is_finished_is_no_concern(study: Callable[..., Plan]) -> None:
    plan = study()
    for arm in plan.arms[2:]:
        for block in range(2):
            write_block(arm, block, [1500] * 100, 388.0)
    assert told(plan) == []


def test_jobs_of_more_than_a_day(study: Callable[..., Plan]) -> None:
    edits: dict[str, Any] = {
        "models.base.role": "distilled",
        "models.base.tensor_parallel_size": 1,
        "protocols.p.max_tokens": 16384,
        "protocols.p.n": 256,
        "protocols.p.samples_per_shard": 256,
    }
    (line,) = of("benchmarks.math500", told(study(edits)))
    assert "a job for base asks for " in line
    assert "--set-resources sample_block:runtime=1440" in line
    assert "'samples_per_shard: 32' there" in line
    assert "or more GPUs (tensor_parallel_size)" in line
    edits["protocols.p.samples_per_shard"] = 32
    assert of("benchmarks.math500", told(study(edits))) == []


def test_more_gpus_help_no_job_without_one(study: Callable[..., Plan]) -> None:
    lines = of("benchmarks.math500", told(study({"protocols.p.device": "cpu"})))
    long = [line for line in lines if "many clusters give 24" in line]
    assert len(long) == 1
    assert "GPU" not in long[0]


@pytest.mark.parametrize(
    ("size", "gpus", "gpu", "expected"),
    [
        (
            "32B",
            1,
            None,
            "fill 89 % of what vllm may take of 1 × A100-80GB (80 GB each), where it "
            "is slow; 'tensor_parallel_size: 2'",
        ),
        (
            "32B",
            1,
            "L40S",
            "fill more than what vllm may take of 1 × L40S (48 GB each), where it "
            "does not fit; 'tensor_parallel_size: 2'",
        ),
        ("72B", 2, None, "does not fit; 'tensor_parallel_size: 4'"),
        ("32B", 2, None, None),
        ("32B", 1, "H200-141GB", None),
    ],
)
def test_weights_that_leave_no_room(
    size: str, gpus: int, gpu: str | None, expected: str | None, study: Callable[..., Plan]
) -> None:
    edits = {"models.rl.source": f"hf:x/M-{size}", "models.rl.tensor_parallel_size": gpus}
    found = of("models.rl", told(study(edits), gpu))
    assert len(found) == (expected is not None)
    assert all(str(expected) in line for line in found)


def test_unverified_entries(study: Callable[..., Plan]) -> None:
    edits = {"models.rl.revision": None, "models.rl.unverified": True}
    (line,) = of("models.rl", told(study(edits)))
    assert "revision" in line


def test_too_many_jobs(study: Callable[..., Plan]) -> None:
    many = {"protocols.p.n": 2048, "protocols.p.samples_per_shard": 1}
    found = of("samples_per_shard", told(study(many)))
    assert len(found) == 1
    assert "16,3" in found[0]
    assert of("samples_per_shard", told(study())) == []


def test_a_study_on_a_cpu_has_no_short_gpu_jobs(study: Callable[..., Plan]) -> None:
    assert told(study({"protocols.p.device": "cpu"})) != []
    assert not any("GPU job" in line for line in told(study({"protocols.p.device": "cpu"})))
