"""Arms of responses that another tool made: their files, identity, jobs and what is offered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boundary.errors import ConfigError
from boundary.estimate.stages import stages
from boundary.kinds import grader_digest
from boundary.plan import Plan, page_specs, plan_study, specs
from boundary.plan.analyses import active, analysis_jobs, figures_of
from imported_files import rows, study, write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("base", "rl"):
        write(Path(f"{name}.jsonl"), rows(name))
    Path("c.csv").write_text("model,problem,n,correct\nrl,p0,4,1\n", encoding="utf-8")


def plan(**changes: Any) -> Plan:
    raw = study(base={"source": "import:base.jsonl"}, rl={"source": "import:rl.jsonl"})
    raw["models"]["rl"] |= changes.pop("rl", {})
    return plan_study(raw | changes, "study.yaml")


def test_files_of_an_arm_that_is_graded() -> None:
    arm = plan().arms[1]
    grader = grader_digest("math", "isolated", "any", 0.0, None)
    assert arm.problems == f"results/imports/{arm.folder}/problems.parquet"
    assert arm.samples() == arm.samples(1) == [f"results/imports/{arm.folder}/00000.parquet"]
    assert arm.verdicts() == [f"results/verdicts/{arm.folder}/{grader}/00000.parquet"]
    assert arm.scores == f"results/scores/{arm.folder}/imported-{grader}.parquet"
    assert (arm.n, arm.shard, arm.sampled, arm.imported, arm.published) == (
        0,
        0,
        False,
        True,
        False,
    )


@pytest.mark.parametrize("change", [{"reading": {"trust": "theirs"}}, {"source": "import:c.csv"}])
def test_an_arm_that_counts_by_its_files_has_scores_alone(change: dict[str, Any]) -> None:
    arm = plan(rl=change).arms[1]
    assert arm.scores == f"results/scores/{arm.folder}/imported-theirs.parquet"
    assert arm.published and arm.samples() == arm.verdicts() == []


def test_what_tells_two_imports_apart() -> None:
    def label(**change: Any) -> str:
        return plan(rl=change).identity.model_label("rl")

    first = label()
    write(Path("b/rl.jsonl"), rows("rl"))
    assert label(source="import:b/rl.jsonl") == first, "content and name, and not the folder"
    assert label(citation="c", caution="d", settings={"t": 1}) == first
    assert label(reading={"trust": "ours"}) == first, "a key at its default"
    assert label(reading={"problems": "file"}) == first, "which problems grade is no response's"
    others = {
        label(source="import:base.jsonl"),
        label(source="import:rl.jsonl#other"),
        label(reading={"trust": "theirs"}),
        label(reading={"benchmarks": {"sums": "other"}}),
    }
    write(Path("rl.jsonl"), rows("rl", n=5))
    assert len({first, *others, label()}) == 6


def test_spec_of_an_import() -> None:
    change = {
        "source": "import:rl.jsonl#qwen",
        "citation": "c",
        "n": 8,
        "reading": {"benchmarks": {"sums": "addition"}, "fields": {"gold": "gold"}},
    }
    made = plan(rl=change)
    spec = json.loads(specs.import_spec(made, made.arms[1].folder))
    assert len(spec.pop("sha256")) == 64
    assert spec == {
        "model": "rl",
        "benchmark": "sums",
        "protocol": "imported",
        "path": "rl.jsonl",
        "name": "qwen",
        "named": "addition",
        "format": None,
        "fields": {"gold": "gold"},
        "kind": "math",
        "problems": None,
        "known": None,
        "n": 8,
        "citation": "c",
        "settings": None,
        "caution": None,
    }
    score = json.loads(specs.score_spec(made, made.arms[1].folder, 0))
    assert score["n"] is None and score["samples"]["blocks"] == 1


def test_a_benchmark_of_the_registry_has_a_known_number_of_problems() -> None:
    raw = study(base={"source": "import:base.jsonl"}, rl={"source": "import:rl.jsonl"})
    raw["benchmarks"] = {"math500": {}}
    raw["comparisons"][0]["benchmarks"] = ["math500"]
    made = plan_study(raw, "study.yaml")
    spec = json.loads(specs.import_spec(made, made.arms[0].folder))
    assert (spec["known"], spec["kind"], spec["problems"]) == (500, "math", None)


def test_problems_of_the_benchmark() -> None:
    Path("sums.jsonl").write_text("{}\n", encoding="utf-8")
    made = plan(benchmarks={"sums": {"kind": "math", "source": "file:sums.jsonl"}})
    arm = made.arms[0]
    table = f"results/problems/{arm.folder.split('/')[1]}.parquet"
    assert made.benchmark_problems(arm) == table
    assert json.loads(specs.import_spec(made, arm.folder))["problems"] == table
    assert stages(made).counts["make_problems"].all == 1


def test_jobs() -> None:
    counts = {rule: count.all for rule, count in stages(plan()).counts.items()}
    assert counts == {
        "import_arm": 2,
        "verify_block": 2,
        "score_import": 2,
        "analyse_study": 1,
        "analyse_audit": 1,
        "analyse_guess_floor": 1,
        "draw_figures": 1,
        "write_report": 1,
        "write_explorer": 1,
        "bundle_report": 1,
    }
    counts = {r: c.all for r, c in stages(plan(rl={"source": "counts:c.csv"})).counts.items()}
    assert (counts["import_arm"], counts["read_counts"]) == (1, 1)
    theirs = {"reading": {"trust": "theirs"}}
    assert stages(plan(rl=theirs)).counts["import_scores"].all == 1


def test_no_analysis_reads_responses_that_are_not_there() -> None:
    theirs = {"trust": "theirs"}
    raw = study(
        base={"source": "import:base.jsonl", "reading": theirs},
        rl={"source": "import:rl.jsonl", "reading": theirs},
    )
    made = plan_study(raw, "study.yaml")
    assert {entry.needs for entry in active(made)} == {"scores"}
    assert [job.rule for job in analysis_jobs(made)] == ["analyse_study"]
    assert json.loads(page_specs.report_spec(made))["arms"] == []


GRADED = {
    "ours and theirs": (
        {"reading": {"trust": "theirs"}},
        "verdicts of rl are those of its files, judged by a grader of their own",
    ),
    "ours and counts": (
        {"source": "counts:c.csv"},
        "counts of rl are as published, judged by a grader of their own",
    ),
    "ours": ({}, None),
}


@pytest.mark.parametrize("case", GRADED)
def test_who_judged(case: str) -> None:
    change, words = GRADED[case]
    made = plan(rl=change)
    (row,) = json.loads(specs.analysis_spec(made, analysis_jobs(made)[0]))["comparisons"]
    assert row["grading"] == words


def test_verdicts_of_two_files() -> None:
    raw = study(
        base={"source": "import:base.jsonl", "reading": {"trust": "theirs"}},
        rl={"source": "counts:c.csv"},
    )
    made = plan_study(raw, "study.yaml")
    (row,) = json.loads(specs.analysis_spec(made, analysis_jobs(made)[0]))["comparisons"]
    assert row["grading"] == "verdicts come from two sources, each with a grader of its own"


def test_nothing_is_estimated_and_nothing_warned_of() -> None:
    assert plan().warnings() == []
    assert plan().weights == {}


def test_a_figure_is_drawn_by_its_name_where_it_is_drawn_by_default() -> None:
    drawn = [figure.name for figure in figures_of(plan()).values()]
    assert "grading" in drawn
    assert [figure.name for figure in figures_of(plan(figures=drawn)).values()] == drawn
    counted = {"reading": {"trust": "theirs"}}
    both = {name: {"source": f"import:{name}.jsonl"} | counted for name in ("base", "rl")}
    with pytest.raises(ConfigError, match=r"'grading' is of responses.* has scores alone"):
        plan_study(study(**both) | {"figures": ["grading"]}, "study.yaml")
