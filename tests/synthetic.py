"""The synthetic study of the figures' tests, for tests of other rooms."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.analyses.registry import analyses
from harness import tables_once

BENCHMARKS, MODELS = ["aime24", "math500"], ["base-7b", "grpo-7b"]


def study_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Return the tables of a study of two models and two benchmarks."""
    make = partial(_figures().make_study, BENCHMARKS, MODELS, 60, 32)
    return tables_once(tmp_path_factory, "synthetic", make)


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
