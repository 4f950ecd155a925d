"""Order, early stops, faults of the machine, and what is left behind."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from boundary.errors import MachineError
from boundary.verify.sandbox import Sandbox
from boundary.verify.sandbox.launch import WorkerFailed
from boundary.verify.sandbox.records import Record
from processes import descendants
from sandboxed import Run, job, script, values

SLEEPS = "import time\ndef f(n):\n    time.sleep({seconds})\n    return n"


def gone(before: set[int]) -> bool:
    """Wait until no process is left but those of before."""
    until = time.monotonic() + 10
    while set(descendants()) - before and time.monotonic() < until:
        time.sleep(0.02)
    return not set(descendants()) - before


def test_outcomes_come_in_the_order_of_the_jobs(sandbox: Sandbox) -> None:
    with Sandbox(2) as two:
        jobs = [job(SLEEPS.format(seconds=0.02 * (n % 3)), (n,)) for n in range(12)]
        assert [values(outcome) for outcome in two.run(jobs)] == [[n] for n in range(12)]


def test_jobs_may_be_endless_and_nothing_runs_far_ahead(sandbox: Sandbox) -> None:
    made = itertools.count()
    endless = (job("def f(n): return n", (next(made),)) for _ in itertools.count())
    outcomes = sandbox.run(endless)
    assert [values(next(outcomes)) for _ in range(20)] == [[n] for n in range(20)]
    outcomes.close()
    assert next(made) <= 40


def test_sleepers_do_not_stop_the_others(sandbox: Sandbox) -> None:
    """Not those that come after them, nor those that wait behind them at a worker."""
    seen: list[float] = []

    def accept(_: Record) -> bool:
        seen.append(time.monotonic())
        return True

    sleeps, quick = "import time\ntime.sleep(60)", "def f(n): return n"
    jobs = [job(sleeps, wall_seconds=20.0)] * 3  # a busy machine needs some
    jobs += [job(quick, (n,), accept=accept) for n in range(60)]
    with Sandbox(2) as two:
        if two.tier == "reduced":
            pytest.skip("the kernel tells nothing of processes in this tier")
        start = time.monotonic()
        outcomes = list(two.run(jobs))
        assert len(two.pids()) <= 4
    assert [(o.end, o.name) for o in outcomes[:3]] == [("timeout", "wall")] * 3
    assert [values(outcome) for outcome in outcomes[3:]] == [[n] for n in range(60)]
    assert seen[-1] - start < 20, "before the first sleeper was over"


def test_what_waits_for_its_turn_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundary.verify.sandbox.window.MOST_HELD", 1 << 18)
    made = itertools.count()
    large = "def f(n): return bytes(50_000)"
    with Sandbox(1) as own:
        jobs = (job(large, (next(made),)) for _ in range(40))
        outcomes = own.run(itertools.chain([job(SLEEPS.format(seconds=1.5), (7,))], jobs))
        assert values(next(outcomes)) == [7]
        assert next(made) < 30
        assert len([values(outcome) for outcome in outcomes]) == 40


def test_two_runs_at_a_time_do_not_mix(sandbox: Sandbox) -> None:
    one = sandbox.run(job("def f(n): return n", (n,)) for n in range(20))
    two = sandbox.run(job("def f(n): return -n", (n,)) for n in range(20))
    for n, (first, second) in enumerate(zip(one, two, strict=True)):
        assert (values(first), values(second)) == ([n], [-n])


@pytest.mark.parametrize("style", ["function", "stdio"])
def test_accept_sees_records_in_order_and_stops(run: Run, style: str) -> None:
    seen: list[int] = []

    def accept(record: Record) -> bool:
        seen.append(record.index)
        return record.index < 2

    start = time.monotonic()
    if style == "function":
        program = "import time\ndef f(n):\n    if n > 2: time.sleep(60)\n    return n"
        outcome = run(job(program, *((n,) for n in range(9)), accept=accept))
    else:
        program = "import time\nn = int(input())\nif n > 2: time.sleep(60)\nprint(n)"
        outcome = run(script(program, *map(str, range(9)), accept=accept))
    assert time.monotonic() - start < 8
    assert seen == [0, 1, 2]
    assert (outcome.end, len(outcome.records)) == ("stopped", 3)


def test_an_error_of_accept_is_the_caller_s(sandbox: Sandbox, run: Run) -> None:
    def accept(_: Record) -> bool:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        run(job("def f(): return 1", accept=accept))
    assert values(run(job("def f(): return 1"))) == [1]


def test_an_abandoned_run_frees_its_worker(sandbox: Sandbox, run: Run) -> None:
    outcomes = sandbox.run([job("def f(): return 1"), *[job(SLEEPS.format(seconds=60), (1,))] * 3])
    assert values(next(outcomes)) == [1]
    outcomes.close()
    start = time.monotonic()
    assert values(run(job("def f(): return 2"))) == [2]
    assert time.monotonic() - start < 10


def test_a_worker_killed_once_or_twice_changes_nothing() -> None:
    with Sandbox(1) as own:
        for _ in range(2):
            (pid,) = own.pids()
            killer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
            killer.start()
            outcomes = list(own.run(job(SLEEPS.format(seconds=0.1), (n,)) for n in range(5)))
            killer.join()
            assert [values(outcome) for outcome in outcomes] == [[n] for n in range(5)]
            assert own.pids() != [pid]


def test_a_worker_killed_each_time_is_an_error_and_no_verdict() -> None:
    done = threading.Event()
    with Sandbox(1) as own:

        def kill() -> None:
            while not done.wait(0.05):
                for pid in own.pids():
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            with pytest.raises(MachineError, match="failed 3 times"):
                list(own.run([job(SLEEPS.format(seconds=2), (1,))]))
        finally:
            done.set()
            killer.join()
        assert [values(o) for o in own.run([job("def f(): return 3")])] == [[3]]


def test_a_stopped_worker_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundary.verify.sandbox.pool.GRACE", 0.5)
    with Sandbox(1) as own:
        (pid,) = own.pids()
        os.kill(pid, signal.SIGSTOP)
        (outcome,) = own.run([job("def f(): return 4", wall_seconds=1.0)])
        assert values(outcome) == [4]
        assert own.pids() != [pid]


def test_nothing_is_left_behind() -> None:
    before = set(descendants())
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(600)\n"
        "    os._exit(0)\n"
        "def f(): return 1"
    )
    with Sandbox(2) as own:
        if own.tier == "reduced":
            pytest.skip("programs cannot fork in this tier")
        started = set(descendants()) - before
        assert [values(o) for o in own.run([job(daemon)] * 4)] == [[1]] * 4
        assert set(descendants()) - before == started
    assert gone(before)
    with pytest.raises(RuntimeError):
        own.pids()


def test_nothing_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from boundary.verify.sandbox import Sandbox\n"
        "with Sandbox(2) as own:\n"
        "    print(*own.pids(), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    pids = [int(text) for text in done.stdout.split()]
    assert len(pids) == 2
    until = time.monotonic() + 10
    while any(_alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(_alive(pid) for pid in pids)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in (b"Z", b"X")


def test_no_descriptor_is_lost() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    with Sandbox(1) as own:
        before = count()
        list(own.run([job("def f(n): return n", (n,)) for n in range(30)]))
        list(own.run([script("while 1: print(1)", output_bytes=100)] * 3))
        assert count() == before


def test_a_sandbox_is_opened_by_with(sandbox: Sandbox) -> None:
    closed = Sandbox(1)
    with pytest.raises(RuntimeError, match="with statement"):
        next(closed.run([job("def f(): return 1")]))
    with pytest.raises(ValueError, match="workers"):
        Sandbox(0)


def test_inputs_that_cannot_be_read_give_no_record(run: Run) -> None:
    outcome = run(replace(job("def f(): return 1"), inputs=(b"\xff",)))
    assert (outcome.end, outcome.records) == ("error", ())


def test_a_slow_parent_is_no_timeout(run: Run) -> None:
    """A program that waits for its full pipe to be read does not take too long."""

    def accept(record: Record) -> bool:
        time.sleep(0.3)
        return True

    program = "def f(n): return bytes([n]) * 200_000"
    calls = [(n,) for n in range(6)]
    outcome = run(job(program, *calls, accept=accept, wall_seconds=0.5, output_bytes=1 << 21))
    assert [len(value) for value in values(outcome)] == [200_000] * 6


def test_a_worker_that_cannot_be_replaced_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when bubblewrap is gone in the middle of a run."""

    def gone(*_: object) -> None:
        raise WorkerFailed("there is no bwrap in PATH")

    with Sandbox(1) as own:
        (pid,) = own.pids()
        monkeypatch.setattr("boundary.verify.sandbox.pool.Worker", gone)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(MachineError, match=r"failed 3 times.*no bwrap in PATH"):
            list(own.run([job("def f(): return 1")]))
    with pytest.raises(MachineError, match="does not start: there is no bwrap"), Sandbox(1):
        pass


def test_many_workers_start_together() -> None:
    with Sandbox(6) as own:
        assert len(set(own.pids())) == 6
        jobs = [job("def f(n): return n", (n,)) for n in range(12)]
        assert [values(outcome) for outcome in own.run(jobs)] == [[n] for n in range(12)]
