"""What a job that loads a model needs of a machine; none of it decides what is drawn.

Memory and time follow from the study and the table of throughputs, never from an
output of the run. ``--set-resources`` of Snakemake goes before them.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

from boundary.engines.registry import engine_record
from boundary.kinds import kind
from boundary.plan.arms import Arm
from boundary.plan.cost import (
    Basis,
    Place,
    place_of,
    sampling_basis,
    scoring_basis,
    screening_basis,
)
from boundary.plan.crossing import Crossing
from boundary.plan.identity import Identity
from boundary.plan.interventions import Intervention
from boundary.plan.screen import Screened

#: A job may take so many times its expected time, or until every response is at its longest:
#: expected lengths are a table's, and the GPU may be half as fast as the reference.
SAFETY = 3.0
#: Minutes that a job asks for at least, and where its cost is unknown.
SHORTEST, UNKNOWN_RUNTIME = 60, 720
#: MB beside the weights: the engine, the problems, responses on their way to disk.
GPU_OVERHEAD, CPU_OVERHEAD, WORKER_OVERHEAD = 16_000, 8_000, 4_000
#: MB of a verification job beside what each core takes.
VERIFYING_OVERHEAD = 2_000
#: MB of a job with a lab model, and of one whose weights are of unknown size.
LAB_MEMORY, UNKNOWN_MEMORY = 4_000, 64_000


@dataclass(frozen=True)
class Resources:
    """Resources of one job that loads a model.

    Attributes
    ----------
    gpu : int
        GPUs; 0 runs on the CPU.
    gpu_memory_utilization : float
        Share of a GPU's memory that vLLM takes.
    threads, mem_mb, runtime : int
        CPU cores, main memory in MB, minutes.
    env : str
        The environment's file, without suffix.
    """

    gpu: int
    gpu_memory_utilization: float
    threads: int
    mem_mb: int
    runtime: int
    env: str

    @property
    def gpu_job(self) -> int:
        """Return 1 for a job that uses a GPU: on one machine they take turns."""
        return int(self.gpu > 0)


@dataclass(frozen=True)
class Verifying:
    """Resources of a verification job: threads, MB of main memory, minutes."""

    threads: int
    mem_mb: int
    runtime: int


def verification_job(name: str) -> Verifying:
    """Return what verifying a block of a kind of problems needs of a machine.

    As many responses are judged at a time as there are threads.
    """
    entry = kind(name)
    memory = VERIFYING_OVERHEAD + entry.threads * entry.thread_mb
    return Verifying(entry.threads, memory, entry.minutes)


# Snakemake asks for each resource of each job separately.
@functools.lru_cache(maxsize=4096)
def job_of(
    identity: Identity,
    model: str,
    arm: Arm,
    scored: int = 0,
    engine: str | None = None,
    blocks: int = 1,
) -> Resources:
    """Return what a job needs that loads a model to sample blocks of an arm or to score one.

    Parameters
    ----------
    identity : Identity
        The study, and what its names stand for.
    model : str
        The model that is loaded.
    arm : Arm
        Whose responses are sampled or scored.
    scored : int
        Responses of a problem that the model scores; 0: it samples.
    engine : str, optional
        What runs the model; by default the protocol's.
    blocks : int
        Blocks that it samples.
    """
    place = place_of(identity, model, arm.protocol, engine=engine)
    return Resources(
        gpu=place.gpus,
        gpu_memory_utilization=place.utilization,
        threads=place.threads,
        mem_mb=_memory(place),
        runtime=_runtime(identity, arm, scored, blocks * arm.shard, place),
        env=engine_record(place.engine).environment,
    )


@functools.lru_cache(maxsize=4096)
def crossing_job(identity: Identity, crossing: Crossing) -> Resources:
    """Return what a job needs in which two models write together: twice one model's."""
    arms = crossing.host, crossing.donor
    places = [place_of(identity, arm.model, arm.protocol) for arm in arms]
    limits = [
        _limit(sampling_basis(identity, arm, place), crossing.per_problem)
        for arm, place in zip(arms, places, strict=True)
    ]
    return Resources(
        gpu=max(place.gpus for place in places),
        gpu_memory_utilization=places[0].utilization,
        threads=places[0].threads,
        mem_mb=sum(_memory(place) for place in places),
        runtime=_minutes(places[0], None if None in limits else sum(filter(None, limits))),
        env=engine_record(places[0].engine).environment,
    )


@functools.lru_cache(maxsize=4096)
def intervention_job(identity: Identity, intervention: Intervention) -> Resources:
    """Return what a job needs that edits responses: as sampling, of another number of them."""
    arm = intervention.arm
    longest = identity.study.protocols[arm.protocol].longest
    place = place_of(identity, arm.model, arm.protocol)
    basis, samples = sampling_basis(identity, arm, place), intervention.whole_responses(longest)
    return replace(
        job_of(identity, arm.model, arm), runtime=_minutes(place, _limit(basis, samples))
    )


@functools.lru_cache(maxsize=4096)
def screen_job(identity: Identity, screened: Screened) -> Resources:
    """Return what a job needs in which a model completes problems: as sampling, of other texts."""
    arm = screened.arm
    place = place_of(identity, arm.model, arm.protocol)
    basis = screening_basis(identity, arm, place)
    return replace(
        job_of(identity, arm.model, arm),
        runtime=_minutes(place, _limit(basis, screened.per_problem)),
    )


def _memory(place: Place) -> int:
    """MB of main memory: weights are mapped from disk, then copied to where they compute."""
    if place.lab:
        overhead = GPU_OVERHEAD if place.gpus else CPU_OVERHEAD
        return overhead if engine_record(place.engine).heavy else LAB_MEMORY
    if place.weight_gb is None:
        return UNKNOWN_MEMORY
    weights = math.ceil(1000 * place.weight_gb)
    if not place.gpus:
        return 2 * weights + CPU_OVERHEAD  # both copies are in main memory
    return weights + GPU_OVERHEAD + WORKER_OVERHEAD * (place.gpus - 1)


def _runtime(identity: Identity, arm: Arm, scored: int, sampled: int, place: Place) -> int:
    """Minutes, in steps of ten, of sampling responses of each problem or scoring some."""
    basis = scoring_basis if scored else sampling_basis
    return _minutes(place, _limit(basis(identity, arm, place), scored or sampled))


def _minutes(place: Place, seconds: float | None) -> int:
    """Minutes that a job asks for, in steps of ten."""
    if seconds is None:
        return SHORTEST if place.lab else UNKNOWN_RUNTIME
    return max(SHORTEST, 10 * math.ceil(seconds / 600))


def _limit(basis: Basis, samples: float) -> float | None:
    """Seconds after which a job may be ended; None when its cost is unknown."""
    expected, most = basis.block_seconds(samples), basis.block_seconds(samples, most=True)
    if expected is None or most is None:
        return None
    return min(basis.start_up + SAFETY * (expected - basis.start_up), most)
