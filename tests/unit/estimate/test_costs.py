"""Sums over jobs, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from boundary.estimate.costs import ArmCost, Estimate, OtherCost, Total, Work
from boundary.plan.cost import Basis

#: Five blocks on two GPUs, one of them there: 10 tokens, half an hour, 100 bytes each.
BLOCKS = Work(5, 1, 2, 4, tokens=10.0, most_tokens=40.0, seconds=1800.0, most_seconds=7200.0,
              bytes=100.0)  # fmt: skip
#: Three jobs without a GPU on four cores, of a quarter of an hour.
SCORED = Work(3, 0, 0, 4, tokens=None, most_tokens=None, seconds=900.0, most_seconds=900.0,
              bytes=7.0)  # fmt: skip
#: One of two is there, and nobody knows how long the other takes.
UNKNOWN = Work(2, 1, 1, 1, None, None, None, None, None)


def arm(work: Work) -> ArmCost:
    return ArmCost(
        *("base", "math500", "p", 500, 64, 32, 7.0, "table", "table", 60, 0.2, None),
        Basis(None, 0, 0, None, 0, 0, 0),
        work,
    )


def estimate(**weights: tuple[float | None, bool]) -> Estimate:
    others = [OtherCost("score_responses", "base", SCORED), OtherCost("train_model", "r", UNKNOWN)]
    return Estimate("s", "A100-80GB", [arm(BLOCKS)], others, weights, {}, {})


def test_jobs_that_are_left() -> None:
    assert [work.left for work in (BLOCKS, SCORED, UNKNOWN)] == [4, 3, 1]


def test_everything() -> None:
    assert estimate().total(left=False) == Total(
        tokens=50,
        most_tokens=200,
        gpu_hours=5 * 2 * 0.5,
        most_gpu_hours=5 * 2 * 2,
        core_hours=3 * 4 * 0.25,
        most_core_hours=3 * 4 * 0.25,
        bytes=521,
        unknown=1,
        money=0,
        most_money=0,
    )


def test_responses_of_endpoints_cost_money() -> None:
    behind = replace(estimate(), arms=[replace(arm(BLOCKS), price=2.0)])
    total = behind.total(left=True)
    assert (total.money, total.most_money) == (40 * 2e-6, 160 * 2e-6)


def test_what_is_left() -> None:
    left = estimate().total(left=True)
    assert (left.tokens, left.most_tokens, left.bytes) == (40, 160, 421)
    assert (left.gpu_hours, left.core_hours, left.unknown) == (4, 3, 1)


@pytest.mark.parametrize(("left", "size"), [(True, 1000), (False, 3000)])
def test_weights_that_are_there_are_no_longer_brought(left: bool, size: int) -> None:
    with_weights = estimate(here=(2000, True), away=(1000, False), unknown=(None, False))
    assert with_weights.total(left=left).bytes == estimate().total(left=left).bytes + size
