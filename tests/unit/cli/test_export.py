"""`boundary export` of a finished study of counts, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
COUNTS = "model,problem,n,correct\na,1,8,3\na,2,8,0\nb,1,8,5\nb,2,8,8\n"
STUDY = """\
study: s
models:
  a: {source: "counts:c.csv", role: base}
  b: {source: "counts:c.csv", role: rl, base: a}
benchmarks: {mine: {}}
comparisons: [{base: a, other: b, benchmarks: [mine]}]
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a study of counts whose scores are not made."""
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text(COUNTS)
    file = Path("s.yaml")
    file.write_text(STUDY)
    return file


def test_counts_of_a_study_are_those_that_it_was_made_of(finished: Path, run: Run) -> None:
    done = run("export", finished, "--to", "counts", "--output", "out")
    assert done.code == 0 and "2 arms of s" in done.out
    text = Path("out/published.csv").read_text()
    assert text.replace("mine,", "").replace("benchmark,", "") == COUNTS


@pytest.fixture
def stopped(study: Path, request: pytest.FixtureRequest) -> Path:
    """Return the study with scores in which problems of one model stopped early."""
    head, *rows = COUNTS.splitlines()
    ends = {"a,1,8,3": "a,1,4,3,8,4,2", "a,2,8,0": "a,2,8,0,8,4,2"}
    lines = [head + ",n_max,first_look,stop_after", *(ends.get(row, row + ",,,") for row in rows)]
    Path("c.csv").write_text("\n".join([*lines, ""]))
    finished: Path = request.getfixturevalue("finished")
    return finished


def test_counts_come_back_with_the_rule_by_which_problems_stopped(stopped: Path, run: Run) -> None:
    done = run("export", stopped, "--to", "counts", "--output", "out")
    assert done.code == 0, done.err
    text = Path("out/published.csv").read_text()
    assert text.replace("mine,", "").replace("benchmark,", "") == Path("c.csv").read_text()


def test_a_form_without_place_for_the_rule_is_refused(stopped: Path, run: Run) -> None:
    done = run("export", stopped, "--to", "passk_inference", "--output", "out")
    assert done.code == 2 and "problems of published/mine/a stopped early" in done.err
    assert "counts, hugging_face and wandb hold it" in done.err and not Path("out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--to", "excel", "--output", "out"], "--to excel: there is no such form; there are"),
        (["--to", "lm_eval", "--output", "out"], "has no responses, which lm_eval holds"),
        (["--to", "counts", "--output", "."], "is there and not empty"),
    ],
)
def test_what_cannot_be_written_is_refused(
    finished: Path, run: Run, more: list[str], message: str
) -> None:
    done = run("export", finished, *more)
    assert done.code == 2 and message in done.err
    assert not Path("out").exists()


def test_an_unfinished_study_names_what_is_missing(study: Path, run: Run) -> None:
    done = run("export", study, "--to", "counts", "--output", "out")
    assert done.code == 2 and "is not there yet" in done.err and "results/scores/a-" in done.err
