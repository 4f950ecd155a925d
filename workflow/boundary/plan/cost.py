"""What sampling and scoring cost: tokens, seconds and bytes of a block.

Computed from the study and `config/throughput.yaml` alone, so that a plan gives
the same answer every time; `boundary.estimate` replaces them with measurements.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from boundary.config.study import Study
from boundary.config.throughput import Gpu, Throughput, throughput
from boundary.engines.registry import engine_record
from boundary.jobs.screen import MOST_TOKENS, USUAL_TOKENS
from boundary.kinds import kind
from boundary.plan.arms import Arm
from boundary.plan.identity import Identity

#: Cores of a job that feeds a GPU.
GPU_THREADS = 4
#: Length of the responses that the table's throughputs are for.
TABLE_LENGTH = 2000.0
#: Throughput falls as length to this power: from 2,048 to 4,096 tokens it fell by 0.72
#: (A100, Llama 3.1 8B), 0.77 (H100) and 0.56 (A100, 70B) in the source of the table.
LENGTH_EXPONENT = 0.7
#: Where weights fill more than half of a GPU, too little is left for the cache: with 0.97 of
#: two GPUs filled, a GPU gave 0.41 (A100) and 0.32 (H100) of what it gave as one of four.
CROWDED, CROWDING = 0.5, 1.3
#: Share of a GPU that weights may fill before a user is warned: there it gives 0.61 of its speed.
TOO_CROWDED = 0.8

#: A number of parameters in a name: no part of a version (2.5) or of 8x7B.
_SIZE = re.compile(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


def size_in_name(name: str) -> float | None:
    """Return the billions of parameters given in a name, such as 7.0 for ``Qwen2.5-7B``.

    A size in billions goes before one in millions, which may be a context
    (``-7B-Instruct-1M``).
    """
    sizes = [(unit.lower(), float(value)) for value, unit in _SIZE.findall(name)]
    billions = [value for unit, value in sizes if unit == "b"]
    millions = [value / 1000 for unit, value in sizes if unit == "m"]
    return next((value for value in [*billions, *millions] if value > 0), None)


def parameters_of(study: Study, model: str) -> float | None:
    """Return the billions of parameters of a model that is not the lab's.

    What the study says, else what the source, the model's name or the model
    that it was made from tell; None when nothing does.
    """
    seen: set[str] = set()
    name: str | None = model
    while name in study.models and name not in seen:
        seen.add(name)
        entry = study.models[name]
        if entry.parameters is not None:
            return entry.parameters
        parts = re.split(r"[/#]", entry.source.partition(":")[2])
        for text in (*reversed(parts if entry.kind == "file" else parts[-1:]), name):
            if (billions := size_in_name(text)) is not None:
                return billions
        name = entry.base
    return None


def thinks_long(study: Study, model: str, table: Throughput) -> bool:
    """Whether a model, or one that it was made from, writes long chains of thought."""
    seen: set[str] = set()
    name: str | None = model
    while name in study.models and name not in seen:
        seen.add(name)
        entry = study.models[name]
        text = f"{entry.source} {name}".lower()
        if entry.role == "distilled" or any(mark in text for mark in table.responses.long_models):
            return True
        name = entry.base
    return False


def rows_of(identity: Identity, benchmark: str) -> int | None:
    """Return how many problems a benchmark has, as far as the study or the registry knows."""
    lab = identity.study.benchmarks[benchmark].lab
    return lab.problems if lab else identity.problems(benchmark).rows


def response_tokens(identity: Identity, arm: Arm) -> float:
    """Return the expected tokens of a response under the protocol's limit.

    Lengths are taken to be distributed exponentially about the table's mean
    ``m``: of those cut at ``c`` the mean is ``m (1 - exp(-c / m))``.  The lab's
    traces have one length.
    """
    lab = identity.study.benchmarks[arm.benchmark].lab
    limit = identity.study.protocols[arm.protocol].longest
    if lab is not None:
        return min(lab.response_tokens, limit)
    table = throughput()
    long = thinks_long(identity.study, arm.model, table)
    means = table.responses.long if long else table.responses.short
    entry = identity.problems(arm.benchmark).entry
    mean = means.get(str(entry)) or means.get(arm.kind) or means[kind(arm.kind).length_like]
    return -mean * math.expm1(-limit / mean)


@dataclass(frozen=True)
class Place:
    """What a job that loads a model runs on, and with which engine.

    Attributes
    ----------
    gpus, threads : int
        GPUs (0: a CPU) and cores.
    engine : str
        Its name.
    lab : bool
        Whether it is one of the lab's own small models.
    billions : float or None
        Parameters; None when unknown, and for the lab's.
    weight_gb : float or None
        Size of the weights as loaded.
    utilization : float
        Share of a GPU's memory that vLLM takes.
    """

    gpus: int
    threads: int
    engine: str
    lab: bool
    billions: float | None
    weight_gb: float | None
    utilization: float

    def filled(self, gpu: Gpu) -> float:
        """Return the share of its GPUs' usable memory that the weights fill; 1 is too much."""
        usable = self.gpus * gpu.memory_gb * self.utilization
        return (self.weight_gb or 0) / usable if usable else 0.0


