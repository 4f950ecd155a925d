"""Faults of the machine are retried or told, and are never verdicts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from boundary.errors import MachineError
from boundary.verify.sandbox import Job, Limits, Sandbox, wire
from harness import need_tool
from processes import descendants
from threats.needs import need_sandbox
from threats.users import environment

SLOW = "import time\ndef f(n):\n    time.sleep({seconds})\n    return n + {number}\n"


@pytest.fixture(autouse=True)
def sandbox_works() -> None:
    need_sandbox()


def slow_jobs(count: int, seconds: float = 0.15) -> list[Job]:
    given = (wire.encode((1,), ordered=True),)
    limits = Limits(wall_seconds=5)
    return [
        Job(SLOW.format(number=n, seconds=seconds), "function", "f", given, limits)
        for n in range(count)
    ]


def kill(which: str, spared: Collection[int]) -> None:
    """Kill some of the sandbox's processes, and none that ran before it did."""
    running = [process for process in descendants() if process not in spared]
    for process in {"first": running[:1], "last": running[-1:], "all": running}[which]:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.mark.parametrize("which", ["first", "last", "all"])
def test_a_killed_worker_is_no_verdict(which: str) -> None:
    jobs = slow_jobs(6)
    before = set(descendants())
    with Sandbox(1) as sandbox:
        killer = threading.Timer(0.4, kill, [which, before])
        killer.start()
        outcomes = list(sandbox.run(jobs))
        killer.join()
    assert [outcome.end for outcome in outcomes] == ["finished"] * len(jobs)
    values = [wire.decode(outcome.records[0].payload) for outcome in outcomes]
    assert values == [n + 1 for n in range(len(jobs))]


def test_workers_killed_again_and_again_end_the_job() -> None:
    done = threading.Event()
    before = set(descendants())

    def kill_often() -> None:
        while not done.wait(0.05):
            kill("all", before)

    killer = threading.Thread(target=kill_often)
    start = time.monotonic()
    seen = []
    try:
        with pytest.raises(MachineError), Sandbox(1) as sandbox:
            killer.start()
            # Far longer than the killer waits, however late a busy machine lets it run.
            for outcome in sandbox.run(slow_jobs(4, seconds=3)):
                seen.append(outcome.end)
    finally:
        done.set()
        killer.join()
    assert set(seen) <= {"finished"}
    assert time.monotonic() - start < 60


def test_closing_leaves_no_process() -> None:
    before = set(descendants())
    with Sandbox(2) as sandbox:
        jobs = slow_jobs(2)
        assert [outcome.end for outcome in sandbox.run(jobs)] == ["finished"] * 2
        running = sandbox.run(slow_jobs(8))
        next(iter(running))
    until = time.monotonic() + 5
    while set(descendants()) - before and time.monotonic() < until:
        time.sleep(0.05)
    assert set(descendants()) <= before


PROGRAM = """
import sys
from boundary.errors import BoundaryError
from boundary.verify.sandbox import Job, Sandbox, wire
job = Job("def f(n):\\n    return n + 1\\n", "function", "f", (wire.encode((1,), ordered=True),))
try:
    with Sandbox(1, reduced="reduced" in sys.argv) as sandbox:
        (outcome,) = sandbox.run([job])
        print(sandbox.tier, outcome.end, wire.decode(outcome.records[0].payload))
except BoundaryError as error:
    print("refused", error)
    sys.exit(error.exit_code)
"""


def run(home: Path, *before: str, path: str | None = None, arguments: tuple[str, ...] = ()):
    variables = environment(home) | ({} if path is None else {"PATH": path})
    return subprocess.run(
        [*before, sys.executable, "-c", PROGRAM, *arguments],
        env=variables,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_bubblewrap_the_second_tier_or_refusal(tmp_path: Path) -> None:
    done = run(tmp_path, path=str(tmp_path))
    if done.returncode == 0:
        assert done.stdout.split() == ["namespaces", "finished", "2"]
    else:
        assert done.returncode == 3, done.stderr
        assert "bubblewrap" in done.stdout


def test_a_bubblewrap_that_does_not_work_is_not_used(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    done = run(tmp_path, path=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 3 or done.stdout.split() == ["namespaces", "finished", "2"], (
        done.stdout + done.stderr
    )


def test_a_bubblewrap_that_isolates_nothing_is_not_used(tmp_path: Path) -> None:
    """A binary is there, and the canaries see that it holds nothing."""
    fake = tmp_path / "bwrap"
    fake.write_text(
        '#!/bin/sh\nwhile [ $# -gt 0 ]; do case "$1" in -*) ;; */python*) exec "$@";; esac; '
        "shift; done\nexit 1\n"
    )
    fake.chmod(0o755)
    done = run(tmp_path, path=f"{tmp_path}:/usr/bin:/bin")
    assert "bubblewrap finished" not in done.stdout, done.stdout + done.stderr
    assert done.returncode in (0, 3), done.stderr


def test_without_namespaces_the_reduced_tier_only_by_name(tmp_path: Path) -> None:
    bwrap = need_tool("bwrap", "bubblewrap")
    cage = [
        bwrap,
        "--dev-bind",
        "/",
        "/",
        "--unshare-user",
        "--disable-userns",
        "--cap-drop",
        "ALL",
    ]
    probe = subprocess.run([*cage, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"bwrap cannot forbid user namespaces here: {probe.stderr.strip()}")
    refused = run(tmp_path, *cage)
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert refused.stdout.startswith("refused")
    allowed = run(tmp_path, *cage, arguments=("reduced",))
    assert allowed.stdout.split()[:1] in (["reduced"], ["refused"]), allowed.stdout + allowed.stderr


def test_a_full_disk_is_no_verdict(tmp_path: Path) -> None:
    bwrap = need_tool("bwrap", "bubblewrap")
    full = tmp_path / "full"
    full.mkdir()
    small = [bwrap, "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", str(full)]
    probe = subprocess.run([*small, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"bwrap cannot make a small disk here: {probe.stderr.strip()}")
    fill = f'head -c 99999 /dev/zero > {full}/ballast; TMPDIR={full} exec "$@"'
    done = run(tmp_path, *small, "bash", "-c", fill, "fill")
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert done.returncode == 3 or done.stdout.split()[1:] == ["finished", "2"], done.stdout
