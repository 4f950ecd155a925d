"""`boundary plan-n` of a finished study of counts, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Callable[..., Any]
STUDY = """\
study: s
models:
  a: {source: "counts:c.csv", role: base}
  b: {source: "counts:c.csv", role: rl, base: a}
benchmarks: {mine: {}, few: {}}
comparisons: [{base: a, other: b, benchmarks: [mine, few]}]
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a study of counts whose scores are not made."""
    monkeypatch.chdir(tmp_path)
    draws = np.random.default_rng(1)
    rows = ["model,benchmark,problem,n,correct"]
    for benchmark, m in (("mine", 60), ("few", 3)):
        for model, rate in (("a", 0.3), ("b", 0.4)):
            counts = draws.binomial(8, rate, m)
            rows += [f"{model},{benchmark},{index},8,{c}" for index, c in enumerate(counts)]
    Path("c.csv").write_text("\n".join(rows) + "\n")
    file = Path("s.yaml")
    file.write_text(STUDY)
    return file


def test_each_design_is_a_line_and_small_sets_are_refused(finished: Path, run: Run) -> None:
    done = run("plan-n", finished, "--problems", "240,60", "--samples", "8,32")
    assert done.code == 0, done.err
    lines = [line.strip() for line in done.out.splitlines()]
    designs = [line.split(":")[0] for line in lines if " problems, n = " in line]
    assert designs == [
        "60 problems, n = 8",
        "60 problems, n = 32",
        "240 problems, n = 8",
        "240 problems, n = 32",
        "the same problems, n = 8",
        "the same problems, n = 32",
    ]
    assert "M = 3, 3 of them independent, n = 8: too few to plan from." in lines
    assert "other-ahead-to-K with an assurance of " in done.out


@pytest.mark.parametrize("numbers", ["", "12;13", "1", "2e3", "2,,3", "1000001", "9" * 5_000])
def test_numbers_are_read_strictly(finished: Path, run: Run, numbers: str) -> None:
    done = run("plan-n", finished, "--problems", numbers)
    assert done.code == 2 and "give numbers from 2 to 1,000,000" in done.err


def test_an_unfinished_study_names_what_is_missing(study: Path, run: Run) -> None:
    done = run("plan-n", study)
    assert done.code == 2 and "snakemake scores --configfile s.yaml" in done.err
