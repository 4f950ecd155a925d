"""Rows of multiple choice and of short texts, on their way to the problem table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.errors import InputError, TableError

Write = Callable[..., Path]


def test_rows_of_multiple_choice(write: Write) -> None:
    """The answer is a letter in the table, and the question shows its options."""
    cities = ["Paris", "Rome"]
    rows = [
        {"problem_id": "a", "question": "Where?", "answer": "B", "choices": cities},
        {"problem_id": "b", "question": "Paris or Rome?", "answer": "Rome", "choices": cities},
        {"problem_id": "c", "question": "r?", "answer": "A", "metadata": {"choices": ["1", "2"]}},
        {"problem_id": "d", "question": "s?", "answer": 4, "choices": '["3", "4"]'},
    ]
    frame, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}", kind="choice"))
    assert frame["kind"].unique().to_list() == ["choice"]
    assert frame["answer"].to_list() == ["B", "B", "A", "B"]
    assert frame["question"].to_list() == [
        "Where?\n\nA) Paris\nB) Rome",
        "Paris or Rome?",
        "r?\n\nA) 1\nB) 2",
        "s?\n\nA) 3\nB) 4",
    ]
    assert frame["metadata"][0] == '{"choices":["Paris","Rome"]}'
    again, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}", kind="choice"))
    assert again.equals(frame)


def test_rows_of_short_texts(write: Write) -> None:
    rows = [
        {"problem_id": "a", "question": "q", "answer": "USA"},
        {"problem_id": "b", "question": "r", "answer": ["USA", "United States"]},
        {"problem_id": "c", "question": "s", "answer": "x", "metadata": {"golds": ["y"]}},
        {"problem_id": "d", "question": "t", "kind": "text", "answer": 5, "metadata": {"z": 1}},
    ]
    frame, _ = benchmark_problems(ProblemRequest("mine", f"file:{write(rows)}", kind="text"))
    assert frame.select("answer", "kind", "metadata").rows() == [
        ("USA", "text", None),
        ("USA", "text", '{"golds":["United States"]}'),
        ("x", "text", '{"golds":["y"]}'),
        ("5", "text", '{"z":1}'),
    ]


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("choice", {"answer": "A"}, r"row 1: its metadata has no 'choices'"),
        ("choice", {"answer": "C", "choices": ["a", "b"]}, "'C' is no letter of an option"),
        ("choice", {"answer": 0, "choices": ["a", "b"]}, "'0' is no letter of an option"),
        ("choice", {"answer": "A", "choices": "a, b"}, "'choices' should be a list of texts"),
        ("choice", {"answer": "A", "choices": ["a", 2]}, "no 'choices', a list"),
        ("choice", {"answer": "A", "choices": ["a", "a"]}, "options A and B .* are the same"),
        ("choice", {"answer": None, "choices": ["a", "b"]}, "has no answer, found None"),
        (
            "choice",
            {"answer": "A", "choices": ["a", "b"], "metadata": {"choices": ["a", "b"]}},
            "'choices' stands in the row and in its metadata",
        ),
        ("choice", {"answer": "A", "metadata": [1]}, "'metadata' is no JSON object"),
        ("text", {"answer": []}, "'answer' is an empty list"),
        ("text", {"answer": ["a", ""]}, "the answer '' is empty"),
        ("text", {"answer": "None"}, r"write \\text\{None\}"),
        ("text", {"answer": "a", "metadata": {"case": "no"}}, "'case' of its metadata"),
    ],
)
def test_a_row_whose_options_are_none_is_named(
    write: Write, kind: str, row: dict, said: str
) -> None:
    path = write([{"problem_id": "a", "question": "q", **row}])
    with pytest.raises(InputError, match=said):
        benchmark_problems(ProblemRequest("mine", f"file:{path}", kind=kind))


def test_a_table_of_problems_without_options_names_its_row(tmp_path: Path, write: Write) -> None:
    rows = [{"problem_id": name, "question": name, "answer": "A"} for name in "ab"]
    frame, _ = benchmark_problems(ProblemRequest("old", f"file:{write(rows)}"))
    path = tmp_path / "table.parquet"
    frame.with_columns(kind=pl.lit("choice")).write_parquet(path)
    with pytest.raises(TableError, match=r"row 1, problem 'a': .*no 'choices'.*2 such rows"):
        benchmark_problems(ProblemRequest("new", f"file:{path}", kind="choice"))
