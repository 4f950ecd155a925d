"""Finished blocks against what the table of throughputs expected of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from boundary.estimate.compare import Quantity, compare_finished
from boundary.estimate.estimate import estimate_study
from boundary.plan import Plan

from .conftest import write_block


def test_what_it_cost(study: Callable[..., Plan]) -> None:
    plan = study()
    assert compare_finished(plan, estimate_study(plan, pilots=False)) == []
    size = write_block(plan.arms[0], 0, [300] * 16_000, 1000.0)
    size += write_block(plan.arms[0], 1, [300] * 16_000, None)
    (found,) = compare_finished(plan, estimate_study(plan, pilots=False))
    assert (found.model, found.benchmark, found.blocks, found.timed) == ("base", "math500", 2, 1)
    assert found.tokens.ratio == 0.5
    assert found.seconds.expected == pytest.approx(116 + 9_600_000 / 5300)
    assert found.seconds.actual == 1000
    assert found.bytes.actual == size


def test_a_ratio_needs_both_sides() -> None:
    assert Quantity(2, 3).ratio == 1.5
    assert Quantity(None, 3).ratio is Quantity(2, None).ratio is Quantity(0, 3).ratio is None
