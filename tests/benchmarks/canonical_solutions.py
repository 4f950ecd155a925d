"""Judge every canonical solution of HumanEval+ and MBPP+, and mutants of each.

Run it with the project's Python, from anywhere (some ten minutes on two cores)::

    python tests/benchmarks/canonical_solutions.py [--set mbpp_plus] [--mutants 3] [--workers 2]

It needs the releases of EvalPlus in ``../shared/data/benchmarks``, beside the
repository.  Prints each canonical solution that does not pass, and each problem
of which fewer than three mutants fail; exit code 1 when a solution does not pass.
A mutant that passes is taken for an equivalent one, and another is made.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.verify.code import verifier
from boundary.verify.setting import Setting
from mutants import mutants

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "benchmarks"
FILES = {"humaneval_plus": "HumanEvalPlus.jsonl.gz", "mbpp_plus": "MbppPlus.jsonl.gz"}
Verify = Callable[[pl.DataFrame], pl.DataFrame]
COLUMNS = ("problem_id", "question", "answer", "tests", "metadata")


def problems_of(name: str) -> pl.DataFrame:
    """Return the problems table of a set."""
    frame, _ = benchmark_problems(ProblemRequest(name, f"file:{DATA / FILES[name]}", entry=name))
    return frame


def items(problems: pl.DataFrame, programs: dict[str, list[str]]) -> pl.DataFrame:
    """Return programs by problem as responses."""
    rows = [
        {
            "problem_id": problem,
            "sample_index": index,
            "response": f"```python\n{program}\n```",
            "finish_reason": "stop",
        }
        for problem, own in programs.items()
        for index, program in enumerate(own)
    ]
    return pl.DataFrame(rows).join(problems.select(COLUMNS), on="problem_id")


def solutions(problems: pl.DataFrame) -> dict[str, list[str]]:
    """Return the canonical solution of each problem."""
    pairs = problems.select("problem_id", "tests").iter_rows()
    return {problem: [json.loads(tests)["reference"]["program"]] for problem, tests in pairs}


def failing_mutants(verify: Verify, problems: pl.DataFrame, wanted: int) -> dict[str, list[str]]:
    """Return the verdicts of mutants that fail, by problem, until there are enough."""
    left = {problem: mutants(own[0]) for problem, own in solutions(problems).items()}
    failed: dict[str, list[str]] = {problem: [] for problem in left}
    while True:
        batch = {
            problem: [mutant for _, mutant in zip(range(wanted), left[problem], strict=False)]
            for problem in left
            if len(failed[problem]) < wanted
        }
        batch = {problem: own for problem, own in batch.items() if own}
        if not batch:
            return failed
        verdicts = verify(items(problems, batch))
        for problem, verdict in verdicts.select("problem_id", "verdict").iter_rows():
            if verdict != "correct":
                failed[problem].append(verdict)


def main() -> int:
    """Run the verification."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=FILES, action="append")
    parser.add_argument("--mutants", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    missed = 0
    with verifier(Setting(workers=arguments.workers)) as verify:
        for name in arguments.set or FILES:
            problems = problems_of(name)
            start = time.monotonic()
            verdicts = verify(items(problems, solutions(problems)))
            seconds = time.monotonic() - start
            passed, tier = verdicts["correct"].sum(), verdicts["sandbox"][0]
            print(f"{name}: {passed} of {problems.height} canonical solutions pass", end=", ")
            print(f"{seconds:.0f} s, sandbox {tier}", flush=True)
            for row in verdicts.filter(~pl.col("correct")).iter_rows(named=True):
                missed += 1
                print(f"  {row['problem_id']}: {row['verdict']}: {row['detail']}")
            if not arguments.mutants:
                continue
            start = time.monotonic()
            failed = failing_mutants(verify, problems, arguments.mutants)
            few = {p: own for p, own in failed.items() if len(own) < arguments.mutants}
            kinds = pl.Series([v for own in failed.values() for v in own]).value_counts(sort=True)
            print(f"{name}: of {len(failed) - len(few)} of {len(failed)} problems at least "
                  f"{arguments.mutants} mutants fail, {time.monotonic() - start:.0f} s; "
                  f"verdicts {dict(kinds.iter_rows())}", flush=True)  # fmt: skip
            for problem, own in few.items():
                print(f"  {problem}: {len(own)} mutant(s) fail: {', '.join(own) or '-'}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
