"""What a user should know or change before the study runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from boundary.config.throughput import throughput
from boundary.estimate.costs import ArmCost, Estimate
from boundary.plan import Plan
from boundary.plan.cost import TOO_CROWDED
from boundary.plan.jobs import SAFETY

K = TypeVar("K", bound=Hashable)

#: Seconds of a GPU job below which its start and its wait in a queue are a large part.
SHORT = 15 * 60
#: Minutes that many clusters allow a job.
DAY = 24 * 60
#: Jobs of a study above which Snakemake and schedulers become slow.
MANY_JOBS = 5000


def concerns(plan: Plan, estimate: Estimate) -> list[str]:
    """Return one line for each problem that stops the study or wastes time.

    Parameters
    ----------
    plan : Plan
        The study's plan.
    estimate : Estimate
        What it costs.
    """
    left = [arm for arm in estimate.arms if arm.work.left]
    return [
        *plan.warnings(),
        *_again(estimate),
        *_unknown(plan, estimate),
        *_crowded(left, estimate.gpu),
        *_short(left),
        *_long(left),
        *_many(estimate),
    ]


def _again(estimate: Estimate) -> Iterator[str]:
    """Yield missing files for which finished blocks would be sampled again."""
    for path, count in estimate.again.items():
        yield (
            f"{path}: is missing, and making it together with other jobs samples {count} finished "
            f"blocks again. Make it first and alone: `snakemake --cores 1 {path} "
            f"--configfile {estimate.file}`."
        )


def _unknown(plan: Plan, estimate: Estimate) -> Iterator[str]:
    """Yield what the cost of an arm lacks: it is unknown then, and never nothing."""
    lacking = _names(arm.benchmark for arm in estimate.arms if arm.problems is None)
    for name in lacking:
        yield (
            f"benchmarks.{name}: how many problems it has is not known, and its cost neither. Make "
            f"its table, and they are counted: `snakemake --cores 1 "
            f"results/problems/{plan.identity.benchmark_label(name)}.parquet "
            f"--configfile {estimate.file}`."
        )
    sizes = _names(
        arm.model
        for arm in estimate.arms
        if arm.speed_from == "unknown" and not plan.study.models[arm.model].endpoint
    )
    for name in sizes:
        yield (
            f"models.{name}.parameters: missing, and its name tells no size, so its hours are "
            f"not known; write the billions of parameters, such as 'parameters: 7.6'."
        )


def _crowded(arms: list[ArmCost], gpu: str) -> Iterator[str]:
    """Yield models whose weights leave no room on their GPUs, or little."""
    memory = throughput().gpu(gpu).memory_gb
    for name, group in _by(arms, lambda arm: arm.model):
        arm = group[0]
        if arm.filled <= TOO_CROWDED:
            continue
        needed = next(
            n for n in (2, 4, 8, 16, 10**9) if arm.filled * arm.work.gpus / n <= TOO_CROWDED
        )
        filled = "more than" if arm.filled >= 1 else f"{100 * arm.filled:.0f} % of"
        rather = "does not fit" if arm.filled >= 1 else "is slow"
        yield (
            f"models.{name}: its weights fill {filled} what vllm may take of {arm.work.gpus} × "
            f"{gpu} ({memory:g} GB each), where it {rather}; 'tensor_parallel_size: {needed}' "
            f"gives it room."
        )


def _short(arms: list[ArmCost]) -> Iterator[str]:
    """Yield benchmarks whose GPU jobs are so short that starting them costs much."""
    # Where problems stop, jobs are unlike each other, and the later ones few.
    alike = [arm for arm in arms if arm.share is None]
    on_gpu = [arm for arm in alike if arm.work.gpus and arm.work.seconds is not None]
    for (benchmark, protocol), group in _by(on_gpu, lambda arm: (arm.benchmark, arm.protocol)):
        short = [arm for arm in group if (arm.work.seconds or 0) < SHORT]
        if not short:
            continue
        least = min(short, key=lambda arm: arm.work.seconds or 0)
        now = least.samples_per_shard
        most = math.gcd(*(arm.n for arm in group))
        sizes = [size for size in range(now + 1, most + 1) if most % size == 0]
        enough = [s for s in sizes if (least.basis.block_seconds(s) or 0) >= SHORT]
        size = next(iter(enough), sizes[-1] if sizes else None)
        message = (
            f"benchmarks.{benchmark}: a GPU job takes {_minutes(least.work.seconds)} for "
            f"{least.model} under {protocol}, less than {SHORT // 60} minutes"
        )
        if size is None:
            yield f"{message}; one block holds all {now} samples a problem, so it stays so."
            continue
        then = _minutes(least.basis.block_seconds(size))
        drawn = any(arm.work.done for arm in group)
        yield (
            f"{message}; 'samples_per_shard: {size}' there makes it {then}."
            + drawn * " Blocks that are there would be drawn again: their size is part of them."
        )


def _long(arms: list[ArmCost]) -> Iterator[str]:
    """Yield arms whose jobs ask for more time than many clusters give."""
    for benchmark, group in _by(
        [arm for arm in arms if arm.runtime > DAY and arm.speed_from != "unknown"],
        lambda arm: arm.benchmark,
    ):
        longest = max(group, key=lambda arm: arm.runtime)
        basis, now = longest.basis, longest.samples_per_shard
        sizes = [size for size in range(1, now) if now % size == 0]
        fits = [s for s in sizes if SAFETY * (basis.block_seconds(s) or math.inf) <= 60 * DAY]
        remedies = [f"'samples_per_shard: {max(fits)}' there"] if fits else []
        if longest.work.gpus:
            remedies.append("more GPUs (tensor_parallel_size)")
        yield (
            f"benchmarks.{benchmark}: a job for {longest.model} asks for "
            f"{longest.runtime / 60:.0f} hours (runtime {longest.runtime}), and many clusters "
            f"give 24; {''.join(f'{remedy}, or ' for remedy in remedies)}"
            f"`--set-resources sample_block:runtime=1440`: a job that runs out of time goes on "
            f"where it was."
        )


def _many(estimate: Estimate) -> Iterator[str]:
    total = sum(count.all for count in estimate.jobs.values())
    if total > MANY_JOBS:
        yield (
            f"samples_per_shard: the study has {total:,} jobs, more than {MANY_JOBS:,}; larger "
            f"blocks make fewer."
        )


def _minutes(seconds: float | None) -> str:
    minutes = (seconds or 0) / 60
    return f"{minutes:.0f} minutes" if minutes >= 10 else f"{minutes:.1f} minutes"


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _by(arms: Iterable[ArmCost], key: Callable[[ArmCost], K]) -> Iterator[tuple[K, list[ArmCost]]]:
    """Group arms by a key, in the order in which the keys come."""
    groups: dict[K, list[ArmCost]] = {}
    for arm in arms:
        groups.setdefault(key(arm), []).append(arm)
    yield from groups.items()
