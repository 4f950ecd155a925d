"""The published MATH500 counts, when they are at hand."""

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures

COUNTS = Path(__file__).resolve().parents[3] / "config/published/math500_qwen2.5-7b.csv"


def test_the_crossover_of_the_published_counts_is_on_the_panel():
    if not COUNTS.is_file():
        pytest.skip(f"{COUNTS} is absent")
    here = Path(__file__).with_name("conftest.py")
    spec = importlib.util.spec_from_file_location("synthetic", here)
    synthetic = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(synthetic)
    counts = pl.read_csv(COUNTS, comment_prefix="#")
    models = counts["model"].unique(maintain_order=True).to_list()
    arms = {
        "math500": {
            model: counts.filter(model=model).sort("problem")["correct"].to_numpy()
            for model in models
        }
    }
    tables = synthetic.make_tables(arms, 128)
    spec = synthetic.make_spec(models, ("passk", "difference", "coverage"))
    charts = build_figures(tables, Figures.model_validate(spec))
    for name in ("passk", "difference"):
        assert "crossover at k ≈ 14.4 [9, 31]" in str(charts[name].to_dict())
    assert "462 / 19 / 3 / 16" in str(charts["coverage"].to_dict())
