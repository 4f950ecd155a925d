"""Files, jobs and specs of the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.digests import canonical_json
from boundary.estimate.estimate import estimate_study
from boundary.estimate.stages import stages
from boundary.jobs.making import ScreenJob
from boundary.jobs.screen import ScreenTables
from boundary.plan import Plan, plan_study, screen_specs, specs
from boundary.plan.analyses import analysis_jobs, tables_of

ASKED = {"models": ["base", "rl"], "benchmarks": ["eggs"], "protocol": "t1"}
Planned = Callable[..., Plan]


@pytest.fixture
def screened(raw: dict[str, Any], tmp_path: Path) -> Planned:
    """Return what plans the smoke study on a file of problems, with a screen or without."""
    (tmp_path / "eggs.jsonl").write_text('{"problem_id": "a", "question": "?", "answer": "1"}\n')

    def planned(edits: dict[str, Any] | None = None, **keys: Any) -> Plan:
        source = {"source": f"file:{tmp_path}/eggs.jsonl"}
        pair = {"base": "base", "other": "rl", "benchmarks": ["eggs"], "protocol": "t1"}
        study = raw | {
            "benchmarks": raw["benchmarks"] | {"eggs": source},
            "comparisons": [*raw["comparisons"], pair | {"name": "on-eggs"}],
            "analyses": raw["analyses"] | ({"screen": ASKED | keys} if keys else {}),
        }
        return plan_study(study | (edits or {}), "smoke")

    return planned


def test_nothing_is_planned_where_nobody_asks(screened: Planned) -> None:
    quiet = screened()
    assert quiet.screened == []
    assert not {"screen", "screen_verdicts"} & {*tables_of(quiet)}
    assert not {"screen", "analyse_screen"} & stages(quiet, lambda path: False).counts.keys()


def test_the_jobs_are_one_a_model_and_their_tables(screened: Planned) -> None:
    asked = screened(twins=59)
    made = stages(asked, lambda path: not path.startswith("results/screen/"))
    jobs = [(job.rule, job.outputs[0].split("/")[2].rpartition("-")[0]) for job in made.to_run]
    assert jobs[:2] == [("screen", "base"), ("screen", "rl")]
    assert [rule for rule, _ in jobs[2:]] == [
        *("analyse_screen", "write_report", "bundle_report"),
    ]
    for job in made.to_run[:2]:
        (path,) = job.outputs
        assert (
            job.log
            == f"{path.replace('results/', 'logs/').removesuffix('/completions.parquet')}.log"
        )


def test_the_estimate_knows_completions(screened: Planned) -> None:
    asked = screened(twins=59, shares=[0.5, 0.6, 0.7])
    costs = [cost for cost in estimate_study(asked).others if cost.rule == "screen"]
    assert [cost.what for cost in costs] == ["base on eggs", "rl on eggs"]
    for cost, each in zip(costs, asked.screened, strict=True):
        assert (cost.work.jobs, cost.work.done) == (1, 0)
        assert each.per_problem == 180
        assert asked.screen_job(each).env == asked.job(each.arm.model, each.arm).env


def test_a_spec_holds_what_decides_and_no_level(screened: Planned) -> None:
    asked = screened(twins=59)
    first = asked.screened[0]
    text = screen_specs.screen_spec(asked, first.folder)
    assert text == canonical_json(json.loads(text))
    job = ScreenJob.model_validate(json.loads(text))
    assert (job.model, job.benchmark, job.shares) == ("base", "eggs", [0.4, 0.6, 0.8])
    assert (job.twins, job.seed) == (59, 1)
    other = screened({"study": "another"}, twins=59, level=0.06, shares=[0.8, 0.4, 0.6])
    assert screen_specs.screen_spec(other, first.folder) == text


def test_what_decides_stands_in_the_path(screened: Planned) -> None:
    plans = (
        screened(twins=59),
        screened(twins=60),
        screened(twins=59, seed=2),
        screened(twins=59, shares=[0.5]),
    )
    assert len({each.screened[0].folder for each in plans}) == 4


def test_the_job_of_the_tables_names_every_file_that_it_reads(screened: Planned) -> None:
    asked = screened(twins=59, level=0.06)
    (job,) = (job for job in analysis_jobs(asked) if job.needs == "screen")
    tables = ScreenTables.model_validate(json.loads(specs.analysis_spec(asked, job)))
    named = {path for arm in tables.arms for path in (arm.completions, arm.scores)}
    assert named | {*tables.compared} == set(job.inputs)
    assert [row.comparison for row in tables.comparisons] == ["on-eggs"]
    assert tables.level == 0.06
    assert job.command == "analysis screen"
