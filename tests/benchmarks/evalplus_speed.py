"""Time the code verifier beside EvalPlus's own evaluator, which has no sandbox.

Run it with the project's Python (about ten minutes with the defaults); EvalPlus
wants an environment of its own, made once with ``python3 -m venv FOLDER`` and
``FOLDER/bin/pip install evalplus==0.3.1``::

    python tests/benchmarks/evalplus_speed.py --evalplus FOLDER/bin/python \
        --data ../shared/data/benchmarks/HumanEvalPlus.jsonl.gz [--samples 20] [--runs 3]

Every canonical solution of HumanEval+ is judged ``--samples`` times, base and
plus tests, stopping at the first failure, by two workers:

evalplus   ``evalplus.evaluate`` with its expected outputs already in its cache
distinct   the verifier, each copy made another program by a comment
as it is   the verifier with equal copies, as a pipeline gives them: judged once

The three take turns.  What is timed begins when the samples are read and the
workers wait, and ends with the last verdict; the verifier also computes the
expected outputs in that time, for it has no cache of them.  Exit code 1 when a
solution that EvalPlus passes is not passed, or the ratio of the medians of
distinct and evalplus is above ``--most``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

#: Runs in EvalPlus's environment: evaluate a file of samples, print seconds and passes.
DRIVER = """
import json, sys, time
from evalplus import evaluate as e
begun = []
load = e.load_solutions
e.load_solutions = lambda path: (begun.append(time.perf_counter()), load(path))[1]
dump = json.dump
e.json.dump = lambda *a, **k: (begun.append(time.perf_counter()), dump(*a, **k))[1]
e.evaluate("humaneval", samples=sys.argv[1], parallel=2, i_just_wanna_run=True)
results = json.load(open(sys.argv[1].replace(".jsonl", "_eval_results.json")))["eval"]
passed = [name for name, rows in results.items()
          if all(row["base_status"] == row["plus_status"] == "pass" for row in rows)]
print("RESULT " + json.dumps([begun[1] - begun[0], passed]))
"""


def by_evalplus(python: Path, data: Path, samples: Path, folder: Path) -> tuple[float, list[str]]:
    """Return seconds and the tasks whose every sample passed."""
    environment = os.environ | {
        "HUMANEVAL_OVERRIDE_PATH": str(data),
        "XDG_CACHE_HOME": str(folder),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [python, "-c", DRIVER, samples],
        env=environment,
        cwd=folder,
        input="y\n" * 9,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            seconds, passed = json.loads(line.removeprefix("RESULT "))
            return seconds, passed
    raise SystemExit(done.stdout[-2000:] + done.stderr[-4000:])


def items(problems: pl.DataFrame, samples: int, distinct: bool) -> pl.DataFrame:
    """Return every canonical solution so many times, as responses."""
    rows: list[dict[str, Any]] = []
    for problem in problems.iter_rows(named=True):
        program = json.loads(problem["tests"])["reference"]["program"]
        for index in range(samples):
            text = f"{program}\n# copy {index}\n_COPY = {index}\n" if distinct else program
            rows.append(
                {
                    "problem_id": problem["problem_id"],
                    "sample_index": index,
                    "response": f"```python\n{text}\n```",
                    "finish_reason": "stop",
                }
            )
    columns = ("problem_id", "question", "answer", "tests", "metadata")
    return pl.DataFrame(rows).join(problems.select(columns), on="problem_id")


def by_verifier(given: pl.DataFrame) -> tuple[float, float, pl.DataFrame]:
    """Return seconds to start, seconds to judge, and the verdicts."""
    from boundary.verify.code import verifier
    from boundary.verify.setting import Setting

    start = time.perf_counter()
    with verifier(Setting(workers=2)) as verify:
        began = time.perf_counter()
        verdicts = verify(given)
        return began - start, time.perf_counter() - began, verdicts


def main() -> int:
    """Run the benchmark."""
    from boundary.data.benchmark import ProblemRequest, benchmark_problems

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evalplus", type=Path, required=True, help="Python that has EvalPlus")
    parser.add_argument("--data", type=Path, required=True, help="HumanEvalPlus.jsonl.gz")
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most", type=float, default=1.5)
    arguments = parser.parse_args()
    data = arguments.data.resolve()
    problems, _ = benchmark_problems(
        ProblemRequest("humaneval_plus", f"file:{data}", entry="humaneval_plus")
    )
    times: dict[str, list[float]] = {"evalplus": [], "distinct": [], "as it is": []}
    missed: set[str] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, all_copies = folder / "one.jsonl", folder / "all.jsonl"
        for path, samples in ((one, 1), (all_copies, arguments.samples)):
            rows = items(problems, samples, distinct=True)
            write(rows, problems, path)
        by_evalplus(arguments.evalplus, data, one, folder)  # fills its cache
        for run in range(arguments.runs):
            seconds, passed = by_evalplus(arguments.evalplus, data, all_copies, folder)
            times["evalplus"].append(seconds)
            for way in ("distinct", "as it is"):
                given = items(problems, arguments.samples, way == "distinct")
                begin, seconds, verdicts = by_verifier(given)
                times[way].append(seconds)
                failed = verdicts.filter(~pl.col("correct"))
                names = {task_id(problems, problem) for problem in failed["problem_id"]}
                missed |= names & set(passed)
                print(f"run {run}: {way}: start {begin:.1f} s, {failed.height} not passed")
            print(f"run {run}: evalplus passes {len(passed)} of {problems.height}: ", end="")
            print(", ".join(f"{way} {own[-1]:.1f} s" for way, own in times.items()), flush=True)
    medians = {way: statistics.median(own) for way, own in times.items()}
    for way, median in medians.items():
        print(f"{way:9} median {median:6.1f} s, {median / medians['evalplus']:.2f} × evalplus")
    if missed:
        print(f"passed by EvalPlus and not by the verifier: {sorted(missed)}")
    return bool(missed) or medians["distinct"] > arguments.most * medians["evalplus"]


def task_id(problems: pl.DataFrame, problem_id: str) -> str:
    """Return EvalPlus's name of a problem."""
    (found,) = problems.filter(pl.col("problem_id") == problem_id)["metadata"]
    name: str = json.loads(found)["task_id"]
    return name


def write(rows: pl.DataFrame, problems: pl.DataFrame, path: Path) -> None:
    """Write samples as EvalPlus reads them."""
    with path.open("w") as file:
        for problem, response in rows.select("problem_id", "response").iter_rows():
            text = response.removeprefix("```python\n").removesuffix("\n```")
            file.write(json.dumps({"task_id": task_id(problems, problem), "solution": text}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
