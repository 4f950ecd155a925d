"""One sampling job killed at any moment and run again: the same shard, byte for byte."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from boundary.store import read_table
from boundary.tables import SAMPLES
from forked_boundary import started
from harness import EPOCH

PROBLEMS, EACH = 60, 64
#: A file tells the commit of the code that made it, which someone may change meanwhile.
FIXED = EPOCH | {"GIT_DIR": os.devnull}
#: In which phase of its work a job is killed, ten times one after the other.
PHASES = ["start", "sampling", "sampling", "start", "sampling", "start", "sampling"]
PHASES += ["merging", "merging", "merging"]


@dataclass(frozen=True)
class Job:
    """A sampling job whose every micro-batch is one part."""

    folder: Path
    every: str = "0"

    @property
    def shard(self) -> Path:
        return self.folder / "00000.parquet"

    @property
    def leftover(self) -> Path:
        return self.folder / ".00000.parquet.parts"

    def parts(self) -> list[Path]:
        return sorted(self.leftover.glob("*.parquet"))

    @property
    def stderr(self) -> Path:
        return self.folder.with_suffix(".stderr")

    def start(self) -> ForkServerProcess:
        arm = self.folder.parent / "arm"
        arguments = [
            *("sample", "--spec", (arm / "spec.json").read_text()),
            *("--problems", str(arm / "problems.parquet")),
            *("--output", str(self.shard)),
        ]
        environment = os.environ | FIXED | {"BOUNDARY_WRITE_EVERY": self.every}
        return started(arguments, environment, self.stderr)

    def run(self) -> bytes:
        """Run to the end and return the shard."""
        process = self.start()
        process.join(timeout=300)
        assert process.exitcode == 0, self.stderr.read_text()
        assert [path.name for path in self.folder.iterdir()] == [self.shard.name]
        return self.shard.read_bytes()


@dataclass(frozen=True)
class Undisturbed:
    """What a job that nobody disturbs makes, and how long it takes."""

    content: bytes
    start: float
    merging: float


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the lab, problems, and the spec of a block."""
    from boundary.config.lab import LabBenchmark, Pretrain
    from boundary.lab.material import material
    from boundary.lab.model import build_model, save_model
    from boundary.store import write_table
    from boundary.tables import PROBLEMS as TABLE
    from boundary.tasks import registers

    folder = tmp_path_factory.mktemp("killed") / "arm"
    run = Pretrain(recipe="pretrain", hidden=16, layers=1, heads=2, head_dim=8, mlp=32)
    save_model(build_model(run), folder / "model", material("registers"))
    problems = registers.problems("b", LabBenchmark(problems=PROBLEMS, lengths=[3, 5]))
    write_table(problems, folder / "problems.parquet", TABLE)
    sampling = {
        "template": "{question}",
        "stop": [],
        "temperature": 1.0,
        "top_p": 1.0,
        "max_tokens": 24,
        "samples_per_shard": EACH,
        "batch_size": EACH,
        "engine": "transformers",
    }
    names = {"model": "m", "benchmark": "b", "protocol": "p"}
    block = {"sampling": sampling, "block": 0, "seed": 1, "checkpoint": str(folder / "model")}
    (folder / "spec.json").write_text(json.dumps(names | block))
    return folder


@pytest.fixture(scope="module")
def undisturbed(arm: Path) -> Undisturbed:
    job = Job(arm.with_name("undisturbed"))
    began = time.monotonic()
    process = job.start()
    start = wait(process, job.leftover.exists) - began
    last = wait(process, lambda: len(job.parts()) == PROBLEMS)
    merging = wait(process, job.shard.exists) - last
    process.join(timeout=120)
    assert process.exitcode == 0
    frame = read_table(job.shard, SAMPLES)
    assert frame.height == PROBLEMS * EACH
    assert frame["response"].n_unique() > 1000
    return Undisturbed(job.shard.read_bytes(), start, merging)


def wait(process: ForkServerProcess, seen: Callable[[], bool]) -> float:
    """Wait until something is seen, or the job has ended; return when."""
    deadline = time.monotonic() + 120
    while not seen() and process.exitcode is None:
        assert time.monotonic() < deadline, "the job does not get on"
        time.sleep(0.001)
    return time.monotonic()