def place_of(
    identity: Identity,
    model: str,
    protocol: str,
    billions: float | None = None,
    engine: str | None = None,
) -> Place:
    """Return what a job runs on that loads a model under a protocol.

    Parameters
    ----------
    identity : Identity
        The study, and what its names stand for.
    model, protocol : str
        Names in the study.
    billions : float, optional
        Parameters, where they are known better than from the study.
    engine : str, optional
        What runs it; by default the protocol's.
    """
    entry, settings = identity.study.models[model], identity.study.protocols[protocol]
    lab, runs = entry.kind == "lab", engine_record(engine or settings.engine)
    on_gpu = not runs.remote and (settings.device or ("cpu" if lab else "gpu")) == "gpu"
    billions = None if lab or runs.remote else billions or parameters_of(identity.study, model)
    wide = (entry.dtype or runs.dtype) == "float32"
    width = 1 if entry.quantization else 4 if wide else 2
    return Place(
        gpus=entry.tensor_parallel_size if on_gpu else 0,
        threads=GPU_THREADS if on_gpu else runs.cores,
        engine=runs.name,
        lab=lab,
        billions=billions,
        weight_gb=None if billions is None else width * billions,
        utilization=entry.gpu_memory_utilization,
    )


def gpu_speed(gpu: Gpu, billions: float) -> float:
    """Return tokens per second of one GPU for a size: log-log between the table's sizes.

    Smaller models than the smallest are as fast as it; larger ones than the
    largest are slower in proportion.
    """
    sizes = list(gpu.tokens_per_second)
    if billions <= sizes[0]:
        return gpu.tokens_per_second[sizes[0]]
    if billions >= sizes[-1]:
        return gpu.tokens_per_second[sizes[-1]] * sizes[-1] / billions
    above = next(i for i, size in enumerate(sizes) if size > billions)
    low, high = sizes[above - 1], sizes[above]
    share = math.log(billions / low) / math.log(high / low)
    rates = gpu.tokens_per_second[low], gpu.tokens_per_second[high]
    return float(rates[0] ** (1 - share) * rates[1] ** share)


def length_factor(length: float) -> float:
    """Return how a throughput changes with the mean length of responses, in tokens."""
    ratio = TABLE_LENGTH / max(length, 1.0)
    return float(min(1.0, ratio**LENGTH_EXPONENT))


def table_speed(
    place: Place, length: float, *, gpu: str | None = None, cores: int | None = None
) -> float | None:
    """Return tokens per second of a job, by the table.

    Parameters
    ----------
    place : Place
        What it runs on.
    length : float
        Mean tokens of a response.
    gpu : str, optional
        A GPU of the table; default: its reference.
    cores : int, optional
        Cores that there are; default: as many as the job asks for.

    Returns
    -------
    float or None
        None when the size of the model is unknown, or nothing tells how fast the
        engine is with models of the lab.
    """
    table = throughput()
    threads = min(place.threads, cores or place.threads)
    if place.lab and not place.gpus:
        return table.lab.tokens_per_second.get(place.engine)
    share = table.engines.share_of_vllm.get(place.engine, 1.0)
    billions = 0.0 if place.lab else place.billions
    if billions is None:
        return None
    if not place.gpus:
        return table.cpu.billions_per_core * threads / billions
    card = table.gpu(gpu)
    crowded = 1 - CROWDING * max(0.0, min(place.filled(card), 1.0) - CROWDED)
    return share * place.gpus * gpu_speed(card, billions) * length_factor(length) * crowded


def start_up(place: Place) -> float:
    """Return the seconds before the first token."""
    seconds = throughput().start_up
    if place.lab and not engine_record(place.engine).heavy:
        return seconds.lab
    if not place.gpus:
        return seconds.cpu
    return seconds.gpu + seconds.gpu_per_billion * (place.billions or 0)


