"""The synthetic study of the figures' tests, for tests of other rooms."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import polars as pl

from boundary.analyses.registry import analyses

BENCHMARKS, MODELS = ["aime24", "math500"], ["base-7b", "grpo-7b"]


def study_tables() -> dict[str, pl.DataFrame]:
    """Return the tables of a study of two models and two benchmarks."""
    return _figures().make_study(BENCHMARKS, MODELS, 60, 32)


def study_spec() -> dict[str, object]:
    """Return the spec of its report."""
    spec = _figures().make_spec(MODELS, ("passk",))
    return {**spec, "study": "s", "analyses": list(analyses()), "arms": [], "config": {}}


def _figures() -> Any:
    path = Path(__file__).resolve().parent / "unit/figures/conftest.py"
    spec = importlib.util.spec_from_file_location("synthetic_figures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
