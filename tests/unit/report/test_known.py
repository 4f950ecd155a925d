"""Sentences over all lines claim what was tested, with how much was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from boundary.report.known import summary
from boundary.report.overview import Line

LINE = Line(
    study="s",
    comparison="c",
    benchmark="math500",
    title="t",
    relation="rl",
    later="other",
    verdict="other-ahead-to-K",
    side="other",
    icon="▲",
    tag="ahead to K",
    words="",
    guards=[],
    beside=[],
    regions=[],
    sides=[],
    k_max=64,
    problems="500",
    crossing="–",
    difference="",
    note=None,
    cautions=[],
    citations=[],
)


def line(**change: Any) -> Line:
    return replace(LINE, **change)


def test_verdicts_are_counted_by_which_side_is_the_later_one() -> None:
    lines = [
        line(),
        line(benchmark="aime24", k_max=8),
        line(verdict="crossover", side="base"),
        line(verdict="undetermined", side="none"),
        line(guards=["small-set"]),
        line(verdict="base-ahead-early", side="base", relation="models", later=None),
    ]
    rl, models, unknown, multiplicity = summary(lines, 0.95)
    assert rl == (
        "A model and what RL made of it: 5 rows, 1 of which with a guard. The model that it was "
        "made from overtakes: 1 row (math500; K = 64). The RL model is ahead to K: 2 rows "
        "(math500, aime24; K = 8–64). No k is decided: 1 row (math500; K = 64)."
    )
    assert models == (
        "Two models of which none is known to be made from the other: 1 row. One of the two is "
        "ahead at some k below K, and K is open: 1 row (math500; K = 64)."
    )
    assert unknown == (
        "Not known: the order beyond the K of each row, which is at most 64, and in 1 row that a "
        "guard keeps from any claim. In 1 row without a guard no k is decided, which is no "
        "evidence that the two are equal."
    )
    assert "none is corrected for the 6 rows" in multiplicity and "about 5 %" in multiplicity


def test_a_guarded_row_counts_for_nothing() -> None:
    assert summary([line(guards=["small-set"])], 0.9)[0] == (
        "A model and what RL made of it: 1 row, 1 of which with a guard; no claim."
    )


def test_a_caution_is_told_of() -> None:
    assert "2 rows have a caution" in summary([line(cautions=["x"])] * 2 + [line()], 0.95)[1]


def test_one_sample_tells_nothing_of_many() -> None:
    assert "In 1 row K is 1: of a single sample" in summary([line(k_max=1), line()], 0.95)[1]


@pytest.mark.parametrize("relation", ["models", "sampling"])
def test_what_training_did_not_make_is_no_gain_of_training(relation: str) -> None:
    first = summary([line(relation=relation, later=None)], 0.95)[0]
    assert "RL" not in first and "gain" not in first
