"""Peak memory of verifying a million mathematical responses.

Run it from the root of the repository on a file of JSON lines with the gold
answer and a list of responses in each:

    python tests/benchmarks/verify_memory.py --jsonl problems.jsonl --gold gt --field responses

Rows are drawn with replacement (seed 0), each with a number of its own before
it, so that no two are equal.  Counted is what `python -m boundary verify` and its
workers hold together (Pss), looked at twice a second.  Target: at most 2 GiB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import psutil

from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES

TARGET = 2 * 2**30


def write(folder: Path, rows: list[dict], gold: str, field: str, count: int) -> float:
    """Write problems and one shard of samples; return the bytes of its responses."""
    names = [f"p{i:05d}" for i in range(len(rows))]
    unknown = pl.lit(None, dtype=pl.String)
    problems = pl.DataFrame({"problem_id": names, "answer": [str(row[gold]) for row in rows]})
    problems = problems.with_columns(
        benchmark=pl.lit("b"),
        question=pl.lit("?"),
        kind=pl.lit("math"),
        tests=unknown,
        metadata=unknown,
    )
    write_table(problems, folder / "problems.parquet", PROBLEMS)
    rng = np.random.default_rng(0)
    each = -(-count // len(rows))
    parts = [
        pl.DataFrame(
            {
                "problem_id": name,
                "sample_index": range(each),
                "response": [
                    f"{rng.integers(1 << 60)} {row[field][i]}"
                    for i in rng.integers(len(row[field]), size=each)
                ],
            }
        )
        for name, row in zip(names, rows, strict=True)
    ]
    samples = pl.concat(parts).with_columns(
        model=pl.lit("m"),
        benchmark=pl.lit("b"),
        protocol=pl.lit("p"),
        seed=1,
        n_tokens=300,
        finish_reason=pl.lit("stop"),
        logprob_sum=-1.0,
    )
    write_table(samples, folder / "samples.parquet", SAMPLES)
    return float(samples["response"].str.len_bytes().sum())


def held(process: psutil.Process) -> int:
    """Return the proportional set size of a process and all below it."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue  # it has just ended
    return total


def main() -> None:
    """Write the files, verify them, and print the peak."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jsonl", type=Path, required=True)
    parser.add_argument("--gold", default="answer")
    parser.add_argument("--field", default="responses")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    lines = given.jsonl.read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = write(
            folder, [json.loads(line) for line in lines], given.gold, given.field, given.rows
        )
        files = ("--problems", "problems.parquet", "--samples", "samples.parquet")
        command = [sys.executable, "-m", "boundary", "verify", *files, "--output", "v.parquet"]
        began, peak = time.monotonic(), 0
        with subprocess.Popen([*command, "--threads", str(given.threads)], cwd=folder) as job:
            process = psutil.Process(job.pid)
            while job.poll() is None:
                peak = max(peak, held(process))
                time.sleep(0.5)
        seconds = time.monotonic() - began
        if job.returncode:
            raise SystemExit(f"Error: the command ended with {job.returncode}.")
        rows = pl.scan_parquet(folder / "v.parquet").select(pl.len()).collect().item()
    print(
        f"{rows:,} responses, {size / 2**30:.2f} GiB of text, in {seconds:.0f} s: "
        f"peak {peak / 2**20:,.0f} MiB, target {TARGET / 2**20:,.0f}"
    )


if __name__ == "__main__":
    main()
