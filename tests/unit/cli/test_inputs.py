"""No command writes over what it reads, by whatever name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Callable[..., Any]
Scores = Callable[..., Path]
CORRECT = [1, 2, 0, 8]


@pytest.fixture
def scores(score_file: Scores) -> Path:
    return score_file("base", CORRECT)


def other_name(path: Path, how: str) -> Path:
    """Return another name of a file."""
    if how == "the same":
        return path
    if how == "relative":
        return path.parent / ".." / path.parent.name / path.name
    other = path.with_name("other.parquet")
    os.link(path, other) if how == "hard link" else other.symlink_to(path)
    return other


@pytest.mark.parametrize("how", ["the same", "relative", "hard link", "link"])
def test_an_output_that_is_an_input_is_refused(run: Run, scores: Path, how: str) -> None:
    before = scores.read_bytes()
    output = other_name(scores, how)
    done = run("passk", "--scores", scores, "--output", output)
    assert done.code == 2
    assert "is an input of this command" in done.err
    assert "would be overwritten. Nothing was changed; give another --output." in done.err
    assert scores.read_bytes() == output.read_bytes() == before


COMMANDS: dict[str, list[str]] = {
    "passk": ["--scores"],
    "crossover": ["--base", "--other"],
    "verify": ["--problems", "--samples"],
    "score": ["--problems", "--samples", "--verdicts"],
    "likelihood": ["--problems", "--samples"],
    "sample": ["--problems"],
    "counts": ["--csv"],
    "chains judge": ["--items"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_keeps_each_of_its_inputs(run: Run, scores: Path, command: str) -> None:
    before = scores.read_bytes()
    for kept in COMMANDS[command]:
        files = []
        for option in COMMANDS[command]:
            path = scores if option == kept else scores.with_name("another.parquet")
            files += [option, str(path)]
        pl.DataFrame({"a": [1]}).write_parquet(scores.with_name("another.parquet"))
        spec = [] if command in ("passk", "crossover", "verify", "score") else ["--spec", "{}"]
        cache = ["--cache", scores.parent / "cache"] if command == "chains judge" else []
        done = run(*command.split(), *files, *spec, *cache, "--output", scores)
        assert (done.code, "is an input of this command" in done.err) == (2, True), done.err
        assert scores.read_bytes() == before


def test_a_file_that_a_spec_names_is_an_input(run: Run, tmp_path: Path) -> None:
    rows = [{"problem_id": "a", "question": "q", "answer": "1"}]
    path = tmp_path / "p.parquet"
    pl.DataFrame(rows).write_parquet(path)
    before = path.read_bytes()
    spec = json.dumps({"benchmark": "b", "source": f"file:{path}"})
    done = run("problems", "--spec", spec, "--output", path)
    assert done.code == 2
    assert "is an input of this command" in done.err
    assert path.read_bytes() == before
    assert run("problems", "--spec", spec, "--output", tmp_path / "out.parquet").code == 0


def test_a_folder_of_outputs_keeps_the_inputs_in_it(run: Run, tmp_path: Path) -> None:
    """Of several tables one would have the name of an input."""
    path = tmp_path / "likelihoods.parquet"
    row = {
        **dict.fromkeys(("scorer", "source_model", "benchmark", "protocol", "problem_id"), "x"),
        **{"sample_index": 0, "n_tokens": 3, "logprob_sum": -1.0, "perplexity": 1.4},
    }
    pl.DataFrame([row]).write_parquet(path)
    before = path.read_bytes()
    verdict = {"problem_id": "x", "sample_index": 0, "answer": "1", "verdict": "correct"}
    verdict |= {"correct": True, "grader": "g", "detail": None}
    pl.DataFrame([verdict]).write_parquet(tmp_path / "V.parquet")
    arm = dict.fromkeys(("model", "benchmark", "protocol"), "x")
    arm["verdicts"] = [str(tmp_path / "V.parquet")]
    spec = json.dumps({"arms": [arm], "bootstrap": 100, "confidence": 0.95})
    done = run("perplexity", "--likelihoods", path, "--spec", spec, "--output", tmp_path)
    assert (done.code, "is an input of this command" in done.err) == (2, True), done.err
    assert path.read_bytes() == before


def test_a_name_of_another_format_is_refused_before_any_work(run: Run, scores: Path) -> None:
    output = scores.with_name("K.csv")
    done = run("passk", "--scores", scores, "--output", output)
    assert done.code == 2
    assert "a table is written as Parquet" in done.err
    assert f"Give {output.with_suffix('.parquet')}." in done.err
    assert not output.exists()


def test_the_csv_of_another_model_stays(run: Run, scores: Path) -> None:
    for name in ("qwen2.5", "qwen2.7"):
        assert run("passk", "--scores", scores, "--output", scores.with_name(name)).code == 0
    assert sorted(path.name for path in scores.parent.glob("qwen*")) == [
        *("qwen2.5", "qwen2.5.csv", "qwen2.7", "qwen2.7.csv"),
    ]


def test_an_input_may_have_the_name_of_the_csv(run: Run, scores: Path) -> None:
    """Counts lie as K.csv, and their curve is to be K.parquet: the counts would be lost."""
    counts = scores.with_name("K.csv")
    counts.write_text("model,problem,n,correct\n")
    done = run("passk", "--scores", scores, "--output", scores.with_name("K.parquet"))
    assert done.code == 2
    assert counts.read_text() == "model,problem,n,correct\n"
    assert not scores.with_name("K.parquet").exists()
