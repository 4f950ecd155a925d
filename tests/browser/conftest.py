"""One browser, and one folder with a report and the pages of its problems, for all tests.

Needs the package playwright and Debian's chromium; where one is not there the tests skip.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import synthetic
from boundary.figures.registry import build_figures
from boundary.figures.save import drawn
from boundary.jobs.pages import EXPLORER, Report
from boundary.report.methods import Methods, Part
from boundary.report.page import render
from boundary.report.pictures import Drawing
from explored import write_study
from harness import need_tool


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    program = need_tool("chromium", "chromium")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


def rows_of(count: int) -> dict[str, dict[str, list[tuple[str, bool]]]]:
    """Return responses of two models to many problems, a quarter of them in each set."""
    draw = random.Random(1)
    names = [f"p{i:05d}" for i in range(count)]
    return {
        model: {
            name: [(f"answer {draw.random()}", bool(i >> bit & 1))] for i, name in enumerate(names)
        }
        for bit, model in enumerate(("base", "rl"))
    }


@pytest.fixture(scope="session")
def many() -> Any:
    """Return the function that makes responses to many problems."""
    return rows_of


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    questions = {f"p{i:05d}": f"what is {'odd' if i % 2 else 'even'} {i}?" for i in range(120)}
    return write_study(folder, rows_of(120), questions, tokens=["rl"])


@pytest.fixture(scope="session")
def reported(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a report of every analysis, above the pages of problems."""
    job = Report.model_validate(synthetic.study_spec())
    tables = synthetic.study_tables(tmp_path_factory)
    figures = {}
    for name, chart in build_figures(tables, job).items():
        wide = drawn(chart.to_dict(), name)
        figures[name] = Drawing(wide, wide)  # tests/browser/test_phone.py has the narrow ones
    page = render(
        job=job,
        tables=tables,
        figures=figures,
        provenance={"package": "boundary 1", "libraries": {"numpy": "2"}},
        examples=None,
        methods=Methods([Part("Sampling", ["Nothing was sampled."])], "@misc{a}"),
        lead=figures["passk"],
        explorer=EXPLORER,
    )
    (small.parent / "report.html").write_text(page, encoding="utf-8")
    return small.parent
