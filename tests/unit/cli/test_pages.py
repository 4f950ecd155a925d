"""The command that writes the report: the page with the figure that leads it, and its methods."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.comparison.folder import write_folder
from boundary.comparison.result import compare_sides
from comparison_sides import counts_of, made_side

Run = Callable[..., Any]
SPEC = {
    "study": "s",
    "confidence": 0.95,
    "models": [{"name": "gpt", "role": "base"}, {"name": "rl", "role": "rl"}],
    "benchmarks": ["c", "b"],
    "comparisons": ["rl-vs-gpt"],
    "figures": [{"name": "difference"}],
    "analyses": ["passk", "crossover", "coverage"],
    "arms": [],
    "config": {},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "made"
    base = made_side("gpt", {"b": counts_of([1, 2] * 60), "c": counts_of([0, 4] * 60)})
    other = made_side("rl", {"b": counts_of([2, 4] * 60), "c": counts_of([4, 4] * 60)})
    write_folder(compare_sides([base, other]), folder)
    return folder


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
