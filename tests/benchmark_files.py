"""Benchmarks from their own files, and from hand-made ones of the same formats."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.config.benchmarks import registry
from boundary.data import benchmark
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from harness import HAND_MADE

#: Files whose names are not those of the registry's entries.
NAMES = {"humaneval_plus": "HumanEvalPlus", "mbpp_plus": "MbppPlus"}


def benchmark_file(data: Path, name: str) -> Path:
    """Return the file of a benchmark, compressed or not."""
    (path,) = (data / "benchmarks").glob(f"{NAMES.get(name, name)}.jsonl*")
    return path


@cache
def load(data: Path, name: str) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return problems and provenance; a hand-made file may have fewer rows than the benchmark."""
    request = ProblemRequest(name, f"file:{benchmark_file(data, name)}", entry=name)
    with pytest.MonkeyPatch.context() as patched:
        if data == HAND_MADE:
            small = registry()[name].model_copy(update={"rows": None})
            patched.setattr(benchmark, "registry", lambda: {name: small})
        return benchmark_problems(request)
