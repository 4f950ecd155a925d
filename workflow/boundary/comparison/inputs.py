"""Sides that may be compared, as the inputs that the analyses of scores take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from boundary.analyses.score_inputs import Admitted, ScoreInputs
from boundary.comparison.problems import asked_alike, same_problems
from boundary.comparison.side import PROTOCOL, Side, refuse_equal_labels
from boundary.errors import InputError
from boundary.jobs.reading import ComparisonRow
from boundary.notes import join_parts

_JUDGES = {"ours": "our grader", "theirs": "its source"}


@dataclass(frozen=True)
class Settings:
    """How sides are compared; each means what the key of a study does."""

    k_max: int | None = None
    min_n: int | None = None
    confidence: float = 0.95
    bootstrap: int = 10_000


def score_inputs(sides: Sequence[Side], settings: Settings) -> ScoreInputs:
    """Return the first side against each other, on every benchmark that the two share.

    Parameters
    ----------
    sides : sequence of Side
        The base first.
    settings : Settings

    Raises
    ------
    InputError
        When there are fewer than two, two are called alike, or a side shares no benchmark
        with the base, or one id stands for two problems.
    TableError
        When scores break a rule of their table, or are of unlike problems under one id.
    """
    if len(sides) < 2:
        raise InputError("compare: give a base and at least one other side.")
    refuse_equal_labels([(side.path, side.label) for side in sides])
    frames = [side.scores.with_columns(model=pl.lit(side.label)) for side in sides]
    _refuse_unlike_problems(sides, frames)
    same_problems(sides)
    frames = asked_alike(frames)
    comparisons = [
        Admitted(row, note=_judged(row, sides[0], other))
        for other in sides[1:]
        for row in _rows(sides[0], other)
    ]
    return ScoreInputs(
        pl.concat(frames, how="diagonal"),
        comparisons,
        bootstrap=settings.bootstrap,
        confidence=settings.confidence,
        k_max=settings.k_max,
        min_n=settings.min_n,
    )


def benchmarks(side: Side) -> list[str]:
    """Return the benchmarks of a side, in the order in which they stand in it."""
    return side.scores["benchmark"].unique(maintain_order=True).to_list()


def left_out(sides: Sequence[Side]) -> list[str]:
    """Say which benchmarks are compared with nothing, as one of two sides lacks them."""
    base, *others = sides
    known = {name for other in others for name in benchmarks(other)}
    lines = [
        f"{name}, which {base.label} alone has, is not compared"
        for name in benchmarks(base)
        if name not in known
    ]
    return lines + [
        f"{name} of {other.label}, which {base.label} lacks, is not compared"
        for other in others
        for name in benchmarks(other)
        if name not in benchmarks(base)
    ]


def _refuse_unlike_problems(sides: Sequence[Side], frames: Sequence[pl.DataFrame]) -> None:
    if any("problem_digest" in frame.columns for frame in frames):
        from boundary.meetings import check_scores  # what reads answers takes time to load

        named = (Path(f"{side.path} ({side.label})") for side in sides)
        check_scores(dict(zip(named, frames, strict=True)))


def _rows(base: Side, other: Side) -> Iterator[ComparisonRow]:
    shared = [name for name in benchmarks(base) if name in benchmarks(other)]
    if not shared:
        raise InputError(
            f"{base.path} and {other.path} share no benchmark: {base.label} has "
            f"{', '.join(benchmarks(base))}, and {other.label} has "
            f"{', '.join(benchmarks(other))}. Where they are the same under two names, give "
            f"--benchmark NAME."
        )
    for name in shared:
        yield ComparisonRow(
            comparison=f"{other.label}-vs-{base.label}",
            base=base.label,
            other=other.label,
            benchmark=name,
            protocol=PROTOCOL,
        )


def _judged(row: ComparisonRow, base: Side, other: Side) -> str | None:
    """Say that two graders judged the sides of a comparison, or their files by two rules."""
    sides = {row.base: base, row.other: other}
    judges = {name: side.judged_by[row.benchmark] for name, side in sides.items()}
    if len({*judges.values()}) > 1:
        parts = [f"{name} was judged by {_JUDGES[judge]}" for name, judge in judges.items()]
        return join_parts([" and ".join(parts)])
    rules = {name: side.rules.get(row.benchmark) for name, side in sides.items()}
    if "theirs" not in judges.values() or None in rules.values() or len({*rules.values()}) == 1:
        return None
    parts = [f"{name} was judged by the {rule}" for name, rule in rules.items()]
    return join_parts([f"{' and '.join(parts)}, which are two rules"])
