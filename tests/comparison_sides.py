"""Sides made from counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl
import pytest

from boundary.comparison.folder import write_folder
from boundary.comparison.result import compare_sides
from boundary.comparison.side import PROTOCOL, Side
from boundary.data.counts import UNKNOWN, read_counts
from boundary.digests import PACKAGE
from boundary.tables import SCORES, check
from harness import made_once

PUBLISHED = PACKAGE.parents[1] / "config" / "published"
Counts = Mapping[str, tuple[int, int]]


def made_side(
    label: str,
    counts: Mapping[str, Counts],
    *,
    judged_by: Literal["ours", "theirs"] = "theirs",
    remarks: Sequence[str] = (),
    **columns: object,
) -> Side:
    """Return a side from correct and n by benchmark and problem."""
    rows = [
        {"benchmark": name, "problem_id": problem, "n": n, "correct": correct}
        for name, problems in counts.items()
        for problem, (correct, n) in problems.items()
    ]
    scores = pl.DataFrame(rows).with_columns(
        model=pl.lit("as read"),
        protocol=pl.lit(PROTOCOL),
        **{name: pl.lit(None, dtype=kind) for name, kind in UNKNOWN.items()},
        **columns,
    )
    return Side(
        path=Path(f"{label}.csv"),
        format="counts",
        sha256=label.encode().hex(),
        label=label,
        scores=check(scores, SCORES, label),
        judged_by=dict.fromkeys(counts, judged_by),
        remarks=tuple(remarks),
    )


def counts_of(correct: Sequence[int], n: int = 8) -> dict[str, tuple[int, int]]:
    """Return counts of problems named by their place."""
    return {f"q{i:04d}": (each, n) for i, each in enumerate(correct)}


def finished_comparison(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a comparison on two benchmarks, which tests leave as it is."""
    base = made_side("base-7b", {"b": counts_of([1, 2] * 60), "c": counts_of([3, 4] * 6)})
    other = made_side("grpo <b>", {"b": counts_of([2, 4] * 60), "c": counts_of([3, 4] * 6)})
    result = compare_sides([base, other])
    return made_once(factory, 'javascript:alert("1")', lambda folder: write_folder(result, folder))


class Published(NamedTuple):
    """Both sides of a published comparison, the base first."""

    base: Side
    other: Side


def deepscaler() -> Published:
    """Return DeepSeek-R1-Distill-Qwen-1.5B and DeepScaleR, 1,060 problems at n = 128."""

    def read(name: str) -> Side:
        lines = (PUBLISHED / "deepscaler32k" / f"{name}.jsonl").read_text().splitlines()
        rows = {row["id"]: (row["c"], row["n"]) for row in map(json.loads, lines)}
        return made_side(name, {"deepscaler": rows})

    return Published(read("base"), read("rl"))


def gpqa() -> Published:
    """Return gpt-5-nano and gpt-5.4-mini, 198 problems of GPQA Diamond at n = 5."""
    names = "openai/gpt-5-nano-2025-08-07", "openai/gpt-5.4-mini-2026-03-17"
    return of_csv("gpqa_diamond_gpt5.csv", "gpqa_diamond", *names)


def math500() -> Published:
    """Return Qwen2.5-7B and SimpleRL-Zoo, 500 problems of MATH500 at n = 128."""
    names = "qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"
    return of_csv("math500_qwen2.5-7b.csv", "math500", *names)


def of_csv(name: str, benchmark: str, base: str, other: str) -> Published:
    """Return two models of a published file of counts."""
    path = PUBLISHED / name
    rows = read_counts(path).rows

    def read(name: str) -> Side:
        counts = {row.problem: (row.correct, row.n) for row in rows if row.model == name}
        return made_side(name, {benchmark: counts})

    return Published(read(base), read(other))
