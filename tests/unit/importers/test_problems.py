"""Problem tables of imported arms: gold answers, and the kind that they tell."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers.collect import OF_PROBLEM, Arm
from boundary.importers.problems import problem_table
from boundary.importers.record import Tally
from boundary.importers.sides import kind_of_benchmark


def arm(*texts, **more):
    problems = {
        f"p{i}": tuple({**dict.fromkeys(OF_PROBLEM), "answer": text, **more}.values())
        for i, text in enumerate(texts)
    }
    return Arm("m", "b", pl.DataFrame(), problems)


def kinds(made, kind=None):
    tally = Tally()
    table = problem_table(made, kind, tally)
    assert table is not None
    return table["kind"].unique().to_list(), tally.remarks()


def test_the_kind_is_guessed_from_gold_answers():
    assert kinds(arm("7", "\\frac{1}{2}", "x")) == (
        ["math"],
        ("the gold answers of b are taken for mathematics, as 100 % of them look like mathematics "
         "(--kind says otherwise)",),
    )  # fmt: skip
    named, remarks = kinds(arm("Paris", "Rome", "7"))
    assert named == ["text"]
    assert "taken for a short text, as 33 % of them" in remarks[0]
    assert kinds(arm("A", metadata='{"choices": ["x", "y"]}')) == (["choice"], ())
    assert kinds(arm(None, tests="{}"))[0] == ["code"]
    assert kinds(arm("Paris"), "math") == (["math"], ())
    assert kinds(arm("Paris", kind="choice"), "math")[0] == ["choice"]


def test_what_cannot_be_graded():
    assert problem_table(arm(None, None), None, Tally()) is None
    with pytest.raises(
        InputError, match=r"1 of 2 problems have neither a gold answer nor tests .fir"
    ):
        problem_table(arm("7", None), None, Tally())
    with pytest.raises(InputError, match="b, problem p0: the answer 'nan' is a word for a missing"):
        problem_table(arm("nan"), None, Tally())


def test_the_kind_of_a_benchmark_of_the_registry():
    assert kind_of_benchmark("math500") == "math"
    assert kind_of_benchmark("nobody knows it") is None
