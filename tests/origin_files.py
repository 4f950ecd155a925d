"""Problems, samples, verdicts and scores of two models, as the commands make them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES
from boundary.tasks import registers

NAMES = [f"q{i:02d}" for i in range(12)]
BY = {"engine": "vllm", "vllm": "0.9", "dtype": "bfloat16"}
SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 64, "prompt": "aa", "stop": []}
Run = Callable[..., Any]


def problems(seed: int = 0) -> pl.DataFrame:
    questions = [registers.question("q", [10 + i + seed, 2, 3]) for i in range(len(NAMES))]
    return pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": NAMES,
            "question": questions,
            "answer": [" ".join(registers.solution(text)[-3:]) for text in questions],
            "kind": "lab",
            "tests": pl.Series([None] * len(NAMES), dtype=pl.String),
            "metadata": pl.Series([None] * len(NAMES), dtype=pl.String),
        }
    )


def samples(model: str, right: int, shard: int = 0) -> pl.DataFrame:
    """Return four responses to each problem, of which the first ``right`` are correct."""
    golds = problems()["answer"].to_list()
    rows = [(name, gold, i) for name, gold in zip(NAMES, golds, strict=True) for i in range(4)]
    return pl.DataFrame(
        {
            "model": model,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [name for name, _, _ in rows],
            "sample_index": [4 * shard + i for _, _, i in rows],
            "seed": 1,
            "response": [
                f"{model} {name} {4 * shard + i} # {gold if 4 * shard + i < right else 'no'}"
                for name, gold, i in rows
            ],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )


class Files:
    """Problems, samples, verdicts and scores in a folder, made by the commands."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        write_table(problems(), self["P"], PROBLEMS)

    def __getitem__(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def sample(self, name: str, right: int, shards: int = 2, **by: Any) -> None:
        for shard in range(shards):
            told = {"sampled_by": BY, "sampling": SAMPLING} | by
            drawn = samples(name, right, shard)
            write_table(drawn, self[f"S_{name}{shard}"], SAMPLES, provenance=told)

    def verify(self, name: str, shards: int = 2) -> None:
        for shard in range(shards):
            given = ["--problems", self["P"], "--samples", self[f"S_{name}{shard}"]]
            done = self.run("verify", *given, "--output", self[f"V_{name}{shard}"])
            assert done.code == 0, done.err

    def score(self, name: str, *more: object, verdicts: str | None = None) -> Any:
        options: list[object] = ["--problems", self["P"]]
        for shard in range(2):
            options += ["--samples", self[f"S_{name}{shard}"]]
            options += ["--verdicts", self[f"V_{verdicts or name}{shard}"]]
        return self.run("score", *options, "--output", self[f"C_{name}"], *more)

    def made(self, name: str, right: int, **by: Any) -> Path:
        """Make scores from nothing."""
        self.sample(name, right, **by)
        self.verify(name)
        done = self.score(name)
        assert done.code == 0, done.err
        return self[f"C_{name}"]

    def crossover(self, *more: object) -> Any:
        sides = ["--base", self["C_base"], "--other", self["C_rl"]]
        return self.run("crossover", *sides, "--output", self["X"], "--bootstrap", 200, *more)
