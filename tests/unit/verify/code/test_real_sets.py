"""Samples of HumanEval+ and MBPP+; tests/benchmarks/canonical_solutions.py takes them whole."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from benchmark_files import load
from harness import HAND_MADE
from mutants import mutants
from unit.verify.code.conftest import ITEMS, Verify

#: Tuples, sets, floats, big integers, large outputs, special oracles.
SAMPLE = {
    "humaneval_plus": (0, 10, 14, 32, 38, 45, 100, 107, 137, 147),
    "mbpp_plus": (2, 93, 115, 124, 252, 581, 558, 630, 737, 794, 769),
}
MUTANTS = 3
#: A mutant that passes is an equivalent one; so many are tried.
TRIED = 10


@pytest.fixture(scope="module", params=SAMPLE)
def problems(request: pytest.FixtureRequest, data: Path) -> pl.DataFrame:
    frame, _ = load(data, request.param)
    if data == HAND_MADE:
        return frame
    number = pl.col("problem_id").str.split("/").list.last().cast(pl.Int64)
    return frame.filter(number.is_in(SAMPLE[request.param]))


def test_canonical_solutions_pass_and_their_mutants_fail(
    verify: Verify, problems: pl.DataFrame
) -> None:
    assert problems.height >= 4
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
