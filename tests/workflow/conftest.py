"""A finished smoke study, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import copy_repository, made_once, run

#: What a shell would read, so that every rule runs where it must be quoted.
FOLDER = "it's (a) $HOME & *é*; #100%"


@pytest.fixture(scope="session")
def finished_smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which the smoke study has run to its report, shared by all workers."""
    return made_once(tmp_path_factory, FOLDER, lambda folder: run(copy_repository(folder)))


@pytest.fixture
def smoke(finished_smoke: Path, tmp_path: Path) -> Path:
    """A copy of the finished smoke study of the test's own; times of files are kept."""
    return Path(shutil.copytree(finished_smoke, tmp_path / "smoke", symlinks=True))
