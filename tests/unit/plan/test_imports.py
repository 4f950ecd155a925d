"""Parsing the rules is light, and code digests cover what the stages run."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from boundary.digests import PACKAGE
from boundary.plan import arms

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
#: Modules that cannot change what a stage computes from the same inputs.
HARMLESS = {"boundary", "boundary.errors", "boundary.digests", "boundary.progress"}
#: Typed settings: they stand in the spec of a job or in LAB_REVISION.
SETTINGS = {"boundary.config.lab", "boundary.config.study", "boundary.prompts", "boundary.engines"}


@pytest.mark.parametrize("module", ["boundary", "boundary.config", "boundary.plan"])
def test_planning_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []


def test_planning_a_study_imports_nothing_heavy() -> None:
    root = PACKAGE.parents[1]
    code = (
        "import sys; from boundary.config import read_study; from boundary.plan import Plan, specs;"
        "plan = Plan(read_study('config/config.yaml'));"
        "[specs.sample_spec(plan, arm.folder, 0) + arm.scores for arm in plan.arms];"
        "specs.tables_spec(plan), specs.report_spec(plan), plan.likelihood_files();"
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


def imported(source: str) -> set[str]:
    """Return the modules of this package that a file or folder of it imports."""
    path = PACKAGE / source
    found = set()
    for file in path.rglob("*.py") if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= {name for name in inner if _is_module(name)} or {node.module}
    return {name for name in found if name.split(".")[0] == "boundary"}


def _is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("stage", sorted(arms._STAGE_CODE))
def test_a_code_digest_covers_what_the_stage_imports(stage: str) -> None:
    """A module that a stage runs and the digest leaves out would never make it stale."""
    sources = arms._STAGE_CODE[stage]
    covered = tuple("boundary." + s.removesuffix(".py").replace("/", ".") for s in sources)
    left = {
        name
        for source in sources
        for name in imported(source) - HARMLESS - SETTINGS
        if not any(name == own or name.startswith(f"{own}.") for own in covered)
    }
    assert left == set()
