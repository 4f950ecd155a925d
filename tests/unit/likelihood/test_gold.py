"""Worked solutions in the form of samples."""

from __future__ import annotations

import json

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.likelihood.gold import gold_samples, solutions

METADATA = {
    "a": {"solution": " 2 + 2 = 4 ", "level": 3},
    "b": {"reference_solution": "so it is 5"},
    "c": {"solution": ["first", "second"]},
    "d": {"level": 1},
    "e": {"solution": ""},
    "f": {"solution": 7},
    "g": None,
}


def problems() -> pl.DataFrame:
    """Return problems with and without solutions, and one of another benchmark."""
    rows = [
        {
            "benchmark": "b",
            "problem_id": name,
            "metadata": None if known is None else json.dumps(known),
        }
        for name, known in METADATA.items()
    ]
    other = {"benchmark": "other", "problem_id": "a", "metadata": json.dumps({"solution": "x"})}
    return pl.DataFrame([*rows, other])


def test_solutions_stand_in_the_metadata() -> None:
    known = solutions(problems().filter(benchmark="b"))
    assert known == {"a": "2 + 2 = 4", "b": "so it is 5", "c": "first"}


def test_each_is_the_one_response_to_its_problem() -> None:
    frame = gold_samples(problems(), "b", "p")
    assert frame["response"].to_list() == ["2 + 2 = 4", "so it is 5", "first"]
    assert frame.select("model", "protocol", "sample_index", "finish_reason").unique().rows() == [
        ("gold", "p", 0, "stop")
    ]
    assert frame["logprob_sum"].null_count() == 3


def test_no_solution_at_all_is_told() -> None:
    with pytest.raises(InputError, match="no problem of 'b' has a worked solution"):
        gold_samples(problems().filter(problem_id="d"), "b", "p")


def test_metadata_that_is_no_json_is_told() -> None:
    broken = problems().with_columns(metadata=pl.lit("{solution"))
    with pytest.raises(InputError, match=r"the metadata of problem 'a' is no JSON"):
        gold_samples(broken, "b", "p")
