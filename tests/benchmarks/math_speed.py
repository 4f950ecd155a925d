"""Time the math verifier against plain Math-Verify, and list where their verdicts differ.

Run it with the project's Python::

    python tests/benchmarks/math_speed.py [--rows 100000] [--rounds 5] [--plain-rounds 5]

Real responses are read from ../shared/data/real_outputs/math_cot_100.jsonl, 800 of
them; a second measurement draws rows from them with replacement (seed 0).  Plain
Math-Verify parses the gold answer and the response of each row and compares
them, in one process.  Runs alternate and medians are compared.  Imports and the
start of the pool are timed apart, and each run of ours begins with a verifier
that has seen nothing.  A plain pass over 100,000 rows takes minutes, so it may
have fewer rounds.  Exit code 1 when a ratio stays below --least or --least-drawn,
or a verdict differs that is not explained here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

BEGUN = time.perf_counter()
from math_verify import parse, verify  # noqa: E402

from boundary.verify.math import verifier  # noqa: E402
from boundary.verify.setting import Setting  # noqa: E402

IMPORTS = time.perf_counter() - BEGUN
DATA = Path(__file__).parents[3] / "shared" / "data" / "real_outputs" / "math_cot_100.jsonl"

#: Pairs on which the two differ, and why ours is right.
EXPLAINED = {
    (r"\text{4:30 p.m.}", r"4:30 \text{ p.m.}"): "the same time of day, which Math-Verify "
    "cannot read",
}

Row = tuple[str, str, str]


def frame(rows: list[Row]) -> pl.DataFrame:
    """Return items of (problem, gold answer, response)."""
    problems, golds, responses = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "problem_id": problems,
            "sample_index": range(len(rows)),
            "answer": golds,
            "response": responses,
        }
    )


def ours(items: pl.DataFrame, workers: int) -> tuple[float, float, pl.DataFrame]:
    """Return seconds to start, seconds to verify, verdicts."""
    first = frame([("w", "x+1", rf"\boxed{{{'1+' * i}x+{1 - i}}}") for i in range(2, 10)])
    with verifier(Setting(workers=workers)) as judge:
        begin = time.perf_counter()
        judge(first)
        started = time.perf_counter()
        found = judge(items)
        return started - begin, time.perf_counter() - started, found


def plain(rows: list[Row]) -> tuple[float, list[bool]]:
    """Return seconds and verdicts of Math-Verify alone."""
    begin = time.perf_counter()
    found = [verify(parse(f"\\boxed{{{gold}}}"), parse(text)) for _, gold, text in rows]
    return time.perf_counter() - begin, found


def measure(
    name: str, rows: list[Row], workers: int, rounds: int, plain_rounds: int
) -> tuple[float, pl.DataFrame, list[bool]]:
    """Time both in turns; return the ratio of medians and the verdicts of both."""
    items = frame(rows)
    theirs: list[bool] = []
    starts, own, other = [], [], []
    for i in range(rounds):
        if i < plain_rounds:
            seconds, theirs = plain(rows)
            other.append(seconds)
        started, seconds, found = ours(items, workers)
        starts.append(started)
        own.append(seconds)
    ratio = statistics.median(other) / statistics.median(own)
    distinct = len({row[1:] for row in rows})
    pairs = len(set(zip(items["problem_id"], found["answer"], strict=True)))
    print(
        f"{name}: {len(rows):,} rows, {distinct:,} distinct (problem, response), "
        f"{pairs:,} distinct (problem, answer); {workers} worker(s)"
    )
    print(f"  start of the pool and first comparison: {statistics.median(starts):.2f} s")
    for who, times in (("plain", other), ("ours", own)):
        listed = ", ".join(f"{seconds:.3f}" for seconds in times)
        print(f"  {who}: median {statistics.median(times):.3f} s of {listed}")
    print(f"  ratio {ratio:.1f}")
    return ratio, found, theirs


def unexplained(rows: list[Row], found: pl.DataFrame, theirs: list[bool]) -> int:
    """Print where verdicts differ; return how many differ without an explanation."""
    odd = Counter(
        (gold, answer, mine, other)
        for (_, gold, _), answer, mine, other in zip(
            rows, found["answer"], found["correct"], theirs, strict=True
        )
        if mine != other
    )
    print(f"  verdicts that differ: {sum(odd.values()):,} of {len(rows):,}")
    for (gold, answer, mine, other), count in odd.items():
        why = EXPLAINED.get((gold, answer), "NOT EXPLAINED")
        print(f"    {count} × gold {gold!r}, answer {answer!r}: ours {mine}, plain {other}: {why}")
    return sum(
        count for (gold, answer, *_), count in odd.items() if (gold, answer) not in EXPLAINED
    )


def main() -> int:
    """Time both on the real responses, then on rows drawn from them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows to draw; 0 for none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plain-rounds", type=int, default=5, help="plain passes over drawn rows")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--least", type=float, default=3.5)
    parser.add_argument("--least-drawn", type=float, default=20.0)
    options = parser.parse_args()
    print(f"imports: {IMPORTS:.2f} s")
    rows = [
        (str(row["idx"]), row["answer"], response)
        for row in map(json.loads, DATA.read_text().splitlines())
        for response in row["code"]
    ]
    plain(rows[:8])  # its parser builds its tables with the first formula
    rounds = options.rounds
    ratio, found, theirs = measure("real responses", rows, options.workers, rounds, rounds)
    left = unexplained(rows, found, theirs)
    sums = [int(found[name].sum()) for name in ("correct", "correct_lenient", "correct_agreed")]
    print(f"  strict {sums[0]}, lenient {sums[1]}, agreed {sums[2]}, plain {sum(theirs)}")
    good = ratio >= options.least and not left
    if options.rows:
        drawn = np.random.default_rng(0).integers(len(rows), size=options.rows)
        many = [rows[i] for i in drawn]
        ratio, found, theirs = measure(
            "drawn rows", many, options.workers, rounds, min(options.plain_rounds, rounds)
        )
        left = unexplained(many, found, theirs)
        good = good and ratio >= options.least_drawn and not left
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