def test_killed_at_ten_random_moments(arm: Path, undisturbed: Undisturbed) -> None:
    job, draw, kept = Job(arm.with_name("ten")), random.Random(7), 0
    for phase in PHASES:
        process = job.start()
        if phase == "start":
            time.sleep(draw.uniform(0, undisturbed.start))
        elif phase == "sampling":
            wanted = kept + draw.randint(1, PROBLEMS // 5)
            wait(process, lambda wanted=wanted: len(job.parts()) >= wanted)
            time.sleep(draw.uniform(0, 0.05))
        else:
            wait(process, lambda: len(job.parts()) == PROBLEMS)
            time.sleep(draw.uniform(0, undisturbed.merging))
        process.kill()
        process.join(timeout=60)
        if job.shard.exists():  # killed between the end of its work and the end of its life
            assert job.shard.read_bytes() == undisturbed.content
            job.shard.unlink()
            kept = len(job.parts())
        else:
            heights = [read_table(part, SAMPLES).height for part in job.parts()]
            assert heights == [EACH] * len(heights), "a part is whole or not there"
            assert len(heights) >= kept, "what is finished outlives the job"
            if phase == "merging":
                assert len(heights) == PROBLEMS
            kept = len(heights)
        print(f"{phase}: {len(job.parts())} parts")
    assert job.run() == undisturbed.content


def cpu_seconds(process: ForkServerProcess) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_asked_to_end_it_ends_and_keeps_what_is_finished(
    arm: Path, undisturbed: Undisturbed
) -> None:
    job = Job(arm.with_name("terminated"), every="inf")
    process = job.start()
    wait(process, (job.leftover / "lock").exists)
    until = cpu_seconds(process) + 0.6  # of work, however busy the machine is
    wait(process, lambda: cpu_seconds(process) > until)
    assert job.parts() == []
    process.terminate()
    began = time.monotonic()
    process.join(timeout=60)
    assert process.exitcode == 143
    assert time.monotonic() - began < 20
    assert "Traceback" not in job.stderr.read_text()
    (part,) = job.parts()
    finished = read_table(part, SAMPLES)
    assert 0 < finished.height < PROBLEMS * EACH
    assert finished.height % EACH == 0, "all of every micro-batch"
    assert [path.name for path in job.folder.iterdir()] == [job.leftover.name]
    assert sorted(path.name for path in job.leftover.iterdir()) == [part.name, "lock"]
    assert job.run() == undisturbed.content


#: Forks a job that kills itself before its n-th file operation, then one that goes on.
#: Python tells its hooks of every operation; what polars writes is seen as the
#: file that Python then opens to flush it.
EVERY_OPERATION = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from boundary.sampling.merge import merge
from boundary.sampling.parts import Parts

folder = Path(sys.argv[1])
shard = folder / "s.parquet"
PROBLEMS = ["x0", "x1"]
SEEN = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "fcntl.flock"}

def sample():
    with Parts(shard, "key", {}) as parts:
        for problem in PROBLEMS:
            wanted = [j for j in range(4) if j not in parts.done().get(problem, ())]
            parts.add([dict(model="m", benchmark="b", protocol="p", problem_id=problem,
                sample_index=j, seed=1, response=f"{problem} {j}", n_tokens=j,
                finish_reason="stop", logprob_sum=-1.0) for j in wanted])
    parts.assemble(dict.fromkeys(PROBLEMS, 4), {"made": "here"})

def job(kill_before=None):
    child = os.fork()
    if child == 0:
        operations = count(1)
        def hook(event, arguments):
            if event in SEEN or (event == "open" and str(folder) in str(arguments[0])):
                if next(operations) == kill_before:
                    os.kill(os.getpid(), signal.SIGKILL)
        if kill_before is not None:
            sys.addaudithook(hook)
        sample()
        os._exit(0)
    return os.waitpid(child, 0)[1]

assert job() == 0
content = shard.read_bytes()
shard.unlink()
for n in count(1):
    status = job(n)
    if status == 0:
        break
    assert status == signal.SIGKILL, (n, status)
    assert not shard.exists() or shard.read_bytes() == content, n
    assert job() == 0, n
    assert shard.read_bytes() == content, n
    assert [path.name for path in folder.iterdir()] == ["s.parquet"], n
    shard.unlink()
print(n - 1)
"""


def test_killed_before_every_file_operation(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_OPERATION, str(tmp_path)],
        env=os.environ | {"BOUNDARY_WRITE_EVERY": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= 20, "parts, pieces and the shard are opened, flushed and renamed"
