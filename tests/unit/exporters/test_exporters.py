"""What is exported is read back as it was: counts, verdicts, responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.comparison.side import PROTOCOL
from boundary.exporters.arm import ExportedArm
from boundary.exporters.registry import EXPORTERS
from boundary.importers.collect import Arm, collect
from boundary.importers.record import Request, Tally
from boundary.importers.registry import choose

Run = Callable[..., Any]
#: Hostile in each place where a form could break: quotes, line ends, separators, markup.
RESPONSES = [
    ("q1", r"so \boxed{4}", 4),
    ("q1", 'a "quote",\n\u2028 <script>|</script> \\boxed{5}', 4),
    ("q2|x", "nothing", 7),
    ("q2|x", r"\boxed{7}", 7),
]


@pytest.fixture
def arm(run: Run, tmp_path: Path) -> ExportedArm:
    """Return an arm of four responses, two of them right, as the pipeline's commands make it."""
    rows = [
        {"id": name, "question": f"what is {name}?", "response": text, "answer": str(gold)}
        for name, text, gold in RESPONSES
    ]
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = tmp_path / "made"
    problems, samples = made / "problems.parquet", made / "00000.parquet"
    verdicts, scores = made / "verdicts.parquet", made / "scores.parquet"
    given = ["--problems", problems, "--samples", samples]
    for command in (
        ["import", file, "--benchmark", "sums", "--output", made],
        ["verify", *given, "--output", verdicts],
        ["score", *given, "--verdicts", verdicts, "--output", scores],
    ):
        done = run(*command)
        assert done.code == 0, done.err
    return ExportedArm(
        "mine",
        "sums",
        PROTOCOL,
        "import:mine.jsonl",
        {},
        scores,
        problems,
        (samples,),
        (verdicts,),
    )


def exported(arm: ExportedArm, name: str, folder: Path) -> Path:
    EXPORTERS[name].write([arm], folder, "s")
    return folder


def imported(path: Path, scratch: Path) -> Arm:
    """Return the only arm of what was exported."""
    chosen = choose(path)
    batches = chosen.read(Request(), Tally())
    (arm,) = collect(
        batches,
        chosen.importer.offers,
        scratch,
        model="mine",
        benchmark="sums",
        tally=Tally(),
    )
    return arm


@pytest.mark.parametrize("name", ["counts", "passk_inference"])
def test_counts_come_back(arm: ExportedArm, name: str, tmp_path: Path) -> None:
    back = imported(exported(arm, name, tmp_path / "out"), tmp_path / "scratch")
    assert (back.model, back.benchmark) == ("mine", "sums")
    rows = back.counts.select("problem_id", "n", "correct").sort("problem_id").rows()
    assert rows == [("q1", 2, 1), ("q2|x", 2, 1)]


def test_documents_of_lm_eval_come_back(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "lm_eval", tmp_path / "out")
    back = imported(folder, tmp_path / "scratch")
    assert (back.model, back.benchmark) == ("mine", "sums")
    texts = pl.concat(pl.read_parquet(shard) for shard in back.shards)["response"].to_list()
    assert texts == [text for _, text, _ in RESPONSES]
    golds = [texts[1] for texts in back.problems.values()]
    assert golds == ["4", "7"]
    (line, _) = next(folder.rglob("samples_*.jsonl")).read_text().split("\n", 1)
    assert json.loads(line)["exact_match"] == 0.5
    (results,) = folder.rglob("results_*.json")
    # Two problems of one half: their standard error is 0.
    assert json.loads(results.read_text())["results"]["sums"] == {
        "alias": "sums",
        "exact_match,none": 0.5,
        "exact_match_stderr,none": 0.0,
    }


def test_lines_of_every_eval_ever_hold_each_response(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "every_eval_ever", tmp_path / "out")
    (samples,) = folder.rglob("*_samples.jsonl")
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    assert [row["output"]["raw"] for row in rows] == [[text] for _, text, _ in RESPONSES]
    assert [row["evaluation"]["is_correct"] for row in rows] == [True, False, False, True]
    (aggregate,) = folder.rglob("*.json")
    whole = json.loads(aggregate.read_text())
    assert whole["detailed_evaluation_results"]["total_rows"] == len(rows)
    assert {row["evaluation_id"] for row in rows} == {whole["evaluation_id"]}
    assert (
        samples.relative_to(folder).as_posix()
        == (whole["detailed_evaluation_results"]["file_path"])
    )
    assert whole["evaluation_results"][0]["score_details"]["score"] == 0.5


def test_the_hub_folder_has_no_question_and_no_gold(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "hugging_face", tmp_path / "out")
    rows = pl.read_parquet(next((folder / "responses").iterdir()))
    assert rows["response"].to_list() == [text for _, text, _ in RESPONSES]
    assert rows["correct"].to_list() == [True, False, False, True]
    assert not {"question", "gold"} & set(rows.columns)
    card = (folder / "README.md").read_text()
    assert "| mine | import:mine.jsonl | sums | imported | 2 | 4 | 2 |" in card
    scores_only = exported(replace(arm, samples=(), verdicts=()), "hugging_face", tmp_path / "two")
    assert not (scores_only / "responses").exists()


def test_an_export_is_the_same_to_the_byte(arm: ExportedArm, tmp_path: Path) -> None:
    for name in EXPORTERS:
        one, two = (exported(arm, name, tmp_path / f"{name}{i}") for i in (1, 2))
        files = [sorted(p.relative_to(at) for p in at.rglob("*")) for at in (one, two)]
        assert files[0] == files[1]
        assert all(
            (one / f).is_dir() or (one / f).read_bytes() == (two / f).read_bytes() for f in files[0]
        )


def test_the_hub_form_takes_counts_alone(arm: ExportedArm) -> None:
    assert {name for name, each in EXPORTERS.items() if each.texts} == {
        "every_eval_ever",
        "lm_eval",
    }
    assert arm.pass_at_1 == (0.5, 0.0)
