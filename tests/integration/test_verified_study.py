"""A study of mathematics and programs, sampled, verified and reported for real."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from boundary.comparison_tables import GRADING_RULES, THEIRS
from harness import copy_repository, need_tool, planned, run
from parrot import parrot

STUDY = "config/studies/verified.yaml"
MATHEMATICS = {
    r"So it is \boxed{4}.": "correct",
    r"So it is \boxed{5}.": "wrong",
    "It must be 4": "no_answer",
    r"Either \boxed{3 \text{ or } 4}": "wrong",
}
PROGRAMS = {
    "```python\ndef square(x):\n    return x * x\n```": "correct",
    "```python\ndef square(x):\n    return x + x\n```": "wrong",
    "```python\ndef square(x):\n    while True: pass\n```": "timeout",
    "```python\nimport os\ndef square(x):\n    os._exit(0)\n```": "error",
    "```python\nclass Same:\n    __eq__ = lambda *_: True\ndef square(x):\n    return Same()\n"
    "```": "violation",
}
TESTS = {
    "style": "function",
    "entry_point": "square",
    "cases": [{"args": [x], "expected": x * x} for x in range(2, 6)],
}


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which the study has run to its report."""
    need_tool("bwrap", "bubblewrap")
    folder = copy_repository(tmp_path_factory.mktemp("verified") / "repository")
    for seed, name in enumerate(("base", "rl")):
        parrot(folder / name, [*MATHEMATICS, *PROGRAMS], seed)
    for name, rows in {
        "sums": [{"problem_id": str(i), "question": "q", "answer": "4"} for i in range(3)],
        "squares": [
            {"problem_id": i, "question": "q", "kind": "code", "tests": TESTS} for i in ("0", "1")
        ],
    }.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    study = {
        "study": "verified",
        "models": {
            "base": {"source": "file:base", "role": "base"},
            "rl": {"source": "file:rl", "role": "rl", "base": "base"},
        },
        "benchmarks": {
            "sums": {"source": "file:sums.jsonl"},
            "squares": {"source": "file:squares.jsonl", "kind": "code"},
        },
        "protocols": {
            "p": {
                "prompt": "raw",
                "engine": "transformers",
                "max_tokens": 1,
                "n": 32,
                "samples_per_shard": 32,
                "device": "cpu",
            }
        },
        "comparisons": [
            {"base": "base", "other": "rl", "benchmarks": ["sums", "squares"], "protocol": "p"}
        ],
        "analyses": {"bootstrap": 100, "chains": {"below": 1.0}},
        # The smoke study draws all others.
        "figures": ["passk", "grading", "cot", "format_gain", "guess"],
    }
    (folder / STUDY).write_text(yaml.safe_dump(study))
    run(folder, config=STUDY)
    return folder


def judged(folder: Path, benchmark: str) -> pl.DataFrame:
    """Return responses beside their verdicts."""
    parts = []
    for path in sorted(folder.glob(f"results/samples/*/{benchmark}-*/*/*.parquet")):
        (verdicts,) = folder.glob(
            f"results/verdicts/{path.parent.relative_to(folder / 'results/samples')}/*/{path.name}"
        )
        keys = ["problem_id", "sample_index"]
        parts.append(pl.read_parquet(path).join(pl.read_parquet(verdicts), on=keys))
    return pl.concat(parts)


@pytest.mark.parametrize(("benchmark", "expected"), [("sums", MATHEMATICS), ("squares", PROGRAMS)])
def test_every_response_has_its_verdict(
    verified: Path, benchmark: str, expected: dict[str, str]
) -> None:
    rows = judged(verified, benchmark)
    assert rows.height == 2 * 32 * (3 if benchmark == "sums" else 2)
    found = rows.group_by("response").agg(pl.col("verdict").unique().sort())
    known = {response: verdicts for response, verdicts in found.iter_rows() if response in expected}
    assert known == {response: [expected[response]] for response in known}
    assert len(known) >= len(expected) - 1  # each is drawn some hundred times
    others = set(rows.filter(~pl.col("response").is_in(list(expected)))["verdict"])
    assert "correct" not in others


def test_rows_say_which_sandbox_ran_them(verified: Path) -> None:
    assert set(judged(verified, "squares")["sandbox"].drop_nulls()) <= {"bubblewrap", "namespaces"}


def test_tables_say_what_was_tried(verified: Path) -> None:
    tables = verified / "results/studies/verified/tables"
    audit = pl.read_parquet(tables / "audit.parquet")
    assert set(audit["model"]) == {"base", "rl"}
    assert audit["responses"].sum() > 0
    grading = pl.read_parquet(tables / "grading.parquet")
    assert set(grading["rule"]) == {*GRADING_RULES} - {THEIRS}, "nothing was imported"
    lenient, strict = (
        pl.read_parquet(tables / f"{name}.parquet").filter(benchmark="sums", k=1)["pass_at_k"].sum()
        for name in ("passk_lenient", "passk")
    )
    assert lenient > strict  # "It must be 4" has the number and no box


def test_a_finished_study_has_nothing_to_do(verified: Path) -> None:
    assert planned(verified, config=STUDY) == []


def test_an_edited_grader_verifies_its_own_kind_anew(verified: Path) -> None:
    module = verified / "workflow/boundary/verify/code/__init__.py"
    before = module.read_text()
    try:
        module.write_text(before + "\n# edited\n")
        jobs = planned(verified, config=STUDY)
    finally:
        module.write_text(before)
    assert [job for job in jobs if job.startswith("verify_block")] == [
        f"verify_block verdicts/{model}/squares/p/00000.parquet" for model in ("base", "rl")
    ]
    assert not [job for job in jobs if job.startswith("sample_block")]


def test_a_filled_sheet_makes_its_curve_and_no_more(verified: Path) -> None:
    chains = verified / "results/studies/verified/chains"
    assert "So it is" in (chains / "sheet.html").read_text()
    rows = pl.read_csv(chains / "sheet.csv", infer_schema=False)
    assert rows.height >= 1
    filled = rows.with_columns(judgement=pl.lit("valid"), judge=pl.lit("ann"))
    filled.write_csv(verified / "ann.csv")
    study = yaml.safe_load((verified / STUDY).read_text())
    study["analyses"]["chains"]["sheet"] = "ann.csv"
    study["figures"] = ["passk", "cot"]
    judged = "config/studies/judged.yaml"
    (verified / judged).write_text(yaml.safe_dump(study))
    path = "studies/verified"
    assert planned(verified, config=judged) == sorted(
        [
            "all",
            f"read_sheets {path}/tables/chain_labels.parquet",
            f"analyse_cot {path}/tables/chains.parquet",
            f"draw_figures {path}/figures/passk.svg",
            f"write_report {path}/report.html",
            f"bundle_report {path}/report.zip",
        ]
    )
    run(verified, config=judged)
    curves = pl.read_parquet(verified / f"results/{path}/tables/passk_cot.parquet")
    assert {"answer", "arithmetic", "human"} <= set(curves["rule"])
