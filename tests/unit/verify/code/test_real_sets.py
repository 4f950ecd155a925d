"""A sample of HumanEval+ and MBPP+; tests/benchmarks/canonical_solutions.py takes all."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from boundary.data.benchmark import ProblemRequest, benchmark_problems
from mutants import mutants
from unit.verify.code.conftest import ITEMS, Verify

#: Tuples, sets, floats, big integers, large outputs, special oracles.
SAMPLE = {
    "humaneval_plus": ("HumanEvalPlus", (0, 10, 14, 32, 38, 45, 100, 107, 137, 147)),
    "mbpp_plus": ("MbppPlus", (2, 93, 115, 124, 252, 581, 558, 630, 737, 794, 769)),
}
MUTANTS = 3
#: A mutant that passes is an equivalent one; so many are tried.
TRIED = 10


@pytest.fixture(scope="module", params=SAMPLE)
def problems(request: pytest.FixtureRequest, shared_data: Path) -> pl.DataFrame:
    file, numbers = SAMPLE[request.param]
    path = shared_data / "benchmarks" / f"{file}.jsonl.gz"
    frame, _ = benchmark_problems(
        ProblemRequest(request.param, f"file:{path}", entry=request.param)
    )
    number = pl.col("problem_id").str.split("/").list.last().cast(pl.Int64)
    return frame.filter(number.is_in(numbers))


def test_canonical_solutions_pass_and_their_mutants_fail(
    verify: Verify, problems: pl.DataFrame
) -> None:
    assert problems.height >= 10
    programs = {
        row["problem_id"]: json.loads(row["tests"])["reference"]["program"]
        for row in problems.iter_rows(named=True)
    }
    rows = [
        {"problem_id": problem, "sample_index": index, "response": f"```python\n{text}\n```",
         "finish_reason": "stop"}
        for problem, program in programs.items()
        for index, text in enumerate([program, *islice(mutants(program), TRIED)])
    ]  # fmt: skip
    found = pl.DataFrame(rows).join(
        problems.select("problem_id", "question", "answer", "tests", "metadata"), on="problem_id"
    )
    verdicts = verify(found.select(*ITEMS))
    own = verdicts.filter(sample_index=0)
    assert own.filter(~pl.col("correct")).rows() == []
    failing = verdicts.filter(~pl.col("correct")).group_by("problem_id").len()
    few = failing.filter(pl.col("len") < MUTANTS)
    assert few.rows() == []
    assert failing.height == problems.height
