"""Three problems, two samples of each, and what changes one of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from boundary.origins import response_digests

QUESTIONS = {f"q{i}": f"What is {i} + 1?" for i in range(3)}


def problems(**change: Any) -> pl.DataFrame:
    """Return a problem table; ``change`` is (problem, value) by column."""
    frame = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": list(QUESTIONS),
            "question": list(QUESTIONS.values()),
            "answer": ["1", "2", "3"],
            "kind": "math",
            "tests": pl.Series([None] * 3, dtype=pl.String),
            "metadata": pl.Series([None] * 3, dtype=pl.String),
        }
    )
    for column, (name, value) in change.items():
        frame = frame.with_columns(
            pl.when(problem_id=name).then(pl.lit(value)).otherwise(column).alias(column)
        )
    return frame


def samples(**change: str) -> pl.DataFrame:
    """Return two samples of each problem; ``change`` is a response by problem."""
    return pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [name for name in QUESTIONS for _ in range(2)],
            "sample_index": [0, 1] * 3,
            "seed": 1,
            "response": [
                change.get(f"{name}_{i}", f"\\boxed{{{j + 1}}} {i}")
                for j, name in enumerate(QUESTIONS)
                for i in range(2)
            ],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )


def responses(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("problem_id", "sample_index", response_digests(frame["response"]))
