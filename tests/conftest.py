"""Fixtures of all tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import forked_jobs
from boundary.cli import main
from forked_jobs import SOCKET
from harness import HAND_MADE, ROOT

#: Each worker of the tests has one core; the threads of the models and matrices of tests, which
#: are tiny, would spend most of their time waiting for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
#: Containers often set it; each of some hundred processes would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

#: The files that take longest, begun first: a worker has a file to itself (--dist loadfile),
#: and what many files share, such as a finished study, is there when the others begin.
LONGEST = (
    "integration/test_slurm.py",
    "workflow/test_stale.py",
    "integration/test_verified_study.py",
    "integration/test_kill.py",
    "integration/test_kill_sampling.py",
    "threats/test_threats.py",
    "workflow/test_estimate.py",
    "workflow/test_imports.py",
    "workflow/test_toy_analysis.py",
    "workflow/test_toy_task.py",
    "workflow/test_toy_engine.py",
    "workflow/test_run.py",
    "workflow/test_clock.py",
    "workflow/test_quality.py",
    "unit/verify/code/test_real_sets.py",
    "unit/verify/sandbox/test_pool.py",
    "unit/cli/test_installation.py",
    "vllm/test_smollm2.py",
    "vllm/test_kill.py",
    "vllm/test_sampling.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Start what jobs of all workers are forked from; it ends when this process does."""
    if SOCKET in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="jobs-")
    config.add_cleanup(lambda: shutil.rmtree(folder))
    os.environ[SOCKET] = f"{folder}/socket"
    program = subprocess.Popen(
        [sys.executable, forked_jobs.__file__, os.environ[SOCKET]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # tests send signals to groups of processes
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert program.stdout and program.stdout.readline()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first, and those of one module each last."""
    place = {ROOT / "tests" / name: i for i, name in enumerate(LONGEST)}
    unit = ROOT / "tests/unit"
    items.sort(key=lambda i: (place.get(i.path, len(place)), i.path.is_relative_to(unit)))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session", params=["hand-made", "third-party"])
def data(request: pytest.FixtureRequest) -> Path:
    """Hand-made data, and then third-party data of the same formats where they are."""
    if request.param == "hand-made":
        return HAND_MADE
    folder: Path = request.getfixturevalue("shared_data")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Third-party data that is not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("third-party data is not at ../shared/data")
    return folder


class Done(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Done]]:
    """Return what runs a command line as a user would."""
    before = signal.getsignal(signal.SIGTERM)

    def command(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["boundary", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code
        return Done(0 if code is None else int(code), *capsys.readouterr())

    yield command
    signal.signal(signal.SIGTERM, before)
