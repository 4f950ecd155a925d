"""Published counts that a study cannot be made of are told when it is checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]
HEADER = "model,problem,n,correct\n"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "counts:cc.csv#x",
            "cc.csv: no such file of counts; paths are relative to the working directory. Did you "
            "mean 'c.csv'?",
        ),
        ("counts:none/c.csv#x", "working directory. The folder none is not there."),
        ("counts:.#x", ".: no such file of counts"),
        ("counts:c.csv#X", "c.csv has no model named 'X'; it has: x, paper2. Write 'counts:c.csv#"),
        ("counts:c.csv#paper", "'counts:c.csv#NAME' with one of these. Did you mean 'paper2'?"),
        ("counts:wide.csv", "wide.csv: line 1 has no column n, correct"),
        ("counts:one.csv#x", "one.csv tells no models apart; write 'counts:one.csv'."),
        ("counts:bad.csv", "bad.csv: 1 row(s) cannot be counts - line 2: correct is 33"),
        ("counts:latin.csv", "latin.csv: cannot be read as CSV in UTF-8"),
    ],
)
def test_counts_that_cannot_be_had(source: str, told: str, edit: Edit, problems: Problems) -> None:
    Path("wide.csv").write_text("problem,a,b\n1,2,3\n")
    Path("one.csv").write_text("id,n,c\n1,32,5\n")
    Path("bad.csv").write_text(HEADER + "paper,1,32,33\n")
    Path("latin.csv").write_bytes((HEADER + "é,1,2,1\n").encode("latin-1"))
    (line,) = problems(edit({"models.paper.source": source}))
    assert line.startswith("models.paper.source: ")
    assert told in line


def test_a_file_of_one_model_need_not_name_it(edit: Edit) -> None:
    Path("one.csv").write_text("id;n;c\n1;32;5\n")
    parse_study(edit({"models.paper.source": "counts:one.csv"}), "s.yaml")


def test_many_names_are_not_all_listed(edit: Edit, problems: Problems) -> None:
    Path("c.csv").write_text(HEADER + "".join(f"m{i},1,32,5\n" for i in range(40)))
    assert "m10, m11 and 28 more. Write" in problems(edit({}))[0]


def test_n_unlike_the_file(edit: Edit, problems: Problems) -> None:
    assert problems(edit({"models.paper.n": 16})) == [
        "models.paper.n: 16, but in c.csv the counts of 'x' have n = 32. Write 'n: 32' under "
        "models.paper."
    ]


def test_n_may_differ_by_problem(edit: Edit, problems: Problems) -> None:
    Path("mixed.csv").write_text(HEADER + "x,1,32,5\nx,2,8,5\n")
    mixed = {"models.paper.source": "counts:mixed.csv#x"}
    parse_study(edit(mixed), "s.yaml")
    assert problems(edit({**mixed, "models.paper.n": 8})) == [
        "models.paper.n: 8, but in mixed.csv the counts of 'x' have n from 8 to 32, and n is the "
        "most. Write 'n: 32' under models.paper."
    ]


def test_advice_on_n_can_be_followed(edit: Edit, problems: Problems) -> None:
    """Two models of one file with another n each."""
    Path("c.csv").write_text(HEADER + "x,1,32,5\npaper2,1,8,5\n")
    assert problems(edit({})) == [
        "protocols.told.n: 32, but in c.csv the counts of 'paper2' have n = 8. Write 'n: 8' under "
        "models.paper2, or under protocols.told where all its models have it."
    ]
    parse_study(edit({"models.paper2.n": 8}), "s.yaml")


def test_files_that_share_no_problem(edit: Edit, problems: Problems) -> None:
    Path("d.csv").write_text(HEADER + "paper2,q-1,32,5\n")
    assert problems(edit({"models.paper2.source": "counts:d.csv"})) == [
        "comparisons[1]: the counts of 'paper' and 'paper2' share no problem (such as '1' and "
        "'q-1'); both files must name problems alike."
    ]


def test_a_file_that_changes_is_read_again(edit: Edit, problems: Problems) -> None:
    Path("c.csv").write_text(HEADER)
    assert "no counts, only a header" in problems(edit({}))[0]
    Path("c.csv").write_text(HEADER + "x,1,32,5\npaper2,1,32,9\n")
    parse_study(edit({}), "s.yaml")


def test_counts_need_no_longest_response(edit: Edit, problems: Problems) -> None:
    found = parse_study(edit({"protocols.told": {"n": 32}}), "s.yaml")
    assert found.protocols["told"].max_tokens is None
    assert problems(edit({"protocols.t1.max_tokens": ...})) == ["protocols.t1.max_tokens: missing."]


@pytest.mark.parametrize(
    ("key", "value"),
    [("dtype", "float16"), ("tensor_parallel_size", 2), ("unverified", True)],
)
def test_keys_that_mean_nothing_for_counts(
    key: str, value: object, edit: Edit, problems: Problems
) -> None:
    assert problems(edit({f"models.paper.{key}": value})) == [
        f"models.paper.{key}: only goes with hf:, file: and pypi: sources."
    ]