@dataclass(frozen=True)
class Basis:
    """What the cost of an arm's blocks is computed from.

    Attributes
    ----------
    rows : int or None
        Problems; None when unknown.
    tokens, most : float
        Expected tokens of a response, and the protocol's limit.
    drawn, most_drawn : float
        Tokens that are drawn for each of these: more where a sampler proposes responses.
    speed : float or None
        Tokens per second of a job at the expected length; None when unknown.
    start_up : float
        Seconds of a job before the first token.
    row_bytes, file_bytes : float
        Bytes on disk of a response and its verdict, and of the files of a block beside them.
    """

    rows: int | None
    tokens: float
    most: float
    speed: float | None
    start_up: float
    row_bytes: float
    file_bytes: float
    drawn: float = 1.0
    most_drawn: float = 1.0

    def responses(self, samples: float) -> float | None:
        """Return the responses of a block of so many samples a problem."""
        return None if self.rows is None else self.rows * samples

    def block_tokens(self, samples: float, *, most: bool = False) -> float | None:
        """Return the tokens drawn for a block: as expected, or at most."""
        count = self.responses(samples)
        each = self.most * self.most_drawn if most else self.tokens * self.drawn
        return None if count is None else count * each

    def block_seconds(self, samples: float, *, most: bool = False) -> float | None:
        """Return the seconds of a block's job: as expected, or at most."""
        tokens = self.block_tokens(samples, most=most)
        if tokens is None or self.speed is None:
            return None
        slower = length_factor(self.most) / length_factor(self.tokens) if most else 1.0
        return self.start_up + tokens / (self.speed * slower)

    def block_bytes(self, samples: float) -> float | None:
        """Return the bytes on disk of a block."""
        count = self.responses(samples)
        return None if count is None else self.file_bytes + count * self.row_bytes


def sampling_basis(
    identity: Identity, arm: Arm, place: Place, *, gpu: str | None = None, cores: int | None = None
) -> Basis:
    """Return what sampling an arm is computed from, by the table."""
    protocol, disk = identity.study.protocols[arm.protocol], throughput().disk
    tokens = response_tokens(identity, arm)
    per_token = disk.per_token + bool(protocol.token_logprobs) * disk.per_token_with_logprobs
    speed, drawn, most_drawn = table_speed(place, tokens, gpu=gpu, cores=cores), 1.0, 1.0
    if protocol.sampler is not None:
        power = protocol.sampler.power
        drawn = power.drawn(tokens) / tokens
        most_drawn = power.drawn(protocol.longest, limit=True) / protocol.longest
        # Moves read what stands before their cut too, as many tokens as they draw.
        speed = None if speed is None else speed / 2
    return Basis(
        rows=rows_of(identity, arm.benchmark),
        tokens=tokens,
        most=float(protocol.longest),
        drawn=drawn,
        most_drawn=most_drawn,
        speed=speed,
        start_up=start_up(place),
        row_bytes=disk.per_response + per_token * tokens,
        file_bytes=disk.per_block,
    )


def screening_basis(
    identity: Identity, arm: Arm, place: Place, *, gpu: str | None = None, cores: int | None = None
) -> Basis:
    """Return what completing problems is computed from: their length, and not that of responses."""
    basis, disk = sampling_basis(identity, arm, place, gpu=gpu, cores=cores), throughput().disk
    return replace(
        basis,
        tokens=float(USUAL_TOKENS),
        most=float(MOST_TOKENS),
        speed=table_speed(place, float(USUAL_TOKENS), gpu=gpu, cores=cores),
        row_bytes=disk.per_response + disk.per_token * USUAL_TOKENS,
    )


def scoring_basis(
    identity: Identity, arm: Arm, place: Place, *, gpu: str | None = None, cores: int | None = None
) -> Basis:
    """Return what scoring the responses of an arm is computed from, by the table.

    Parameters
    ----------
    arm : Arm
        Whose responses are scored.
    place : Place
        Where the scorer runs.
    """
    tokens = response_tokens(identity, arm)
    speed = table_speed(place, tokens, gpu=gpu, cores=cores)
    return Basis(
        rows=rows_of(identity, arm.benchmark),
        tokens=tokens,
        most=float(identity.study.protocols[arm.protocol].longest),
        speed=None if speed is None else speed * throughput().scoring.times_faster,
        start_up=start_up(place),
        row_bytes=throughput().disk.per_response,
        file_bytes=throughput().disk.per_block,
    )
