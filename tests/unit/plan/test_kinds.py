"""What the problems of an arm are and where its responses come from, apart."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from boundary.config import read_study
from boundary.config.problems import kind_of, problems_of
from boundary.config.study import Benchmark
from boundary.plan import Plan, page_specs
from boundary.plan.analyses import active
from boundary.plan.arms import COUNTS, SAMPLED

ROOT = Path(__file__).resolve().parents[3]
Planned = Callable[..., Plan]
PUBLISHED = "config/studies/math500_published.yaml"


def test_responses_are_sampled_or_counted(plan: Planned) -> None:
    assert {(arm.kind, arm.source) for arm in plan().arms} == {("lab", SAMPLED)}
    found = Plan(read_study(ROOT / PUBLISHED))
    assert {(arm.kind, arm.source) for arm in found.arms} == {("math", COUNTS)}
    assert all(arm.published for arm in found.arms)
    assert found.of_kind("math") == []  # there are no responses to look at


def mine(tmp_path: Path, text: str = "GRADER = 'mine-1'\n", name: str = "mine.py") -> dict:
    path = tmp_path / name
    path.write_text(text)
    return {"benchmarks.tiny.kind": "custom", "benchmarks.tiny.verifier": f"file:{path}"}


def test_a_file_judges_the_samples_that_there_are(tmp_path: Path, plan: Planned) -> None:
    (before, *_), (arm, *_) = plan().arms, plan(mine(tmp_path)).arms
    assert arm.kind == "custom"
    assert arm.samples() == before.samples()
    assert arm.problems == before.problems
    assert {*arm.verdicts()}.isdisjoint(before.verdicts())


def test_it_is_told_by_its_content(tmp_path: Path, plan: Planned) -> None:
    graders = [
        plan(mine(tmp_path, *given)).arms[0].grader
        for given in ((), ("GRADER = 'mine-2'\n", "other.py"), ("GRADER = 'mine-1'\n", "moved.py"))
    ]
    assert graders[0] == graders[2] != graders[1]


def test_its_command_is_told_the_file_and_all_settings(tmp_path: Path, plan: Planned) -> None:
    edits = mine(tmp_path, name="of mine.py") | {"verification": {"stdout_tolerance": 1e-6}}
    (arm, *_) = plan(edits).arms
    assert shlex.split(arm.verification_flags) == [
        "--sandbox=isolated",
        "--extract=any",
        "--stdout-tolerance=1e-06",
        f"--verifier=file:{tmp_path / 'of mine.py'}",
    ]


def test_no_analysis_expects_of_it_what_only_other_kinds_have(
    tmp_path: Path, plan: Planned
) -> None:
    found = plan(mine(tmp_path))
    names = {entry.name for entry in active(found)}
    assert names.isdisjoint({"audit", "guess_floor", "grading", "chain", "cot"})
    json.loads(page_specs.report_spec(found))


@pytest.mark.parametrize("kind", ["math", "code", "choice", "text"])
def test_problems_that_are_not_there_are_warned_of_whatever_they_are(
    kind: str, plan: Planned
) -> None:
    entry = {"source": "file:none.jsonl", "kind": kind}
    assert (
        "benchmarks.tiny: none.jsonl is not there." in plan({"benchmarks.tiny": entry}).warnings()
    )


@pytest.mark.parametrize(
    ("entry", "kind"),
    [({}, "unknown"), ({"kind": "code"}, "code"), ({"registry": "math500"}, "math")],
)
def test_of_a_benchmark_of_counts_alone_the_kind_may_be_unknown(entry: dict, kind: str) -> None:
    assert kind_of("unheard", Benchmark.model_validate(entry)) == kind


def test_problems_of_an_entry_stay_what_they_are_whoever_judges_them() -> None:
    entry = Benchmark(kind="custom", verifier="file:x.py")
    assert problems_of("math500", entry) == problems_of("math500", Benchmark())
    assert kind_of("math500", entry) == "custom"
