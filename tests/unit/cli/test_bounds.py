"""Options refuse values that mean nothing, and tables without rows are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Callable[..., Any]
Scores = Callable[..., Path]
HUGE = 10**12


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "95", "1", "0.4", "x"])
def test_confidence(run: Run, score_file: Scores, tmp_path: Path, value: str) -> None:
    scores, output = score_file("base", [1, 2]), tmp_path / "k.parquet"
    done = run("passk", "--scores", scores, "--output", output, "--confidence", value)
    assert (done.code, output.exists()) == (2, False)
    assert "--confidence" in done.err


@pytest.mark.parametrize("option", [("--bootstrap", 0), ("--bootstrap", HUGE), ("--k-max", 0)])
def test_crossover(
    run: Run, score_file: Scores, tmp_path: Path, option: tuple[str, object]
) -> None:
    base, other = score_file("base", [1, 2]), score_file("rl", [2, 1])
    sides = ("--base", base, "--other", other, "--output", tmp_path / "x.parquet")
    done = run("crossover", *sides, *option)
    assert done.code == 2
    assert f"Invalid value for '{option[0]}'" in done.err


def test_an_arm_is_not_compared_with_itself(run: Run, score_file: Scores, tmp_path: Path) -> None:
    base = score_file("base", [1, 2])
    done = run("crossover", "--base", base, "--other", base, "--output", tmp_path / "x.parquet")
    assert done.code == 2
    assert "of one model (base) under one protocol, and nothing is ahead of itself" in done.err


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("verify", ("--threads", HUGE)),
        ("verify", ("--threads", 0)),
        ("score", ("--n", HUGE)),
        ("score", ("--n", 10**30)),
        ("counts", ("--n", 0)),
        ("sample", ("--device", "tpu")),
        ("sample", ("--gpus", HUGE)),
        ("sample", ("--gpu-memory", "nan")),
        ("likelihood", ("--threads", HUGE)),
    ],
)
def test_the_others(run: Run, command: str, option: tuple[str, object]) -> None:
    done = run(command, *option)
    assert done.code == 2
    assert f"Invalid value for '{option[0]}'" in done.err


def test_scores_without_rows(run: Run, score_file: Scores, tmp_path: Path) -> None:
    full, empty = score_file("base", [1, 2]), tmp_path / "empty.parquet"
    pl.read_parquet(full).clear().write_parquet(empty)
    output = tmp_path / "out.parquet"
    for arguments in (
        ("passk", "--scores", empty),
        ("crossover", "--base", empty, "--other", full),
        ("crossover", "--base", full, "--other", empty),
    ):
        done = run(*arguments, "--output", output)
        assert (done.code, output.exists()) == (2, False)
        assert "empty.parquet: this scores table has no rows" in done.err
