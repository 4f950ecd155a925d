"""A kind of problems added as one folder and one line, and a file of the user's as verifier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary.store import write_table
from boundary.tables import SAMPLES
from harness import add_toy, copy_repository, in_test_all, places_that_differ, planned, python, run
from parrot import parrot

STUDY = "added.yaml"
FOLDER, REGISTRY = "workflow/boundary/kinds/words", "workflow/boundary/kinds/registry.py"
RESPONSES = ["one two", "one two three", "Answer: yes", "Answer: no"]
#: The same interface, and a problem's metadata.
MINE = """
import contextlib
import json
import polars as pl

GRADER = "mine-1"

@contextlib.contextmanager
def verifier(setting):
    yield judge

def judge(items):
    accepted = [json.loads(text)["accepted"] if text else ["4"] for text in items["metadata"]]
    answers = [text.removeprefix("Answer: ") for text in items["response"]]
    correct = [answer in golds for answer, golds in zip(answers, accepted)]
    return items.select("problem_id", "sample_index").with_columns(
        answer=pl.Series(answers),
        correct=pl.Series(correct),
        verdict=pl.Series(["correct" if right else "wrong" for right in correct]),
    )
"""
PROBLEMS = {
    "lengths": [{"problem_id": str(i), "question": "q", "answer": "2"} for i in range(3)],
    "open": [
        {"problem_id": str(i), "question": "q", "metadata": {"accepted": ["yes", "no"]}}
        for i in range(3)
    ],
}


STUDY_FILE: dict[str, Any] = {
    "study": "added",
    "models": {
        "base": {"source": "file:base", "role": "base"},
        "rl": {"source": "file:rl", "role": "rl", "base": "base"},
    },
    "benchmarks": {
        "lengths": {"source": "file:lengths.jsonl", "kind": "words"},
        "open": {"source": "file:open.jsonl", "kind": "custom", "verifier": "file:mine.py"},
    },
    "protocols": {
        "p": {
            "prompt": "raw",
            "engine": "transformers",
            "max_tokens": 1,
            "n": 16,
            "samples_per_shard": 16,
            "device": "cpu",
        }
    },
    "comparisons": [
        {"base": "base", "other": "rl", "benchmarks": ["lengths", "open"], "protocol": "p"}
    ],
    "analyses": {"bootstrap": 100},
    "figures": ["passk"],
}


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with another kind, and a study of both."""
    folder = copy_repository(tmp_path_factory.mktemp("added") / "repository")
    add_toy(folder, "kind", FOLDER, REGISTRY, "    text,\n", "    words,")
    (folder / "mine.py").write_text(MINE)
    for name, rows in PROBLEMS.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / STUDY).write_text(yaml.safe_dump(STUDY_FILE))
    return folder


@pytest.fixture(scope="module")
def ran(added: Path) -> Path:
    """The copy in which the study has run to its report."""
    for seed, name in enumerate(("base", "rl")):
        parrot(added / name, RESPONSES, seed)
    run(added, config=STUDY)
    return added


def test_one_folder_and_one_line_are_all_that_differs(added: Path) -> None:
    assert places_that_differ(added) == ({FOLDER}, {REGISTRY: ["+     words,"]})


def boundary(folder: Path, *arguments: str) -> None:
    done = python(folder, "-m", "boundary", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("benchmark", "flags", "right"),
    [("lengths", (), [0, 2, 3]), ("open", ("--verifier", "file:mine.py"), [2, 3])],
)
def test_commands_take_it_from_problems_to_scores(
    added: Path, tmp_path: Path, benchmark: str, flags: tuple[str, ...], right: list[int]
) -> None:
    entry = STUDY_FILE["benchmarks"][benchmark]
    spec = {"benchmark": benchmark, "source": entry["source"], "kind": entry["kind"]}
    p, s, v, c = (str(tmp_path / f"{letter}.parquet") for letter in "psvc")
    boundary(added, "check-config", STUDY)
    boundary(added, "problems", "--spec", json.dumps(spec), "--output", p)
    rows = [
        {"problem_id": str(i), "sample_index": j, "response": text}
        for i in range(3)
        for j, text in enumerate(RESPONSES)
    ]
    arm = {"model": "m", "benchmark": benchmark, "protocol": "p"}
    others = {"seed": 1, "n_tokens": 1, "finish_reason": "stop", "logprob_sum": -1.0}
    frame = pl.DataFrame([{**arm, **row, **others} for row in rows])
    write_table(frame, tmp_path / "s.parquet", SAMPLES)
    boundary(added, "verify", "--problems", p, "--samples", s, "--output", v, *flags)
    verdicts = pl.read_parquet(v).filter(problem_id="0").sort("sample_index")
    assert [i for i, correct in enumerate(verdicts["correct"]) if correct] == right
    boundary(added, "score", "--problems", p, "--samples", s, "--verdicts", v, "--output", c)
    assert pl.read_parquet(c)["correct"].to_list() == [len(right)] * 3


@in_test_all
@pytest.mark.parametrize(
    ("benchmark", "grader", "right"),
    [
        ("lengths", "words-1", [0, 2, 3]),
        ("open", "mine-1", [2, 3]),
    ],
)
def test_every_response_has_its_verdict(
    ran: Path, benchmark: str, grader: str, right: list[int]
) -> None:
    verdicts, samples = (
        pl.concat(map(pl.read_parquet, ran.glob(f"results/{stage}/*/{benchmark}-*/**/*.parquet")))
        for stage in ("verdicts", "samples")
    )
    assert verdicts.height == samples.height == 2 * 16 * 3
    assert set(verdicts["grader"]) == {grader}
    expected = samples["response"].is_in([RESPONSES[i] for i in right]).sum()
    assert verdicts["correct"].sum() == expected > 0


@in_test_all
def test_tables_and_report_tell_of_both(ran: Path) -> None:
    folder = ran / "results/studies/added"
    curves = pl.read_parquet(folder / "tables/passk.parquet")
    assert set(curves["benchmark"]) == {"lengths", "open"}
    assert set(pl.read_parquet(folder / "tables/crossovers.parquet")["benchmark"]) == {
        "lengths",
        "open",
    }
    page = (folder / "report.html").read_text()
    assert "lengths" in page and "open" in page and "<pre>Answer: no" in page
    floors = pl.read_parquet(folder / "tables/guess_floor.parquet")
    assert set(floors["benchmark"]) == {"lengths"}  # what is no answer is guessed by nobody


@in_test_all
def test_edited_verifiers_judge_anew_what_was_sampled(ran: Path) -> None:
    for file in ("mine.py", "workflow/boundary/kinds/words/verifier.py"):
        (ran / file).write_text((ran / file).read_text() + "\n# edited\n")
    jobs = planned(ran, config=STUDY)
    assert [job for job in jobs if job.startswith("verify_block")] == [
        f"verify_block verdicts/{model}/{benchmark}/p/00000.parquet"
        for model in ("base", "rl")
        for benchmark in ("lengths", "open")
    ]
    assert not [job for job in jobs if job.startswith(("sample_block", "make_problems"))]
