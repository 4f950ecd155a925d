"""The command `estimate`: tables, JSON, warnings, exit codes, every study file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.config import read_study
from boundary.digests import PACKAGE
from boundary.plan import Plan
from harness import STUDIES

ROOT = PACKAGE.parents[1]
SMOKE = ROOT / "config/studies/smoke.yaml"
Run = Callable[..., Any]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory in which nothing is finished, with the files that studies name."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return tmp_path


@pytest.mark.parametrize("file", STUDIES, ids=lambda path: path.stem)
def test_every_study_file(file: Path, run: Run, empty: Path) -> None:
    """No download, no output of a run; what is known adds up, and what is not is told."""
    done = run("estimate", file, "--json")
    assert done.code == 0
    found = json.loads(done.out)
    plan = Plan(read_study(file))
    blocks = sum(len(arm.samples()) for arm in plan.arms)
    assert sum(arm["work"]["jobs"] for arm in found["arms"]) == blocks
    assert found["jobs"].get("sample_block", {"all": 0})["all"] == blocks
    assert found["left"] == found["everything"]
    for arm in found["arms"]:
        assert arm["speed_from"] == "table", f"models.{arm['model']}: say its parameters"
        if arm["problems"] is None:
            told = f"benchmarks.{arm['benchmark']}: how many problems"
            assert any(line.startswith(told) for line in found["warnings"])
        else:
            assert 0 < arm["work"]["seconds"] <= arm["work"]["most_seconds"]
    unknown = sum(arm["problems"] is None for arm in found["arms"])
    assert found["left"]["unknown"] >= unknown
    done = run("estimate", file)
    assert done.code == 0
    assert done.out.startswith(f"Study {plan.study.study}: ")
    assert all(line.startswith("Warning: ") for line in done.err.splitlines())
    assert len(done.err.splitlines()) == len(found["warnings"])


def test_the_smoke_study(run: Run, empty: Path) -> None:
    done = run("estimate", SMOKE)
    assert (done.code, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["sample_block", "6", "6"] in rows
    assert ["total", "35", "35"] in rows
    assert "score_responses" in done.out
    assert "GPU" not in done.out


def test_published_counts_cost_nothing(run: Run, empty: Path) -> None:
    done = run("estimate", ROOT / "config/studies/math500_published.yaml")
    assert (done.code, done.err) == (0, "")
    assert "nothing is sampled, as counts are published" in done.out
    assert "tokens" not in done.out


def finish(plan: Plan, arm: Any) -> None:
    """Write all blocks of an arm, and what they were made from."""
    for file in map(Path, (arm.problems, plan.model_file(arm.model))):
        file.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame({"problem_id": range(12)}).write_parquet(file)
    for shard in map(Path, arm.samples()):
        shard.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame({"n_tokens": [14] * 48}).write_parquet(shard)
        timing = Path(str(shard).replace("samples", "benchmarks/samples")).with_suffix(".jsonl")
        timing.parent.mkdir(parents=True, exist_ok=True)
        timing.write_text('{"s": 13.0}\n')


def test_after_a_run(run: Run, empty: Path) -> None:
    """A block was expected to hold 12 tokens a response and to take 6.5 seconds."""
    plan = Plan(read_study(SMOKE))
    for arm in plan.arms:
        finish(plan, arm)
    done = run("estimate", SMOKE, "--actual", "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert [arm["blocks"] for arm in found["arms"]] == [2, 2, 2]
    tokens = found["everything"]["tokens"]
    assert (tokens["expected"], tokens["actual"]) == (6 * 48 * 12, 6 * 48 * 14)
    assert found["everything"]["seconds"]["ratio"] == pytest.approx(2.0, rel=0.01)
    done = run("estimate", SMOKE, "--actual")
    assert (done.code, done.err) == (0, "")
    assert "1.17" in done.out
    # What is sampled is not left; the rest is.
    done = run("estimate", SMOKE)
    assert (done.code, done.err) == (0, "")
    assert "0 of 2" in done.out
    assert "\nin all: " in done.out
    # Snakemake takes what is made anew for changed, so that it would sample again.
    problems = Path(plan.arms[0].problems)
    problems.unlink()
    done = run("estimate", SMOKE)
    assert "2 of 2" in done.out
    assert f"Warning: {problems}: is missing" in done.err
    assert "samples 6 finished blocks again" in done.err


def test_before_a_run_there_is_nothing_to_compare(run: Run, empty: Path) -> None:
    done = run("estimate", SMOKE, "--actual")
    assert done.code == 0
    assert done.err == "Nothing is finished yet, so there is nothing to compare.\n"


def test_wrong_input(run: Run, empty: Path) -> None:
    done = run("estimate", SMOKE, "--gpu", "TPU")
    assert (done.code, done.out) == (2, "")
    assert "has no GPU 'TPU'; it has A100-80GB" in done.err
    done = run("estimate", empty / "none.yaml")
    assert (done.code, done.out) == (2, "")


def test_it_loads_no_engine() -> None:
    code = (
        "import sys; from boundary.estimate import compare, concerns, costs, render;"
        "print(*(m for m in ('torch', 'transformers', 'vllm', 'altair', 'pandera') "
        "if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []
