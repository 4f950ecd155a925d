"""Judge thousands of programs, some of them bad, while workers are killed.

Run it with the project's Python (five minutes with the defaults)::

    python tests/benchmarks/bad_programs.py [--programs 3000] [--workers 2] [--kills 2]

A tenth of the programs is bad, in ten ways; the rest is right.  Workers are killed by
their process numbers in the middle of the run.  Exit code 1 when a verdict is another
than expected, a kill did not hit a worker, or this process, which compares, ever held
more than ``--most`` MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import threading
import time
from contextlib import suppress

import polars as pl

from boundary.verify.code.judge import Judge
from boundary.verify.sandbox import Sandbox

RIGHT = "def f(n):\n    return [n * k for k in range({problem})]\n"
#: Programs, how many of a hundred bad ones are so, and verdicts.
BAD: tuple[tuple[str, int, str], ...] = (
    ("import time\ndef f(n):\n    time.sleep(600)\n", 6, "timeout"),
    ("def f(n):\n    while True: pass\n", 6, "timeout"),
    ("def f(n):\n    return n\n", 18, "wrong"),
    ("def f(n):\n    raise ValueError(n)\n", 14, "error"),
    ("import os\ndef f(n):\n    os._exit(0)\n", 12, "error"),
    ("import os\ndef f(n):\n    os.kill(os.getpid(), 11)\n    os.abort()\n", 8, "error"),
    ("x = bytearray(64 << 30)\n", 8, "resource"),
    ("def f(n):\n    return 'x' * (1 << 23)\n", 8, "wrong"),
    (
        "import os\ndef f(n):\n    for fd in range(3, 64):\n"
        "        try: os.write(fd, bytes(99))\n        except OSError: pass\n",
        10,
        "violation",
    ),
    (
        "class Any:\n    def __eq__(s, o): return True\ndef f(n):\n    return Any()\n",
        10,
        "violation",
    ),
)


def rows(count: int) -> tuple[pl.DataFrame, list[str]]:
    """Return responses, thirty a problem, and the verdicts that are due."""
    kinds = [(text, verdict) for text, share, verdict in BAD for _ in range(share)]
    made, due = [], []
    for number in range(count):
        problem, bad = number // 30, number % 10 == 7
        # Steps through the kinds so that neighbours are unlike.
        text, verdict = kinds[37 * (number // 10) % 100] if bad else (RIGHT, "correct")
        right = RIGHT.format(problem=problem + 1)
        program = text if bad else right
        cases = [{"args": [n]} for n in range(1, 21)]
        tests = {"style": "function", "entry_point": "f", "cases": cases,
                 "reference": {"program": right}}  # fmt: skip
        made.append(
            {
                "problem_id": f"p{problem:04}",
                "sample_index": number % 30,
                "response": f"```python\n{program}# {number}\n```",
                "question": "",
                "tests": json.dumps(tests),
            }
        )
        due.append(verdict)
    return pl.DataFrame(made), due


def kill_some(sandbox: Sandbox, times: int, every: float, done: threading.Event) -> list[int]:
    """Kill workers, one after the other, and return their process numbers."""
    killed: list[int] = []
    while len(killed) < times and not done.wait(every):
        with suppress(ProcessLookupError):
            pid = sandbox.pids()[len(killed) % sandbox.workers]
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    return killed


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--every", type=float, default=7.0, help="seconds between kills")
    parser.add_argument("--most", type=float, default=200.0, help="MiB")
    arguments = parser.parse_args()
    items, due = rows(arguments.programs)
    done, killed = threading.Event(), []
    start = time.perf_counter()
    with Sandbox(arguments.workers) as sandbox:
        killer = threading.Thread(
            target=lambda: killed.extend(kill_some(sandbox, arguments.kills, arguments.every, done))
        )
        killer.start()
        found = Judge(sandbox, None, "benchmark").verify(items)
        done.set()
        killer.join()
    seconds = time.perf_counter() - start
    got = found.with_columns(due=pl.Series(due))
    other = got.filter(pl.col("verdict") != pl.col("due"))
    print(got.group_by("due", "verdict").len().sort("due", "verdict"))
    for row in other.head(9).iter_rows(named=True):
        print(row["problem_id"], row["sample_index"], row["due"], row["verdict"], row["detail"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(due)} programs in {seconds:.0f} s, killed workers {killed}")
    print(f"{other.height} verdicts not as expected, peak of this process {peak:.0f} MiB")
    return bool(other.height) or len(killed) < arguments.kills or peak > arguments.most


if __name__ == "__main__":
    sys.exit(main())
