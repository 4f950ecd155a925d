"""Imports point one way; a line that does not is named by file and number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from boundary.digests import PACKAGE

ROOT = PACKAGE.parents[1]
STAGES = {
    *("data", "models", "lab", "sampling", "verify", "scoring", "analysis", "likelihood"),
    *("figures", "report", "guards", "chains", "crossing"),
}
#: Too slow to load in every job of a cluster, each of which parses the rules again.
HEAVY = {
    *("torch", "transformers", "tokenizers", "vllm", "safetensors", "huggingface_hub", "altair"),
    *("vl_convert", "polars", "pandera", "numpy", "scipy", "jinja2", "math_verify", "sympy"),
    *("pebble", "typer", "rich"),
}


class Import(NamedTuple):
    """An import of a name, which may be that of a module or of something in it."""

    name: str
    where: str
    local: bool  # within a function
    for_types: bool


@cache
def modules() -> dict[str, Path]:
    """Return the file of each module of the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    path = modules()[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return tuple(imports_in(path.read_text(), package, path))


def imports_in(text: str, package: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    local = {child for function in functions for child in ast.walk(function)}
    guards = [node for node in tree.body if isinstance(node, ast.If)]
    for_types = {
        child
        for guard in guards
        if ast.unparse(guard.test) == "TYPE_CHECKING"
        for child in ast.walk(guard)
    }
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            parts = [*(above if node.level else []), *([node.module] if node.module else [])]
            names = [".".join([*parts, alias.name]) for alias in node.names]
        for name in names:
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield Import(name, where, node in local, node in for_types)


def module_of(name: str) -> str | None:
    """Return the module of this package that holds a name."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or None


def part_of(module: str) -> str:
    """Return the folder or the file below the package that a module belongs to."""
    return module.partition(".")[2].partition(".")[0]


def stage_arrows() -> Iterator[str]:
    for module in modules():
        for line in imports_of(module):
            stage, other = part_of(module), part_of(module_of(line.name) or "")
            if stage in STAGES and other in STAGES - {stage}:
                yield f"{line.where}: stage {stage} imports {line.name} of stage {other}"


def circles() -> Iterator[str]:
    """Yield the imports that lead back to the module they stand in: local and for types too."""
    graph = {
        module: {
            other: line.where
            for line in imports_of(module)
            if (other := module_of(line.name)) not in (None, module)
        }
        for module in modules()
    }
    for module, others in graph.items():
        for other, where in others.items():
            reached, left = set(), [other]
            while left:
                if (name := left.pop()) not in reached:
                    reached.add(name)
                    left += graph[name]
            if module in reached:
                yield f"{where}: {module} imports {other}, which imports {module} again"


def run_by(module: str) -> list[Import]:
    """Return the imports that loading a module runs."""
    return [line for line in imports_of(module) if not line.local and not line.for_types]


def parsed() -> set[str]:
    """Return the modules that parsing the rules runs."""
    left = [
        f"{source}.{name.strip()}"
        for file in (ROOT / "rules").glob("*.smk")
        for source, names in re.findall(r"^from (boundary\S*) import (.+)$", file.read_text(), re.M)
        for name in names.split(",")
    ]
    reached: set[str] = set()
    while left:
        name = module_of(left.pop())
        if name is not None and name not in reached:
            reached.add(name)
            left.append(name.rpartition(".")[0])
            left += [line.name for line in run_by(name)]
    return reached


def heavy_imports() -> Iterator[str]:
    for module in sorted(parsed()):
        for line in run_by(module):
            if line.name.partition(".")[0] in HEAVY:
                yield f"{line.where}: every parse of the rules imports {line.name}"


def test_no_stage_imports_another() -> None:
    assert list(stage_arrows()) == []


def test_no_import_leads_back_to_where_it_began() -> None:
    assert list(circles()) == []


def test_what_snakemake_parses_imports_nothing_heavy() -> None:
    assert {"boundary.plan.study", "boundary.config.study"} <= parsed()
    assert list(heavy_imports()) == []


def test_no_module_imports_scipy_stats_when_it_is_loaded() -> None:
    """It takes half a second; `scipy.special` has what jobs need."""
    slow = [line for name in modules() for line in run_by(name) if "scipy.stats" in line.name]
    assert [line.where for line in slow] == []


@pytest.mark.parametrize(
    ("module", "line", "check", "fault"),
    [
        (
            "boundary.verify.lab",
            "def f():\n    from boundary.data import gold\n",
            stage_arrows,
            "workflow/boundary/verify/lab.py:2: stage verify imports boundary.data.gold of stage "
            "data",
        ),
        (
            "boundary.plan.arms",
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from boundary.plan.study import Plan\n",
            circles,
            "workflow/boundary/plan/arms.py:3: boundary.plan.arms imports boundary.plan.study, "
            "which imports boundary.plan.arms again",
        ),
        (
            "boundary.plan.arms",
            "import polars as pl\n",
            heavy_imports,
            "workflow/boundary/plan/arms.py:1: every parse of the rules imports polars",
        ),
    ],
)
def test_the_line_is_named(monkeypatch, module, line, check, fault) -> None:
    path = modules()[module]
    planted = tuple(imports_in(line, module.rpartition(".")[0], path))
    real = imports_of
    monkeypatch.setitem(
        globals(), "imports_of", lambda name: real(name) + (planted if name == module else ())
    )
    assert fault in list(check())
