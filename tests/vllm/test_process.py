"""A job with vLLM as a process: what it prints, and what is left of it when it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

JOB = """
import sys
from pathlib import Path
from boundary.engines import Machine, Request, Weights, load
from boundary.jobs.sampling import Sampling
from boundary.prompts.template import TextPrompt

sampling = Sampling(
    engine="vllm", temperature=1.0, top_p=1.0, max_tokens=40, samples_per_shard=100_000,
    prompt=TextPrompt(template="{question}"),
)
engine = load("vllm", Weights(Path(sys.argv[1])), Machine())
print("first", flush=True)
for drawn in engine.sample([Request(tuple(engine.encode("v1 v2", sampling)), 1)], sampling):
    print(len(drawn), flush=True)
"""


def in_session(session: int) -> list[str]:
    """Return the commands of the processes of a session that are alive."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            if entry.name.isdigit() and int(status[3]) == session and status[0] not in "ZX":
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture
def job(base: Path, tmp_path: Path) -> subprocess.Popen[str]:
    """Start a job that samples for minutes, in a session of its own, without a compiler."""
    usual = {k: v for k, v in os.environ.items() if not k.startswith(("VLLM_", "TORCH"))}
    bare = {"CXX": "/no/compiler", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "compiled")}
    with (tmp_path / "stderr").open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, "-c", JOB, str(base)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=usual | bare,
            start_new_session=True,
        )


def test_a_killed_job_leaves_no_process_and_a_quiet_log(
    job: subprocess.Popen[str], tmp_path: Path
) -> None:
    try:
        assert job.stdout is not None
        assert job.stdout.readline() == "first\n"
        assert int(job.stdout.readline()) > 0
        assert in_session(job.pid)
        job.send_signal(signal.SIGKILL)
        job.wait()
        deadline = time.monotonic() + 10
        while in_session(job.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert in_session(job.pid) == []
        # What vLLM has to say on a CPU is of no use to a reader of the log.
        assert (tmp_path / "stderr").read_text() == ""
    finally:
        if in_session(job.pid):
            os.killpg(job.pid, signal.SIGKILL)
        job.communicate()
