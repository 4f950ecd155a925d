"""Limits: each is reached by a program, and each is told by its name."""

from __future__ import annotations

import time

import pytest

from boundary.verify.sandbox import Limits
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
