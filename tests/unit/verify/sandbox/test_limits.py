"""Limits: each is reached by a program, and each is told by its name."""

from __future__ import annotations

import time

import pytest

from boundary.verify.sandbox import Limits, Record
from sandboxed import Run, job, script, values


@pytest.mark.parametrize("change", [{"cpu_seconds": 0}, {"processes": -1}, {"open_files": 4}])
def test_limits_are_positive(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        Limits(**change)


@pytest.mark.parametrize("make", [job, script])
def test_processor_time_ends_a_program(run: Run, make) -> None:
    start = time.monotonic()
    outcome = run(make("while True: pass", cpu_seconds=0.3))
    assert (outcome.end, outcome.name, outcome.records) == ("timeout", "cpu", ())
    assert outcome.cpu_seconds >= 0.3
    assert time.monotonic() - start < 10


def test_threads_and_children_share_the_processor_time(run: Run) -> None:
    program = "import os\nfor _ in range(4): os.fork()\nwhile True: pass"
    outcome = run(job(program, cpu_seconds=1.0, wall_seconds=10))
    assert (outcome.end, outcome.name) == ("timeout", "cpu")


BURNS = """
import os, signal, time
def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until: pass
    os._exit(0)
def children(count):
    for _ in range(count):
        if os.fork() == 0: burn(0.05)
        time.sleep(0.06)
def ignore():
    try: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    except OSError: pass
"""
HIDDEN = {
    "ignored": "ignore(); children(60)",
    "ignored-below": "if os.fork() == 0:\n    ignore(); children(60); os._exit(0)\nos.wait()",
    "no-zombies": "import ctypes\naction = (ctypes.c_ulong * 20)()\naction[17] = 2\n"
    "ctypes.CDLL(None).sigaction(17, action, None)\nchildren(60)",
    "no-signal": "import ctypes\nclone = 56 if os.uname().machine == 'x86_64' else 220\n"
    "for _ in range(60):\n"
    "    if ctypes.CDLL(None).syscall(clone, 0, 0, 0, 0, 0) == 0: burn(0.05)\n"
    "    time.sleep(0.06)",
    "orphans": "for _ in range(30):\n    if os.fork() == 0:\n        children(2); os._exit(0)\n"
    "    os.wait()",
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_ended_children_hide_no_processor_time(run: Run, name: str) -> None:
    # On a busy machine children pile up: more may live at once than it makes in all.
    outcome = run(job(BURNS + HIDDEN[name], cpu_seconds=1.0, wall_seconds=30, processes=128))
    assert (outcome.end, outcome.name) == ("timeout", "cpu")


def test_those_that_live_at_the_end_count(run: Run) -> None:
    program = (
        "import os, time\n"
        "def f():\n"
        "    done, tell = os.pipe()\n"
        "    if os.fork() == 0:\n"
        "        while time.process_time() < 0.3: pass\n"
        "        os.write(tell, b'x')\n"
        "        time.sleep(60)\n"
        "    os.read(done, 1)\n"
        "    time.sleep(0.5)\n"
        "    return 1"
    )
    outcome = run(job(program))
    assert (values(outcome), outcome.cpu_seconds > 0.2) == ([1], True)


@pytest.mark.parametrize("make", [job, script])
def test_waiting_ends_too(run: Run, make) -> None:
    outcome = run(make("import time; time.sleep(60)", wall_seconds=0.3))
    assert (outcome.end, outcome.name) == ("timeout", "wall")
    assert outcome.cpu_seconds < 0.3


def test_each_test_of_a_script_has_its_own_time(run: Run) -> None:
    """A script may take as long as its tests together, and none of them all of it."""
    work = "import time\nmost = float(input())\nwhile time.process_time() < most: pass\nprint(1)"
    steady = run(script(work, "0.3", "0.3", "0.3", cpu_seconds=9.0, test_seconds=3.0))
    assert (steady.end, len(steady.records)) == ("finished", 3)
    stuck = run(script(work, "0.1", "60", "0.1", cpu_seconds=9.0, test_seconds=0.5))
    assert (stuck.end, stuck.name, len(stuck.records)) == ("timeout", "cpu", 1)
    assert stuck.cpu_seconds < 3
    asleep = script("import time; time.sleep(60)", wall_seconds=60, test_seconds=0.1)
    start = time.monotonic()
    assert (run(asleep).end, time.monotonic() - start < 20) == ("timeout", True)


def test_each_call_has_its_own_time(run: Run) -> None:
    """One process runs all calls, and none of them may take the time of all."""
    work = (
        "import time\n"
        "def f(most):\n"
        "    until = time.process_time() + most\n"
        "    while time.process_time() < until: pass\n"
        "    return 1"
    )
    steady = job(work, *[(0.4,)] * 5, cpu_seconds=9.0, test_seconds=1.0)
    assert values(run(steady)) == [1] * 5
    start = time.monotonic()
    calls, whole = ((0.3,), (60.0,), (0.3,)), {"cpu_seconds": 90, "wall_seconds": 270}
    stuck = run(job(work, *calls, test_seconds=1.0, **whole))
    assert (stuck.end, stuck.name, len(stuck.records)) == ("timeout", "cpu", 1)
    asleep = work.replace("    until", "    time.sleep(60 * (most > 1))\n    until")
    outcome = run(job(asleep, (0.1,), (2.0,), test_seconds=0.5, **whole))
    assert (outcome.end, outcome.name, len(outcome.records)) == ("timeout", "wall", 1)
    assert time.monotonic() - start < 20


def test_a_parent_that_is_slow_takes_no_time_from_a_call(run: Run) -> None:
    def accept(record: Record) -> bool:
        time.sleep(0.6)
        return True

    work = "import time\ndef f():\n    until = time.process_time() + 0.3\n"
    work += "    while time.process_time() < until: pass\n    return 1"
    slow = job(work, *[()] * 5, cpu_seconds=90, wall_seconds=270, test_seconds=0.5, accept=accept)
    assert values(run(slow)) == [1] * 5


def test_signals_and_handlers_do_not_help(run: Run) -> None:
    program = (
        "import signal\n"
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "while True:\n"
        "    try:\n        while True: pass\n"
        "    except BaseException: pass"
    )
    assert run(job(program, cpu_seconds=0.3)).end == "timeout"


def test_memory_of_one_process(run: Run) -> None:
    outcome = run(job("x = bytearray(8 << 30)"))
    assert (outcome.end, outcome.name) == ("resource", "memory")
    raised = run(job("def f(): return len(bytearray(8 << 30))"))
    assert [record.payload for record in raised.records] == [b"MemoryError"]


def test_memory_of_all_processes_together(run: Run) -> None:
    program = (
        "import os, time\n"
        "for _ in range(12):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (100 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )
    outcome = run(job(program, memory_bytes=700 << 20))
    assert (outcome.end, outcome.name) == ("resource", "memory")


@pytest.mark.parametrize("source", ["-1", "os.open('/dev/zero', os.O_RDWR)"])
def test_no_memory_outlives_who_filled_it(run: Run, source: str) -> None:
    """A shared map without a file is resident in no process when its writer has ended."""
    program = f"import mmap, os\ndef f():\n    mmap.mmap({source}, 1 << 20)"
    (record,) = run(job(program)).records
    assert record.payload.split(b":")[0] in (b"PermissionError", b"FileNotFoundError")
    by_file = (
        "import mmap\ndef f():\n    with open('x', 'w+b') as file:\n"
        "        file.truncate(4096)\n        return bytes(mmap.mmap(file.fileno(), 4096)[:2])"
    )
    assert values(run(job(by_file))) == [bytes(2)]


def test_copies_of_what_was_shared_count(run: Run) -> None:
    """Each is smaller than the worker, whose pages a child might still share."""
    program = (
        "import os, time\n"
        "for _ in range(40):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (20 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )
    outcome = run(job(program, memory_bytes=800 << 20))
    assert (outcome.end, outcome.name) == ("resource", "memory")


def test_memory_counts_when_the_first_thread_is_gone(run: Run) -> None:
    program = (
        "import ctypes, os, threading, time\n"
        "def fill():\n    x = bytearray(b'x') * (300 << 20)\n    time.sleep(60)\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        threading.Thread(target=fill).start()\n"
        "        ctypes.CDLL(None).syscall({'x86_64': 60}.get(os.uname().machine, 93), 0)\n"
        "time.sleep(60)"
    )
    outcome = run(job(program, memory_bytes=800 << 20))
    assert (outcome.end, outcome.name) == ("resource", "memory")


def test_processes(run: Run) -> None:
    program = (
        "import os, time\n"
        "def f():\n"
        "    made = 1\n"
        "    try:\n"
        "        while True:\n"
        "            if os.fork() == 0: time.sleep(60)\n"
        "            made += 1\n"
        "    except OSError: return made"
    )
    (made,) = values(run(job(program, processes=20)))
    assert made <= 20


def test_files(run: Run) -> None:
    program = (
        "def f():\n"
        "    try:\n"
        "        with open('large', 'wb', 0) as file:\n"
        "            for _ in range(1000): file.write(bytes(1 << 16))\n"
        "    except OSError as error: return error.errno\n"
        "def g():\n"
        "    try: return len([open('/dev/null') for _ in range(1000)])\n"
        "    except OSError as error: return error.errno"
    )
    assert values(run(job(program, file_bytes=1 << 20))) == [27]  # EFBIG
    assert values(run(job(program, tmpfs_bytes=1 << 20))) == [28]  # ENOSPC
    assert values(run(job(program, entry="g"))) == [24]  # EMFILE


def test_returning_too_much(run: Run) -> None:
    outcome = run(job("def f(): return 'x' * 2000", digest_above=1 << 20, output_bytes=1000))
    assert (outcome.end, outcome.name) == ("resource", "output")


def test_printing_too_much(run: Run) -> None:
    outcome = run(script("while True: print('x' * 1000)", output_bytes=10_000))
    assert (outcome.end, outcome.name) == ("resource", "output")
    enough = run(script("print('x' * 4_999)", *[""] * 2, output_bytes=10_000))
    assert [record.length for record in enough.records] == [5000, 5000]


def test_what_is_printed_in_function_style_goes_nowhere(run: Run) -> None:
    program = "def f():\n    for _ in range(10**4): print('x' * 100)\n    return 1"
    assert values(run(job(program))) == [1]
