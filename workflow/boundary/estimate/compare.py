"""What finished blocks cost, against what the table of throughputs expected of them."""

from __future__ import annotations

from dataclasses import dataclass

from boundary.estimate.costs import Estimate
from boundary.estimate.pilots import finished
from boundary.plan import Plan


@dataclass(frozen=True)
class Quantity:
    """A quantity of an arm's finished blocks: what the table expected, and what it was.

    Attributes
    ----------
    expected, actual : float or None
        None when unknown.
    """

    expected: float | None
    actual: float | None

    @property
    def ratio(self) -> float | None:
        """Actual over expected."""
        if self.expected is None or self.actual is None or self.expected <= 0:
            return None
        return self.actual / self.expected


@dataclass(frozen=True)
class ArmActual:
    """An arm's finished blocks.

    Attributes
    ----------
    model, benchmark, protocol : str
        Names in the study.
    blocks, timed : int
        Finished, and those of them whose job was timed.
    tokens, seconds, bytes : Quantity
        In all; seconds are those of the timed blocks.
    """

    model: str
    benchmark: str
    protocol: str
    blocks: int
    timed: int
    tokens: Quantity
    seconds: Quantity
    bytes: Quantity


def compare_finished(plan: Plan, estimate: Estimate) -> list[ArmActual]:
    """Compare finished blocks with an estimate made without them.

    Parameters
    ----------
    plan : Plan
        The study's plan.
    estimate : Estimate
        Made with ``pilots=False``.

    Returns
    -------
    list of ArmActual
        Arms with finished blocks, in the study's order.
    """
    arms = []
    for cost in estimate.arms:
        done = finished(plan.arm(cost.model, cost.benchmark, cost.protocol))
        if done is None:
            continue
        blocks, timed, size = len(done.blocks), done.timed, cost.samples_per_shard
        arms.append(
            ArmActual(
                model=cost.model,
                benchmark=cost.benchmark,
                protocol=cost.protocol,
                blocks=blocks,
                timed=len(timed),
                tokens=Quantity(
                    _times(cost.basis.block_tokens(size), blocks), done.tokens * done.drawn
                ),
                seconds=_seconds(cost.basis.block_seconds(size), [s for _, s in timed]),
                bytes=Quantity(_times(cost.basis.block_bytes(size), blocks), done.bytes),
            )
        )
    return arms


def _seconds(expected: float | None, measured: list[float]) -> Quantity:
    if not measured:
        return Quantity(None, None)
    return Quantity(_times(expected, len(measured)), sum(measured))


def _times(value: float | None, count: int) -> float | None:
    return None if value is None else value * count
