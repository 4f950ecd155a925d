"""The command that lays finished studies, or comparisons, side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comparison_sides import finished_comparison

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_comparison(tmp_path_factory)


def test_the_page_of_a_comparison_links_its_report(run: Run, finished: Path) -> None:
    output = finished.parent / "o.html"
    done = run("overview", finished, "--output", output, "--title", "T <1>")
    assert (done.code, done.err) == (0, "")
    page = output.read_text(encoding="utf-8")
    assert page.count('href="javascript%3Aalert%28%221%22%29/report.html"') == 2
    assert "<h1>T &lt;1&gt;</h1>" in page and "grpo &lt;b&gt;" in page


def test_a_folder_that_is_no_study_is_refused(run: Run, finished: Path, tmp_path: Path) -> None:
    done = run("overview", tmp_path, "--output", tmp_path / "o.html")
    assert done.code == 2 and "give the folder of a finished study" in done.err
    assert not (tmp_path / "o.html").exists()


def test_what_it_reads_is_not_written_over(run: Run, finished: Path) -> None:
    path = finished / "overview.json"
    before = path.read_bytes()
    done = run("overview", finished, "--output", path)
    assert done.code == 2 and "is an input of this command" in done.err
    assert path.read_bytes() == before
