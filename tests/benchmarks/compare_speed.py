"""Time `boundary compare` beside passk-inference, from start to printed result.

Run it with the project's Python, from anywhere::

    python -m venv /tmp/passk && /tmp/passk/bin/pip install passk-inference==0.3.1
    python tests/benchmarks/compare_speed.py --passk-inference /tmp/passk/bin/passk-inference
        [--runs 5] [--boundary PATH]

Both compare the counts of `config/published/deepscaler32k` (1,060 problems, n = 128), turn by
turn; passk-inference at its defaults and with the 10,000 replicates of a verdict here.  Exit
code 1 when the fastest run of ours takes longer than the fastest of either.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNTS = ROOT / "config" / "published" / "deepscaler32k"


def timed(command: list[str]) -> tuple[float, float]:
    """Return wall and processor seconds of a command that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT / "workflow")},
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print the fastest wall and processor time of each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--passk-inference", required=True, metavar="PATH")
    parser.add_argument("--boundary", metavar="PATH", help="default: that of this Python")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    ours = [options.boundary] if options.boundary else [sys.executable, "-m", "boundary"]
    base, other = COUNTS / "base.jsonl", COUNTS / "rl.jsonl"
    theirs = [options.passk_inference, "--base", str(base), "--rl", str(other)]
    commands = {
        "boundary compare": [*ours, "compare", str(base), str(other)],
        "passk-inference, defaults": theirs,
        "passk-inference, 10,000 replicates": [*theirs, "--bootstrap", "10000"],
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            times[name].append(timed(command))
    best = {name: min(each) for name, each in times.items()}
    (_, (limit, _)), *others = best.items()
    for name, (wall, processor) in best.items():
        print(f"{name}: {wall:.2f} s, {processor:.2f} s of CPU, {limit / wall:.2f}x")
    return int(any(limit > wall for _, (wall, _) in others))


if __name__ == "__main__":
    sys.exit(main())
