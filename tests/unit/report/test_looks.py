"""What stands beside a verdict that was looked at before."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from boundary.looks import Look
from boundary.report.looks import looked, with_looks
from boundary.report.sentences import sentence
from verdict_rows import verdict_row

AT_64 = Look("c", "b", "base-1/b-1/p-1", "rl-1/b-1/p-1", "aaa", 64, "undetermined", None)
AT_96 = replace(AT_64, n=96, verdict="other-ahead-early")
AT_128 = replace(AT_64, n=128, verdict="crossover")
RAISED = (
    "n was raised from 64 to 128 after a verdict had been seen (undetermined at 64); the error "
    "level is that of a single look."
)


def planned(look: Look) -> Look:
    return replace(look, plan="n = 64, 96, 128")


def test_a_raised_n_is_told_and_a_single_one_is_not() -> None:
    assert looked([AT_128]) is None
    assert looked([AT_64, AT_128]) == RAISED
    many = looked([AT_64, AT_96, AT_128])
    assert many is not None
    assert "raised from 64 and 96 to 128" in many
    assert "(undetermined at 64, other-ahead-early at 96)" in many


def test_a_lowered_n_and_another_grader_are_told() -> None:
    lowered = looked([AT_128, AT_64])
    assert lowered is not None
    assert "n was lowered from 128 to 64" in lowered and "(crossover at 128)" in lowered
    regraded = looked([AT_64, replace(AT_128, graders="bbb")])
    assert regraded is not None
    assert "(undetermined at 64, by another grader)" in regraded
    assert looked([AT_64, replace(AT_64, graders="bbb")]) is None


def test_other_files_may_hold_the_same_samples() -> None:
    told = looked([AT_64, replace(AT_128, base="base-2/b-1/p-1")])
    assert told is not None and "of other files or settings" in told and "raised" not in told
    assert looked([AT_128, replace(AT_64, base="base-2/b-1/p-1")]) is None


def test_a_planned_look_is_no_warning_and_an_earlier_verdict_stands() -> None:
    assert looked([planned(AT_64)]) is None
    first = looked([planned(AT_64), planned(AT_128)])
    assert first == "Earlier looks of the plan: undetermined at 64."
    second = looked([planned(AT_64), planned(AT_96), planned(AT_128)])
    assert second is not None and second.endswith(
        "The verdict at n = 96 stands, whatever this one is."
    )


def test_a_plan_that_was_written_after_a_look_bounds_nothing() -> None:
    for history in (
        [AT_64, planned(AT_64)],
        [AT_64, planned(AT_128)],
        [AT_64, planned(AT_64), planned(AT_128)],
        [replace(AT_64, plan="another"), planned(AT_128)],
    ):
        told = looked(history)
        assert told is not None and "does not bound the error" in told, history


def test_it_stands_behind_the_verdict() -> None:
    frame = pl.DataFrame({"comparison": ["c", "d"], "benchmark": ["b", "b"]})
    assert with_looks(frame, [AT_128]).columns == frame.columns
    marked = with_looks(frame, [AT_64, AT_128, replace(AT_64, comparison="d")])
    assert marked["looked"].to_list() == [RAISED, None]
    assert "excludes 0 in favour" in sentence(verdict_row())
    assert RAISED in sentence(verdict_row(looked=RAISED))
    assert "the simultaneous 99 % band" in sentence(verdict_row(band_level=0.99))
