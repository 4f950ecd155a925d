"""Rows a second and peak memory from JSON lines of responses to the samples table.

Run it from the root of the repository (a minute, and three times the size of
the file on the disk):

    python tests/benchmarks/import_speed.py
    python tests/benchmarks/import_speed.py --rows 50000

A million responses of about 2 kB each, with as many escapes as real ones to
problems of mathematics (one in a hundred is no ASCII), are written to a
temporary folder, then detected, read and collected, without grading, in a
process of its own.
Targets on two cores: at least 50,000 rows/s, at most 1.5 GiB.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from boundary.importers.collect import collect
from boundary.importers.record import Request, Tally
from boundary.importers.registry import choose
from boundary.importers.responses.read import read

TARGET_ROWS, TARGET_GIB = 50_000, 1.5
EACH = 128
WORDS = (
    "we",
    "let",
    "$x = 2$",
    "then",
    "so that",
    "\\frac{3}{4}",
    "holds,",
    "and\n",
    "$\\alpha$",
    "thus",
)


def write(path: Path, rows: int) -> None:
    """Write responses of some words in random order, `EACH` a problem."""
    draw = random.Random(1)
    pieces = [" ".join(draw.choices(WORDS, k=12)) for _ in range(2_000)]
    with path.open("w", encoding="utf-8") as handle:
        for number in range(rows):
            problem, index = divmod(number, EACH)
            row = {
                "problem_id": f"train/{problem}",
                "sample_index": index,
                "question": f"What is {problem} + {problem}? " * 8,
                "answer": str(2 * problem),
                "response": "\n".join(draw.choices(pieces, k=20))
                + f"{' ≈' * (number % 100 == 0)} \\boxed{{{number}}}",
                "n_tokens": 512 + index,
                "finish_reason": "stop",
                "correct": number % 3 == 0,
            }
            handle.write(json.dumps(row) + "\n")


def measure(path: Path) -> None:
    """Import one file, and print what it took."""
    begun, used = time.perf_counter(), time.process_time()
    chosen = choose(path)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        batches = read(chosen.sources, Request(), Tally())
        (arm,) = collect(batches, "trials", Path(folder), model="m", benchmark="b", tally=Tally())
        seconds, used = time.perf_counter() - begun, time.process_time() - used
        stored = sum(shard.stat().st_size for shard in arm.shards)
    rows = int(arm.counts["n"].sum())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    size = path.stat().st_size
    print(
        f"{rows:,} rows of {size / 1e9:.2f} GB in {seconds:.1f} s ({used:.1f} s of CPU): "
        f"{rows / seconds:,.0f} rows/s (target {TARGET_ROWS:,}), peak {peak:.2f} GiB (target "
        f"{TARGET_GIB}), {len(arm.shards)} shards of {stored / 1e9:.2f} GB"
    )


def main() -> None:
    """Write the file, and import it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path, help="an existing file, imported in this process")
    arguments = parser.parse_args()
    if arguments.file:
        measure(arguments.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.jsonl"
        write(path, arguments.rows)
        subprocess.run([sys.executable, __file__, "--file", str(path)], check=True)


if __name__ == "__main__":
    main()
