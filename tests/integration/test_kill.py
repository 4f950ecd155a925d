"""Killed in mid-shard and run again: the same tables, byte for byte."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from boundary.plan import plan_study
from boundary.yamlfile import read_yaml
from harness import EPOCH, SMOKE, copy_repository, edit_study, run


def slow_down(study: dict) -> None:
    """Cut blocks into many micro-batches, so that there is a middle to be killed in."""
    study["protocols"]["t1"].update(batch_size=16, n=64, samples_per_shard=64)
    study["benchmarks"]["tiny"]["lab"]["problems"] = 60
    study["analyses"] = {"bootstrap": 200}
    study["series"] = {}


def contents(folder: Path) -> dict[str, bytes]:
    """Return every sample shard and every table by its path."""
    found = sorted(folder.glob("results/s*/**/*.parquet")) + sorted(folder.glob("results/**/*.csv"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A study whose models and problems are there, and no sample."""
    folder = copy_repository(tmp_path / "prepared")
    edit_study(folder, slow_down)
    plan = plan_study(read_yaml(folder / SMOKE), SMOKE)
    run(folder, *{arm.problems for arm in plan.arms}, *map(plan.model_file, plan.study.models))
    return folder


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "passk", "--cores", "1", "--configfile", SMOKE],
        cwd=folder,
        env=os.environ | EPOCH | {"BOUNDARY_WRITE_EVERY": "0"},  # every micro-batch is a part
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for_parts(folder: Path, process: subprocess.Popen[bytes], count: int) -> Path:
    """Wait until a sampling job has finished some micro-batches and not all."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        for parts in folder.glob("results/samples/*/*/*/.*.parts"):
            if len(list(parts.glob("*.parquet"))) >= count:
                return parts
        time.sleep(0.002)
    pytest.fail("no sampling job was seen in mid-shard")


def job_of(folder: Path, parts: Path) -> int:
    """Find the process of this study, and of no other on the machine, that samples a shard."""
    shard = parts.name.removeprefix(".").removesuffix(".parts")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                here = (entry / "cwd").resolve() == folder.resolve()
            except OSError:
                continue
            if (
                here
                and b"sample" in command
                and any(part.endswith(shard.encode()) for part in command)
            ):
                return int(entry.name)
    pytest.fail(f"no process samples {parts}")


def test_kill_and_rerun(prepared: Path, tmp_path: Path) -> None:
    """First a job alone is killed, then Snakemake and all that it runs."""
    folder = Path(shutil.copytree(prepared, tmp_path / "killed", symlinks=True))
    least, broken = 3, []
    for victim in ("job", "everything"):
        process = start(folder)
        parts = wait_for_parts(folder, process, least)
        if victim == "job":
            os.kill(job_of(folder, parts), signal.SIGKILL)
            assert process.wait(timeout=120) != 0
        else:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=120)
            run(folder, "--unlock")
        kept = len(list(parts.glob("*.parquet")))
        assert kept >= least, "finished micro-batches outlive the job"
        shard = parts.with_name(parts.name.removeprefix(".").removesuffix(".parts"))
        assert not shard.exists()
        broken.append(parts)
        least += kept
    run(folder, "passk")
    assert not any(parts.exists() for parts in broken)
    run(prepared, "passk")
    assert contents(folder) == contents(prepared)
