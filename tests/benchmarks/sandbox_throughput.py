"""Time the sandbox beside launching ``bwrap python`` for each program.

Run it with the project's Python (a minute or two with the defaults)::

    python tests/benchmarks/sandbox_throughput.py [--programs 400] [--rounds 5]

Both run the same programs, each another text, two at a time, and must give the
same answers.  Half of the programs are trivial, half use numpy:

sandbox    two workers, pre-warmed; one disposable PID namespace a program
bwrap      one bubblewrap a program, with all namespaces, an empty environment, no
           capabilities, a read-only root and small tmpfs; its Python imports numpy

The two take turns, a part of the programs each.  Printed are programs a second
of every round and the ratio of the medians; exit code 1 when it is below
``--least`` or an answer differs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from boundary.verify.sandbox import Job, Sandbox, wire

TRIVIAL = "def f(n):\n    return n * {number} + 1\n"
NUMPY = (
    "import numpy as np\ndef f(n):\n"
    "    return int(np.arange(n * {number} + 2, dtype=np.int64)[-1])\n"
)


def programs(count: int, start: int) -> list[tuple[str, int]]:
    """Return programs and what they answer to 1."""
    kinds = (TRIVIAL, NUMPY)
    return [(kinds[n % 2].format(number=n), n + 1) for n in range(start, start + count)]


def by_sandbox(sandbox: Sandbox, given: list[tuple[str, int]]) -> float:
    """Return seconds of running the programs."""
    start = time.perf_counter()
    jobs = [Job(text, "function", "f", (wire.encode((1,), ordered=True),)) for text, _ in given]
    outcomes = list(sandbox.run(jobs))
    seconds = time.perf_counter() - start
    for outcome, (text, value) in zip(outcomes, given, strict=True):
        if [record.payload for record in outcome.records] != [wire.encode(value)]:
            raise SystemExit(f"{text}: {outcome}")
    return seconds


def bubblewrap() -> list[str]:
    """Return the command before a program; its Python has numpy imported."""
    import numpy

    found = [Path(folder) for folder in ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache")]
    prefixes = {Path(sys.base_prefix), Path(sys.prefix), Path(numpy.__file__).parents[1]}
    binds = [path for path in (*found, *sorted(prefixes)) if path.exists()]
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    command += ["--cap-drop", "ALL"]
    for path in binds:
        command += ["--ro-bind", str(path), str(path)]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(64 << 20), "--tmpfs", "/tmp"]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"]
    for name, value in {
        "PYTHONPATH": str(Path(numpy.__file__).parents[1]),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }.items():
        command += ["--setenv", name, value]
    run = "import sys, numpy\nexec(sys.argv[1])\nprint(f(1))"
    return [*command, sys.executable, "-s", "-P", "-c", run]


def by_bubblewrap(command: list[str], given: list[tuple[str, int]]) -> float:
    """Return seconds of running the programs."""

    def one(text: str) -> str:
        done = subprocess.run(
            [*command, text], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True
        )
        return done.stdout.strip()

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, [text for text, _ in given]))
    seconds = time.perf_counter() - start
    if answers != [str(value) for _, value in given]:
        raise SystemExit("bwrap gave other answers")
    return seconds


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--least", type=float, default=15.0)
    arguments = parser.parse_args()
    command = bubblewrap()
    share = arguments.programs // arguments.rounds
    rates: dict[str, list[float]] = {"sandbox": [], "bwrap": []}
    start = time.perf_counter()
    with Sandbox(2) as sandbox:
        by_sandbox(sandbox, programs(2, 10**6))
        print(f"{sandbox.tier}, ready after {time.perf_counter() - start:.1f} s", flush=True)
        by_bubblewrap(command, programs(2, 10**6))
        for number in range(arguments.rounds):
            given = programs(share, number * share)
            rates["sandbox"].append(share / by_sandbox(sandbox, given))
            rates["bwrap"].append(share / by_bubblewrap(command, given))
            shown = ", ".join(f"{way} {own[-1]:.1f}" for way, own in rates.items())
            print(f"round {number}: programs a second: {shown}", flush=True)
    medians = {way: statistics.median(own) for way, own in rates.items()}
    ratio = medians["sandbox"] / medians["bwrap"]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"medians: sandbox {medians['sandbox']:.1f}, bwrap {medians['bwrap']:.1f} programs a s")
    print(f"ratio {ratio:.1f} (load of the machine: {load})")
    return ratio < arguments.least


if __name__ == "__main__":
    sys.exit(main())
