"""Run commands in this process, and tables as another tool would write them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.config import read_study
from boundary.plan import Plan, specs
from origin_files import Files


@pytest.fixture
def score_file(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a score table by hand: only what must be there, narrow integers."""

    def write(model: str, correct: Sequence[int], n: int = 8) -> Path:
        count = len(correct)
        frame = pl.DataFrame(
            {
                "model": [model] * count,
                "benchmark": ["bench"] * count,
                "protocol": ["p"] * count,
                "problem_id": [f"q{i}" for i in range(count)],
                "n": pl.Series([n] * count, dtype=pl.Int32),
                "correct": pl.Series(correct, dtype=pl.UInt8),
                "truncated": pl.Series([None] * count, dtype=pl.Int32),
                "no_answer": pl.Series([0] * count, dtype=pl.Int16),
                "distinct_answers": pl.Series([None] * count, dtype=pl.Null),
                "majority_correct": pl.Series([None] * count, dtype=pl.Boolean),
                "mean_tokens": pl.Series([1.5] * count, dtype=pl.Float32),
                "remark": ["of another tool"] * count,
            }
        )
        path = tmp_path / f"{model}.parquet"
        frame.write_parquet(path)
        return path

    return write


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what `files` makes once."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def files(tmp_path: Path, run: Callable[..., Any], kept: Path) -> Files:
    """Return a base that solves each problem twice in 8, and a model that does in 4."""
    if not any(kept.iterdir()):
        made = Files(kept, run)
        made.made("base", 2)
        made.made("rl", 4)
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Files(tmp_path, run)


@pytest.fixture
def finished(study: Path, run: Callable[..., Any]) -> Path:
    """Return the `study` of counts of a module of tests, with its scores."""
    plan = Plan(read_study(study))
    for arm in plan.arms:
        spec = ["--spec", specs.counts_spec(plan, arm.folder)]
        done = run("counts", "--csv", "c.csv", *spec, "--output", arm.scores)
        assert done.code == 0, done.err
    return study
