"""The paragraph on a study's verdicts: each claim with its numbers, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from boundary.report.abstract import MOST_TOLD, abstract
from boundary.report.overview import lines_of
from overview_tables import study, tables
from verdict_rows import verdict_row


def told(*changes: dict[str, object]) -> str:
    rows = [verdict_row(benchmark=f"b{i}", **change) for i, change in enumerate(changes)]
    return abstract(lines_of(tables(*rows), study()), 0.95)


def test_verdicts_stand_with_their_estimates_and_guarded_ones_without() -> None:
    text = told({}, {"guard": "small-set"}, {"verdict": "undetermined", "regions": None})
    assert text.startswith(
        "grpo-7b against base-7b (3 benchmarks, K = 64): base-7b overtakes on b0 (M = 500, "
        "k× = 14.4 [9, 31], D(64) = +2.4 [+0.8, +3.9]); no k is decided on b2 (M = 500, D(64) = "
        "+2.4 [+0.8, +3.9], detectable |D(K)|: 2.2 points); no claim can rest on b1 (small-set). "
    )
    assert "says nothing of k beyond K" in text


def test_verdicts_that_say_the_same_stand_together() -> None:
    text = told({}, {})
    assert text.count("base-7b overtakes on b0") == text.count("overtakes") == 1


def test_correction_is_told_where_there_is_one() -> None:
    assert "Holm" not in told({"verdict_holm": None})
    corrected = {"verdict_holm": "undetermined", "holm_cells": 2}
    assert "1 of 2 verdicts stay as they are" in told(
        corrected, corrected | {"verdict_holm": "crossover"}
    )


def test_what_was_tested_of_strata_stands_where_no_guard_does() -> None:
    rows = verdict_row(benchmark="b0"), verdict_row(benchmark="b1", guard="small-set")
    lines = [
        replace(line, tested=[f"On {line.benchmark} x."])
        for line in lines_of(tables(*rows), study())
    ]
    text = abstract(lines, 0.95)
    assert "can rest on b1 (small-set). On b0 x. D(K) is" in text and "On b1" not in text
    assert "Holm's correction over the strata of its key" in text
    assert "strata" not in abstract(lines[1:], 0.95)


def test_many_verdicts_are_counted_and_not_listed() -> None:
    text = told(*[{} for _ in range(MOST_TOLD + 1)])
    assert "D(64)" not in text and f"{MOST_TOLD + 1} rows" in text
