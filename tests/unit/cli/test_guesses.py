"""The guess floor from files by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.analyses.guess_floor.tables import EXCESS_GAIN, GUESS_FLOOR
from boundary.store import read_table


@pytest.fixture
def arm(tmp_path: Path) -> dict[str, Any]:
    """Problems and two verdict shards: p0 and p1 have gold 1 and 2, each said of the other."""
    golds = pl.DataFrame({"problem_id": ["p0", "p1"], "answer": ["1", "2"]}).with_columns(
        benchmark=pl.lit("b"),
        question=pl.col("problem_id"),
        kind=pl.lit("math"),
        tests=pl.lit(None, dtype=pl.String),
        metadata=pl.lit(None, dtype=pl.String),
    )
    golds.write_parquet(tmp_path / "P.parquet")
    shards = []
    for index, answers in enumerate((["2", "1"], ["5", "7"])):
        frame = pl.DataFrame(
            {"problem_id": ["p0", "p1"], "sample_index": [index] * 2, "answer": answers}
        ).with_columns(
            verdict=pl.lit("wrong"),
            correct=pl.lit(False),
            grader=pl.lit("g"),
            detail=pl.lit(None, dtype=pl.String),
        )
        shards.append(str(tmp_path / f"{index}.parquet"))
        frame.write_parquet(shards[-1])
    own = {"model": "m", "benchmark": "b", "protocol": "p", "kind": "math"}
    return {**own, "problems": str(tmp_path / "P.parquet"), "verdicts": shards}


def test_guess_floor_of_files(run: Any, arm: dict[str, Any], tmp_path: Path) -> None:
    pair = {"comparison": "c", "base": "m", "other": "n", "benchmark": "b", "protocol": "p"}
    arms = [arm, {**arm, "model": "n"}]
    spec = json.dumps({"arms": arms, "comparisons": [pair], "confidence": 0.95})
    done = run("guess-floor", "--spec", spec, "--output", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    frame = read_table(tmp_path / "out" / "guess_floor.parquet", GUESS_FLOOR)
    assert frame.select("model", "k", "pass_at_k").rows() == [
        ("m", 1, 0.5),
        ("m", 2, 0.75),
        ("n", 1, 0.5),
        ("n", 2, 0.75),
    ]
    assert pl.read_csv(tmp_path / "out" / "guess_floor.csv").height == 4
    # Nothing is correct, so that each solves less than its floor, and both the same.
    assert pl.read_csv(tmp_path / "out" / "excess.csv")["excess"].to_list() == [-0.5, -0.75] * 2
    gain = read_table(tmp_path / "out" / "excess_gain.parquet", EXCESS_GAIN)
    assert gain.select("other", "k", "base_excess", "gain").rows() == [
        ("n", 1, -0.5, 0.0),
        ("n", 2, -0.75, 0.0),
    ]


def test_verdicts_of_other_problems_are_refused(
    run: Any, arm: dict[str, Any], tmp_path: Path
) -> None:
    pl.read_parquet(arm["problems"]).head(1).write_parquet(arm["problems"])
    spec = json.dumps({"arms": [arm], "confidence": 0.95})
    done = run("guess-floor", "--spec", spec, "--output", tmp_path / "out")
    assert done.code == 2
    assert "m / b / p: 1 problem(s) have no problem, first p1" in done.err
    assert not (tmp_path / "out").exists()
