"""Score tables for estimators and analyses: built by hand, simulated, or published."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import vl_convert

from boundary.jobs.reading import ComparisonRow

#: It takes 1.4 s each time, for the same bytes.
vl_convert.javascript_bundle = functools.cache(vl_convert.javascript_bundle)

PUBLISHED = Path(__file__).parents[2] / "config" / "published" / "math500_qwen2.5-7b.csv"
BASE, OTHER = "qwen2.5-7b", "qwen2.5-7b-simplerl-zoo"


def make_arm(model, correct, n, *, benchmark="bench", protocol="paper", ids=None, **columns):
    """Return a SCORES frame of one arm from counts."""
    correct = np.asarray(correct, dtype=np.int64)
    return pl.DataFrame(
        {
            "model": [model] * len(correct),
            "benchmark": [benchmark] * len(correct),
            "protocol": [protocol] * len(correct),
            "problem_id": list(ids) if ids else [f"p{i:04d}" for i in range(len(correct))],
            "n": np.broadcast_to(np.asarray(n, dtype=np.int64), correct.shape),
            "correct": correct,
            "truncated": pl.Series([None] * len(correct), dtype=pl.Int64),
            "no_answer": pl.Series([None] * len(correct), dtype=pl.Int64),
            "distinct_answers": pl.Series([None] * len(correct), dtype=pl.Int64),
            "majority_correct": pl.Series([None] * len(correct), dtype=pl.Boolean),
            "mean_tokens": pl.Series([None] * len(correct), dtype=pl.Float64),
            **columns,
        }
    )


@pytest.fixture
def arm():
    return make_arm


@pytest.fixture(scope="session")
def math500():
    """Return the published MATH500 counts as a SCORES frame of two arms."""
    counts = pl.read_csv(PUBLISHED, comment_prefix="#")
    frames = []
    for model in (BASE, OTHER):
        rows = counts.filter(pl.col("model") == model)
        ids = [str(value) for value in rows["problem"]]
        frames.append(make_arm(model, rows["correct"], rows["n"], benchmark="math500", ids=ids))
    return pl.concat(frames)


@pytest.fixture(scope="session")
def math500_comparison():
    return ComparisonRow(
        comparison="zoo", base=BASE, other=OTHER, benchmark="math500", protocol="paper"
    )


@pytest.fixture
def counts():
    """Return (base, other) counts of constructed cases: 200 problems, n = 128."""
    rng = np.random.default_rng(7)
    n, m = 128, 200
    low = rng.uniform(0.05, 0.5, m)
    sharp = np.where(rng.random(m) < 0.7, 0.97, 0.0)
    weak = np.where(rng.random(m) < 0.6, low / 2, 0.0)
    draw = {
        name: rng.binomial(n, p) for name, p in {"low": low, "sharp": sharp, "weak": weak}.items()
    }
    return {
        "crossover": (draw["low"], draw["sharp"]),
        "reverse": (draw["sharp"], draw["low"]),
        "base-ahead-to-K": (draw["low"], draw["weak"]),
        "other-ahead-to-K": (draw["weak"], draw["low"]),
    }
