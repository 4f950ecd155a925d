"""What tests share: copies of the repository, Snakemake runs, tools that may be missing."""

from __future__ import annotations

import difflib
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import polars as pl
import pytest
import yaml
from filelock import FileLock

from forked_jobs import fork, in_place_of_python
from forked_snakemake import forked

ROOT = Path(__file__).resolve().parents[1]
#: Data in the formats of third parties, with invented content.
HAND_MADE = ROOT / "tests/data"
SMOKE = "config/studies/smoke.yaml"
#: Studies that ship, without that of a file which its user brings.
STUDIES = [
    ROOT / "config/config.yaml",
    *(file for file in sorted((ROOT / "config/studies").glob("*.yaml")) if "metr" not in file.stem),
]
#: What the workflow needs of the repository.
COPIED = ("workflow", "rules", "envs", "config")
#: Files have the same bytes whenever they are made.
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}


#: Set by .ci/run: a missing tool is then a failure and no reason to skip.
REQUIRE_TOOLS = "BOUNDARY_REQUIRE_TOOLS"


#: Set by `make test-all`: what is sampled or left out of `make test` for its time runs whole.
EVERYTHING = "BOUNDARY_TEST_ALL"
in_test_all = pytest.mark.skipif(
    not os.environ.get(EVERYTHING), reason="takes a minute or more; make test-all runs it"
)


def need_tool(name: str, package: str) -> str:
    """Return the path of a program, or skip the test by the program's name."""
    found = shutil.which(name)
    if found:
        return found
    message = f"needs the program {name} (Debian package {package})"
    if os.environ.get(REQUIRE_TOOLS):
        pytest.fail(message)
    pytest.skip(message)


def without_sandbox(error: Exception) -> NoReturn:
    """Skip the test, or fail where the tools are promised: no tier of the sandbox works."""
    if os.environ.get(REQUIRE_TOOLS):
        raise error
    pytest.skip(f"no sandbox works here: {error}")


def copy_repository(folder: Path) -> Path:
    """Copy what the workflow needs, with what Python has compiled, which depends on no place."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("*.pyc.*", "*.egg-info")  # the first: being written
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """Return a folder of a name, made by the first of all workers that asks for it."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


def tables_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[], dict[str, pl.DataFrame]]
) -> dict[str, pl.DataFrame]:
    """Return tables of a name, made by the first of all workers that asks for them."""

    def write(folder: Path) -> None:
        folder.mkdir()
        (folder / "tables").write_bytes(pickle.dumps(make()))

    return pickle.loads((made_once(tmp_path_factory, name, write) / "tables").read_bytes())


def snakemake(
    folder: Path, *arguments: str, config: str = SMOKE, more_configs: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a copy of the repository, without the starts of its process and of jobs."""
    environment = os.environ | EPOCH | in_place_of_python()
    return forked([*arguments, "--configfile", config, *more_configs], folder, environment)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the package of a copy; commands of it in a fork that has their imports."""
    start = fork() if arguments[:2] == ("-m", "boundary") else [sys.executable]
    return subprocess.run(
        [*start, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "workflow"), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run(folder: Path, *arguments: str, config: str = SMOKE) -> str:
    """Run Snakemake to the end, and return what it prints."""
    done = snakemake(folder, "--cores", "2", *arguments, config=config)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    return done.stdout + done.stderr


def planned(folder: Path, *arguments: str, config: str = SMOKE) -> list[str]:
    """Return the jobs of a dry run as sorted lines: rule, and what it is for."""
    done = snakemake(folder, "--dry-run", *arguments, config=config)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    jobs = []
    for job in re.split(r"^(?:local)?(?:rule|checkpoint) ", done.stdout + done.stderr, flags=re.M)[
        1:
    ]:
        rule = job.partition(":")[0]
        output = re.search(r"^    output: ([^,\n]*)", job, flags=re.M)
        jobs.append(f"{rule} {label(output[1])}" if output else rule)
    return sorted(jobs)


def label(path: str) -> str:
    """Shorten a path to what a reader recognises: no digests, no roots."""
    short = re.sub(r"-[0-9a-f]{12}", "", path.removeprefix("results/"))
    return re.sub(r"/[0-9a-f]{12}(?=/)", "", short)


def edit_study(
    folder: Path, change: Callable[[dict], None], name: str = SMOKE, base: str = SMOKE
) -> str:
    """Change a study, the smoke one, and write it under a name; return the name."""
    study = yaml.safe_load((folder / base).read_text())
    change(study)
    (folder / name).write_text(yaml.safe_dump(study, sort_keys=False))
    return name


def add_toy(folder: Path, toy: str, into: str, registry: str, before: str, line: str) -> None:
    """Extend a copy as CONTRIBUTING.md says: a folder, and a line after one of the registry."""
    shutil.copytree(ROOT / "tests/toys" / toy, folder / into)
    text = (folder / registry).read_text(encoding="utf-8")
    assert text.count(before) == 1
    (folder / registry).write_text(text.replace(before, f"{before}{line}\n"), encoding="utf-8")


def places_that_differ(folder: Path) -> tuple[set[str], dict[str, list[str]]]:
    """Compare a copy with the repository: what an extension took, caches of Python apart.

    Returns
    -------
    tuple
        Folders of new files, and the lines that were added or removed by the file they stand in.
    """
    before, after = _needed(ROOT), _needed(folder)
    edits = {}
    for name in before:
        if after.get(name) != before[name]:
            texts = [each.get(name, b"").decode().splitlines() for each in (before, after)]
            edits[name] = [line for line in difflib.ndiff(*texts) if line[0] in "+-"]
    return {str(Path(name).parent) for name in after.keys() - before.keys()}, edits


def _needed(root: Path) -> dict[str, bytes]:
    """Return the files that `copy_repository` copies, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for name in COPIED
        for path in (root / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path)
    }
