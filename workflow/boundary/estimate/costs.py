"""The cost of a study: of each arm, of likelihoods, of training, and in all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boundary.estimate.share import Share
from boundary.estimate.stages import Count
from boundary.plan.cost import Basis

HOUR = 3600.0


@dataclass(frozen=True)
class Work:
    """Jobs of one kind, all alike: the blocks of an arm, a likelihood, a training run.

    Attributes
    ----------
    jobs, done : int
        In all, and those that need not run.
    gpus, threads : int
        Of one job.
    tokens, most_tokens : float or None
        Of one job: expected, and at most. None when nothing tells.
    seconds, most_seconds : float or None
        Of one job.
    bytes : float or None
        On disk, of one job.
    """

    jobs: int
    done: int
    gpus: int
    threads: int
    tokens: float | None
    most_tokens: float | None
    seconds: float | None
    most_seconds: float | None
    bytes: float | None

    @property
    def left(self) -> int:
        """Jobs that are left."""
        return self.jobs - self.done


@dataclass(frozen=True)
class ArmCost:
    """What sampling an arm costs.

    Attributes
    ----------
    model, benchmark, protocol : str
        Names in the study.
    problems : int or None
        None when nothing tells.
    n, samples_per_shard : int
        Samples per problem, in all and in a block.
    billions : float or None
        Parameters; None for the lab's models, and when nothing tells.
    tokens_from, speed_from : str
        Where the length of responses and the throughput come from: ``pilot``,
        ``pilot of BENCHMARK``, ``table`` or ``unknown``.
    runtime : int
        Minutes that a job asks for.
    filled : float
        Share of its GPUs that the weights fill.
    next_block : str or None
        Path of the first block that is left.
    basis : Basis
        What it is reckoned with.
    work : Work
        One job a block; behind a first look one job may be of several, and all count alike.
    share : Share, optional
        Of an arm whose problems may stop, the share of n samples of each that is drawn.
    new_rows : int, optional
        Of such an arm, responses that are still to be drawn, as expected: jobs copy the others.
    price : float, optional
        What a million tokens of a response cost, where an endpoint draws them.
    """

    model: str
    benchmark: str
    protocol: str
    problems: int | None
    n: int
    samples_per_shard: int
    billions: float | None
    tokens_from: str
    speed_from: str
    runtime: int
    filled: float
    next_block: str | None
    basis: Basis
    work: Work
    share: Share | None = None
    new_rows: int | None = None
    price: float | None = None

    @property
    def per_token(self) -> float:
        """What a token of a response costs."""
        return (self.price or 0.0) / 1e6


@dataclass(frozen=True)
class OtherCost:
    """What a job costs that samples no arm, such as scoring, cross-sampling or training."""

    rule: str
    what: str
    work: Work


@dataclass(frozen=True)
class Total:
    """Sums over jobs.

    Attributes
    ----------
    tokens, most_tokens : float
        Sampled: expected, and at most.
    gpu_hours, most_gpu_hours, core_hours, most_core_hours : float
        Of all jobs that load or train models.
    bytes : float
        On disk, weights included.
    unknown : int
        Parts (arms, likelihoods) whose cost is not known and not in the sums.
    money, most_money : float
        What endpoints ask for responses, those for prompts apart: expected, and at most.
    """

    tokens: float
    most_tokens: float
    gpu_hours: float
    most_gpu_hours: float
    core_hours: float
    most_core_hours: float
    bytes: float
    unknown: int
    money: float
    most_money: float


@dataclass(frozen=True)
class Estimate:
    """What a study costs.

    Attributes
    ----------
    study, gpu : str
        Its name; the GPU that it is reckoned with.
    arms : list of ArmCost
        Sampling; arms of published counts cost nothing and are left out.
    others : list of OtherCost
        Likelihoods and training.
    weights : dict
        Bytes of the weights that are brought from outside, by model: of each
        ``(bytes or None, whether they are there)``.
    jobs : dict
        Jobs by rule.
    again : dict
        Finished blocks that Snakemake would sample again, by the missing file
        that it would make anew for them.
    file : str
        The study file, for commands that are shown.
    """

    study: str
    gpu: str
    arms: list[ArmCost]
    others: list[OtherCost]
    weights: dict[str, tuple[float | None, bool]]
    jobs: dict[str, Count]
    again: dict[str, int]
    file: str = "FILE"

    def total(self, *, left: bool) -> Total:
        """Sum what is left, or everything."""
        sampled = [arm.work for arm in self.arms]
        works = [*sampled, *(other.work for other in self.others)]
        weights = [b for b, there in self.weights.values() if b and not (left and there)]
        count = _left if left else _all
        return Total(
            tokens=_sum((work.tokens, count(work)) for work in sampled),
            most_tokens=_sum((work.most_tokens, count(work)) for work in sampled),
            gpu_hours=_sum((w.seconds, count(w) * w.gpus) for w in works) / HOUR,
            most_gpu_hours=_sum((w.most_seconds, count(w) * w.gpus) for w in works) / HOUR,
            core_hours=_sum((w.seconds, count(w) * w.threads) for w in works if not w.gpus) / HOUR,
            most_core_hours=_sum(
                (w.most_seconds, count(w) * w.threads) for w in works if not w.gpus
            )
            / HOUR,
            bytes=_sum((work.bytes, count(work)) for work in works) + sum(weights),
            unknown=sum(1 for work in works if count(work) and work.seconds is None),
            money=_sum((arm.work.tokens, count(arm.work) * arm.per_token) for arm in self.arms),
            most_money=_sum(
                (arm.work.most_tokens, count(arm.work) * arm.per_token) for arm in self.arms
            ),
        )


def _left(work: Work) -> int:
    return work.left


def _all(work: Work) -> int:
    return work.jobs


def _sum(parts: Iterable[tuple[float | None, float]]) -> float:
    return sum(value * times for value, times in parts if value is not None)
