"""The house is in order: linters, formatters, types, pins."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness import SMOKE, copy_repository, snakemake

PUBLISHED = "config/studies/math500_published.yaml"


@pytest.mark.parametrize("config", [SMOKE, PUBLISHED])
def test_snakemake_lint(tmp_path: Path, config: str) -> None:
    done = snakemake(copy_repository(tmp_path / "copy"), "--lint", config=config)
    assert done.returncode == 0, done.stderr
    assert "in a good condition" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["snakefmt", "--check", "rules", "workflow/Snakefile"],
        ["ruff", "check", "workflow", "tests"],
        ["ruff", "format", "--check", "workflow", "tests"],
        ["mypy"],
    ],
    ids=lambda command: "-".join(command[:2]),
)
def test_tool_finds_nothing(root: Path, command: list[str]) -> None:
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run(
        [str(program), *command[1:]], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(root: Path) -> dict[str, str]:
    lines = (root / "requirements.lock").read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonical(name): version for name, version in pins}


@pytest.mark.parametrize("name", ["analysis", "models"])
def test_environments_have_the_pins_of_the_lock_file(root: Path, name: str) -> None:
    content = yaml.safe_load((root / "envs" / f"{name}.yaml").read_text())
    pins = [line.split("==") for line in content["dependencies"][-1]["pip"]]
    assert pins
    assert dict(pins) == {n: locked(root)[canonical(n)] for n, _ in pins}


def test_every_direct_dependency_is_locked(root: Path) -> None:
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {canonical(re.split(r"[\[<>=]", line)[0]) for line in wanted}
    assert names <= set(locked(root))


def test_torch_is_pinned_without_a_build(root: Path) -> None:
    """A `+cpu` or `+cu` pin could be installed from one source only."""
    assert locked(root)["torch"] == "2.13.0"


def test_no_file_is_too_long(root: Path) -> None:
    files = [
        path
        for folder in ("workflow", "rules", "tests")
        for suffix in ("*.py", "*.smk")
        for path in (root / folder).rglob(suffix)
    ]
    assert len(files) > 50
    long = {str(p): n for p in files if (n := len(p.read_text().splitlines())) > 450}
    assert long == {}
