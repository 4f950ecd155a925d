"""A study of real models, and finished blocks of it made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary.config import parse_study
from boundary.plan import Arm, Plan

COMMIT = "0" * 40


def math_study() -> dict[str, Any]:
    """Return a study of two models of 7 billion parameters on two benchmarks."""
    return {
        "study": "s",
        "models": {
            "base": {"source": "hf:Qwen/Qwen2.5-7B", "revision": COMMIT, "role": "base"},
            "rl": {"source": "hf:a/zoo-7B", "revision": COMMIT, "role": "rl", "base": "base"},
        },
        "benchmarks": {"math500": {}, "aime24": {}},
        "protocols": {
            "p": {
                "prompt": "raw",
                "max_tokens": 131072,
                "n": 64,
                "samples_per_shard": 32,
                "engine": "vllm",
            },
        },
        "comparisons": [
            {"base": "base", "other": "rl", "benchmarks": ["math500", "aime24"], "protocol": "p"}
        ],
    }


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """Return what plans the study with values set by paths with dots; `s.yaml` holds it."""
    monkeypatch.chdir(tmp_path)

    def made(edits: dict[str, Any] | None = None) -> Plan:
        raw = math_study()
        for path, value in (edits or {}).items():
            *parents, last = path.split(".")
            at: Any = raw
            for part in parents:
                at = at[int(part)] if isinstance(at, list) else at[part]
            at[last] = value
        (tmp_path / "s.yaml").write_text(yaml.safe_dump(raw))
        return Plan(parse_study(raw, "s.yaml"))

    return made


#: Problems of the benchmarks, as the registry knows.
ROWS = {"math500": 500, "aime24": 30}


def write_block(arm: Arm, block: int, tokens: list[int], seconds: float | None) -> int:
    """Write a finished block, its time, and what it was made from; return its bytes."""
    path, problems = Path(arm.samples()[block]), Path(arm.problems)
    model = Path("results/models") / arm.folder.split("/")[0] / "model.json"
    for file in (path, problems, model):
        file.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"problem_id": range(ROWS[arm.benchmark])}).write_parquet(problems)
    model.write_text("{}")
    pl.DataFrame({"n_tokens": tokens, "response": ["x" * n for n in tokens]}).write_parquet(path)
    if seconds is not None:
        timing = Path("results/benchmarks/samples") / arm.folder / f"{path.stem}.jsonl"
        timing.parent.mkdir(parents=True, exist_ok=True)
        timing.write_text(json.dumps({"s": seconds}) + "\n")
    return path.stat().st_size
