"""Parsing the rules is light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from boundary.digests import PACKAGE

HEAVY = [
    "torch",
    "transformers",
    "tokenizers",
    "vllm",
    "altair",
    "vl_convert",
    "polars",
    "pandera",
    "numpy",
    "scipy",
    "jinja2",
    "math_verify",
    "pebble",
    "typer",
    "rich",
]


@pytest.mark.parametrize(
    "module", ["boundary", "boundary.config", "boundary.plan", "boundary.closure"]
)
def test_planning_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []


def test_planning_a_study_imports_nothing_heavy() -> None:
    root = PACKAGE.parents[1]
    code = (
        "import sys; from boundary.config import read_study; "
        "from boundary.plan import Plan, page_specs, specs;"
        "from boundary.plan.analyses import analysis_jobs;"
        "from boundary.engines.registry import engine_records; engine_records();"
        "plan = Plan(read_study('config/config.yaml'));"
        "[specs.sample_spec(plan, arm.folder, 0) + arm.scores for arm in plan.arms];"
        "[specs.analysis_spec(plan, job) + job.code for job in analysis_jobs(plan)];"
        "page_specs.report_spec(plan), plan.scored.files();"
        f"print(*(m for m in {HEAVY} if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.stdout.split() == []
