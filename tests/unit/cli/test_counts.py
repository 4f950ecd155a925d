"""Published counts: scores, and provenance that tells the source's settings and none of ours."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.store import read_provenance, read_table
from boundary.tables import SCORES

Run = Callable[..., Any]
COUNTS = "model,problem,n,correct\nx,1,4,2\nx,2,4,0\ny,1,4,4\ny,2,4,1\n"
NO_PAIRS = '{"comparisons": []}'
STATED = {
    "citation": "Who, where",
    "settings": {"engine": "vLLM 0.6.3", "seeds": [1, 2]},
    "caution": "problem 2 may be grading",
}


@pytest.fixture
def counted(run: Run, tmp_path: Path) -> list[Path]:
    """Scores of two models, of which the study states where the first one's come from."""
    (tmp_path / "c.csv").write_text(COUNTS)
    paths = []
    for name, stated in (("x", STATED), ("y", {})):
        spec = {"model": f"model-{name}", "name": name, "benchmark": "b", "protocol": "p", **stated}
        paths.append(tmp_path / f"{name}.parquet")
        arguments = ["--spec", json.dumps(spec), "--csv", tmp_path / "c.csv", "--n", 4]
        assert run("counts", *arguments, "--output", paths[-1]).code == 0
    return paths


def test_counts_become_scores(run: Run, counted: list[Path], tmp_path: Path) -> None:
    frame = read_table(counted[0], SCORES)
    found = frame.select("model", "problem_id", "correct").rows()
    assert found == [("model-x", "1", 2), ("model-x", "2", 0)]
    spec = '{"model": "m", "name": "x", "benchmark": "b", "protocol": "p"}'
    arguments = ["--csv", tmp_path / "c.csv", "--output", tmp_path / "s.parquet"]
    assert run("counts", "--spec", spec, *arguments, "--n", 8).code == 2


@pytest.mark.parametrize(
    ("command", "made"),
    [
        (["passk", "--scores", 0, "--scores", 1, "--output", "t.parquet"], "t.parquet"),
        (["crossover", "--base", 0, "--other", 1, "--output", "t.parquet"], "t.parquet"),
        (
            ["analyse", "--spec", NO_PAIRS, "--scores", 0, "--scores", 1, "--output", "t"],
            "t/passk.parquet",
        ),
    ],
)
def test_tables_tell_where_counts_come_from(
    run: Run, counted: list[Path], tmp_path: Path, command: list[Any], made: str
) -> None:
    file = tmp_path / "c.csv"
    bare = {"file": str(file), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    assert read_provenance(counted[0])["counts"] == {
        "model": "model-x",
        "benchmark": "b",
        "name": "x",
        **bare,
        **STATED,
    }
    filled = [counted[word] if isinstance(word, int) else word for word in command]
    place = filled.index("--output") + 1
    filled[place] = tmp_path / filled[place]
    done = run(*filled)
    assert done.code == 0, done.err
    assert read_provenance(tmp_path / made)["counts"] == {
        "model-x on b": {"name": "x", **bare, **STATED},
        "model-y on b": {"name": "y", **bare},
    }


def test_libraries_are_those_that_the_process_ran() -> None:
    """No torch made a table of counts, though one is installed."""
    code = "import polars; from boundary.store import provenance; print(*provenance()['libraries'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "polars" in done.stdout
    assert not {"torch", "transformers", "scipy"} & set(done.stdout.split())
