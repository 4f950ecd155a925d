"""`boundary simulate`: tables, one study as counts, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Callable[..., Any]
SMALL = ("--problems", "20", "--samples", "16", "--replicates", "3", "--bootstrap", "100")


def test_each_truth_is_a_row_and_seeds_draw_others(run: Run) -> None:
    one = run("simulate", "--truth", "new-skill", "--truth", "swapped", *SMALL)
    assert one.code == 0, one.err
    assert "| new skill | 20 | 16 |" in one.out and "| swapped | 20 | 16 |" in one.out
    made = [
        run("simulate", "--truth", "swapped", "--seed", str(seed), "--json", *SMALL).out
        for seed in (0, 0, 1)
    ]
    assert made[0] == made[1] != made[2]
    assert json.loads(made[0])[0]["population"] == "swapped"


def test_one_study_is_written_for_compare(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    done = run("simulate", "--truth", "swapped", *SMALL[:4], "--write", file)
    assert done.code == 0, done.err
    assert pl.read_csv(file).columns == ["model", "problem", "n", "correct"]
    done = run("compare", f"{file}#base", f"{file}#other", "--json", "--bootstrap", "100")
    assert done.code == 0, done.err
    assert json.loads(done.out)["comparisons"][0]["n_problems"] == 20
    run("simulate", "--truth", "swapped", *SMALL[:4], "--stop-after", "4", "--write", file)
    counts = pl.read_csv(file)
    assert counts.select("n_max", "first_look", "stop_after").unique().rows() == [(16, 8, 4)]
    assert set(counts["n"]) == {8, 16}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--truth", "swp"], "no truth 'swp' to simulate; choose identical"),
        (["--write", "c.csv"], "give one --truth"),
        (["--truth", "clusters", "--write", "c.csv"], "counts name no clusters"),
        (["--documented", "--seed", "1"], "--documented: takes --truth"),
        (["--samples", "100", "--stop-after", "8"], "the nearest are 64 or 128"),
    ],
)
def test_what_cannot_be_simulated(run: Run, options: list[str], problem: str) -> None:
    done = run("simulate", *options)
    assert done.code == 2
    assert problem in done.err


def test_documented_designs_end_with_4_where_one_misses_its_bar(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("simulate", "--documented", "--truth", "long-horizon", "--replicates", "3")
    done = run(*asked, "--bootstrap", "100")
    assert done.code == 0, done.err
    monkeypatch.setattr("boundary.simulate.render.lines", lambda _: "!")
    assert run(*asked, "--bootstrap", "100").code == 4
