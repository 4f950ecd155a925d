"""Verdicts on a terminal: all that a line holds, each number beside its side."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from boundary.jobs.pages import Compared, Overview
from boundary.looks import LOOKS, Look, record_looks
from boundary.report.overview import TABLES, lines_of
from boundary.report.several import read_overview
from boundary.running.verdicts import show_lines
from comparison_sides import finished_comparison

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a comparison on two benchmarks."""
    return finished_comparison(tmp_path_factory)


@pytest.fixture(scope="module")
def tables(folder: Path) -> Tables:
    return {name: pl.read_parquet(folder / f"tables/{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def overview(folder: Path) -> Overview:
    return read_overview(folder)


def shown(tables: Tables, overview: Overview, width: int, *, terminal: bool = False) -> str:
    screen = io.StringIO()
    console = Console(file=screen, width=width, force_terminal=terminal)
    show_lines(lines_of(tables, overview), 0.95, console)
    return screen.getvalue()


def test_a_line_holds_what_the_page_holds(tables: Tables, overview: Overview) -> None:
    text = shown(tables, overview, 300)
    heads = ("pass@1", "pass@K", "k×, D(K)", "M = 120", "M = 12", "⚠ no claim", "95 %")
    assert all(word in text for word in heads)
    for line in lines_of(tables, overview):
        for part in (line.title, line.tag, line.crossing, line.difference, *line.guards):
            assert part in text
        for side in line.sides:
            assert any(
                all(
                    part in row
                    for part in (side["mark"], side["name"], side["first"], side["last"])
                )
                for row in text.splitlines()
            )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_width_is_respected_and_nothing_is_cut(
    tables: Tables, overview: Overview, width: int
) -> None:
    text = shown(tables, overview, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text.replace("∞", "")


def test_colour_is_for_terminals_and_escapes_are_never_obeyed(
    tables: Tables, overview: Overview
) -> None:
    assert "\x1b" not in shown(tables, overview, 100)
    assert "\x1b[" in shown(tables, overview, 100, terminal=True)
    pairs = {name: Compared(title="\x1b[2J[red]x") for name in tables["crossovers"]["comparison"]}
    text = shown(tables, overview.model_copy(update={"pairs": pairs}), 300)
    assert "\x1b" not in text and "⟨U+001B⟩[2J[red]x" in text


def test_the_command_prints_them(folder: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    done = run("verdicts", folder)
    assert (done.code, done.err) == (0, "") and "◆ grpo <b>" in done.out
    refused = run("verdicts", tmp_path)
    assert refused.code == 2 and "give the folder of a finished study" in refused.err


def test_a_verdict_seen_at_a_smaller_n_has_a_mark_and_a_footnote(
    folder: Path, tmp_path: Path, tables: Tables, run: Callable[..., Any]
) -> None:
    study = Path(shutil.copytree(folder, tmp_path / "study"))
    row = tables["crossovers"].row(0, named=True)
    now = Look(row["comparison"], row["benchmark"], "a", "b", "g", 4, row["verdict"], None)
    record_looks(study / LOOKS, [replace(now, n=2, verdict="undetermined"), now])
    out = " ".join(run("verdicts", study).out.split())
    assert f"‡ {row['comparison']} on {row['benchmark']}: n was raised" in out
    assert "from 2 to 4 after a verdict had been seen (undetermined at 2)" in out
    assert out.count("‡") == 2
    run("overview", study, "--output", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("‡") == 2 and "n was raised from 2 to 4" in page
    assert "‡" not in run("verdicts", folder).out
