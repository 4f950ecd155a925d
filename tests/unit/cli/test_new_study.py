"""A study file from flags is whole, checked, and never written over another file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from boundary.config import read_study

Run = Callable[..., Any]
COUNTS = "model,problem,n,correct\na,1,8,3\nb,1,8,5\n"


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the flags of a study of two models of a file of counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.csv").write_text(COUNTS)
    return ["--base", "counts:c.csv#a", "--other", "counts:c.csv#b", "--benchmark", "mine"]


def test_flags_make_a_study_that_is_in_order(run: Run, counts: list[str]) -> None:
    done = run("new-study", "mine.yaml", *counts)
    assert done.code == 0 and "mine.yaml: written and in order" in done.out
    text = Path("mine.yaml").read_text()
    schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert Path(schema).resolve().is_file()
    assert "nothing is sampled" in text.splitlines()[1]
    assert list(read_study(Path("mine.yaml")).models) == ["a", "b"]
    assert run("check-config", "mine.yaml").code == 0
    again = run("new-study", "mine.yaml", *counts)
    assert again.code == 2 and "stands there already" in again.err
    assert Path("mine.yaml").read_text() == text


def test_what_would_be_sampled_tells_its_cost(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    pair = ["--base", "hf:org/one-7B", "--other", "hf:org/two-7B", "--benchmark", "math500"]
    done = run("new-study", file, *pair, "--prompt", "qwen-boxed")
    assert done.code == 0 and "no one has established the revision of hf:org/one-7B" in done.err
    assert "GPU-hours" in file.read_text().splitlines()[1]
    sampled = read_study(file).protocols["p"]
    assert (sampled.temperature, sampled.top_p, sampled.longest, sampled.n) == (
        0.6,
        0.95,
        16_384,
        128,
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "--base: missing, and without a terminal"),
        (["--base", "file:a"], "--other: missing"),
        (["--base", "file:a", "--other", "file:b"], "--benchmark: missing"),
        (
            ["--base", "file:a", "--other", "file:b", "--benchmark", "math500"],
            "--prompt: missing",
        ),
        (
            ["--base", "file:a", "--other", "file:b", "--benchmark", "mine"],
            "give --benchmark mine=SOURCE, such as file:problems.jsonl",
        ),
        (
            [
                *("--base", "hf:a/b", "--other", "hf:a/c", "--benchmark", "math500"),
                *("--prompt", "raw", "--n", "0"),
            ],
            "protocols.p.n: input should be greater than or equal to 1",
        ),
        (
            ["--base", "x", "--other", "file:b", "--benchmark", "math500", "--prompt", "raw"],
            "models.model.source: 'x' names no source kind",
        ),
    ],
)
def test_what_is_missing_or_wrong_writes_nothing(
    run: Run, tmp_path: Path, flags: list[str], message: str
) -> None:
    done = run("new-study", tmp_path / "s.yaml", *flags)
    assert done.code == 2 and message in done.err
    assert list(tmp_path.iterdir()) == []


def test_who_leaves_at_a_question_leaves_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise typer.Abort

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", interrupted)
    done = run("new-study", tmp_path / "s.yaml")
    assert (done.code, done.err) == (130, "")
    assert not any(tmp_path.iterdir())


def test_a_terminal_is_asked(run: Run, counts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["counts:c.csv#a", "counts:c.csv#b", "mine"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda question, default=None: next(answers))
    assert run("new-study", "asked.yaml").code == 0
    flags = run("new-study", "given.yaml", *counts, "--name", "asked")
    assert flags.code == 0
    one, two = (Path(name).read_text().splitlines() for name in ("asked.yaml", "given.yaml"))
    assert one == two
