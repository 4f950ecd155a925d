"""Time the code verifier with programs among its own that sleep or hang.

Run it with the project's Python (five minutes with the defaults)::

    python tests/benchmarks/sleepers.py [--programs 300] [--bad 4] [--workers 2 8]

Honest programs of as many problems are judged alone, and with a few that never come to
an end: asleep, in an endless loop, or waiting for a lock, spread over them.  Printed are
the seconds of each and the bound that they have to keep, 1.5 times the sum of the honest
ones alone and the longest limit of one program; exit code 1 when one is above it or a
verdict is another than expected.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

import polars as pl

from boundary.verify.code import verifier
from boundary.verify.code.judge import LEAST_SECONDS, SECONDS_A_TEST
from boundary.verify.sandbox.account import WAITING
from boundary.verify.setting import Setting

KINDS = {
    "sleep": "import time\ndef f(n):\n    time.sleep(600)\n",
    "loop": "def f(n):\n    while True: pass\n",
    "lock": "import threading\ndef f(n):\n    threading.Barrier(2).wait()\n",
}
REFERENCE = "def f(n):\n    return sum(range(n)) + {number}\n"


def rows(count: int, bad: int, program: str, *, reference: bool) -> pl.DataFrame:
    """Return responses to as many problems, the bad ones spread among them."""
    places = {(2 * index + 1) * count // (2 * bad) for index in range(bad)} if bad else set()
    made = []
    for number in range(count):
        right = REFERENCE.format(number=number)
        cases = [{"args": [n]} for n in range(20)]
        tests = {"style": "function", "entry_point": "f", "cases": cases}
        if reference:
            tests["reference"] = {"program": right}
        else:
            for case in cases:
                case["expected"] = sum(range(case["args"][0])) + number  # type: ignore[index]
        for text in [right, f"{program}# {number}\n"][: 1 + (number in places)]:
            made.append(
                {
                    "problem_id": f"p{number:05}",
                    "sample_index": int(text is not right),
                    "response": f"```python\n{text}```",
                    "question": "",
                    "tests": json.dumps(tests),
                }
            )
    return pl.DataFrame(made)


def timed(items: pl.DataFrame, workers: int) -> float:
    """Return the seconds of judging; ends the script when a verdict is not as expected."""
    with verifier(Setting(workers=workers)) as verify:
        start = time.perf_counter()
        found = verify(items)
        seconds = time.perf_counter() - start
    expected = ["correct" if index == 0 else "timeout" for index in items["sample_index"]]
    if found["verdict"].to_list() != expected:
        raise SystemExit(f"other verdicts than expected: {found['verdict'].value_counts()}")
    return seconds


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--bad", type=int, default=4)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 8])
    arguments = parser.parse_args()
    late = False
    print("| workers | reference | programs | alone, s | with them, s | bound, s |")
    print("|---|---|---|---|---|---|")
    for workers in arguments.workers:
        for reference in (True, False):
            limit = WAITING * (LEAST_SECONDS if reference else SECONDS_A_TEST)
            alone = timed(rows(arguments.programs, 0, "", reference=reference), workers)
            for kind, program in KINDS.items():
                items = rows(arguments.programs, arguments.bad, program, reference=reference)
                seconds, bound = timed(items, workers), 1.5 * (alone + limit)
                late |= seconds > bound
                print(
                    f"| {workers} | {'yes' if reference else 'no'} | {arguments.bad} {kind} | "
                    f"{alone:.1f} | {seconds:.1f} | {bound:.1f} |",
                    flush=True,
                )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load of the machine: {load}")
    return late


if __name__ == "__main__":
    sys.exit(main())
