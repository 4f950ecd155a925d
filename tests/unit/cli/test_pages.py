"""The command that writes the report: the page with the figure that leads it, and its methods."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comparison_sides import finished_comparison

Run = Callable[..., Any]
SPEC = {
    "study": "s",
    "confidence": 0.95,
    "models": [{"name": "base-7b", "role": "base"}, {"name": "grpo <b>", "role": "rl"}],
    "benchmarks": ["c", "b"],
    "comparisons": ["grpo <b>-vs-base-7b"],
    "figures": [{"name": "difference"}],
    "analyses": ["passk", "crossover", "coverage"],
    "arms": [],
    "config": {},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_comparison(tmp_path_factory)


def test_page_methods_and_overview_stand_beside_each_other(
    run: Run, finished: Path, tmp_path: Path
) -> None:
    tables, figures = finished / "tables", finished / "figures"
    where = ("--tables", tables, "--figures", figures, "--output", tmp_path / "report.html")
    done = run("report", "--spec", json.dumps(SPEC), *where)
    assert (done.code, done.err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("report.html", "methods.md", "overview.json")
    }
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count('<figure class="lead">') == 1
    grid = re.findall(r'data-head="benchmark">(\w)<br>', page)
    assert grid == ["c", "b"]
    methods = (tmp_path / "methods.md").read_text(encoding="utf-8")
    assert "## Estimators and intervals" in methods and "@article{chen2021" in methods


def test_a_comparison_without_a_study_has_methods_too(finished: Path) -> None:
    methods = (finished / "methods.md").read_text(encoding="utf-8")
    assert "How it was sampled is not stated." in methods and "Snakemake" not in methods
