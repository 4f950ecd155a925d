"""Published counts that a study cannot be made of are told when it is checked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.plan import Plan

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


SEVERAL = """model,benchmark,problem,n,correct,n_unset
x,math,1,32,5,0
x,code,1,8,5,3
paper2,math,1,64,5,
paper2,code,1,16,5,
"""


@pytest.fixture
def counts_alone(raw: Raw) -> Raw:
    """Return a study of two models on two benchmarks, which says nothing of protocols."""
    Path("c.csv").write_text(SEVERAL)
    raw.clear()
    raw |= {
        "study": "s",
        "models": {
            "paper": {"source": "counts:c.csv#x", "role": "base"},
            "paper2": {"source": "counts:c.csv", "role": "rl", "base": "paper"},
        },
        "benchmarks": {"math": {}, "code": {}},
        "comparisons": [{"base": "paper", "other": "paper2", "benchmarks": ["math", "code"]}],
    }
    return raw


def test_counts_alone_need_no_protocol(counts_alone: Raw) -> None:
    before = copy.deepcopy(counts_alone)
    plan = Plan(parse_study(counts_alone, "s.yaml"))
    assert counts_alone == before
    named = [(arm.model, arm.benchmark, arm.protocol, arm.n) for arm in plan.arms]
    assert named == [
        ("paper", "math", "published", 32),
        ("paper2", "math", "published", 64),
        ("paper", "code", "published", 8),
        ("paper2", "code", "published", 16),
    ]
    assert len({arm.scores for arm in plan.arms}) == 4
    assert plan.unused() == []


def test_a_series_of_counts_needs_no_protocol(counts_alone: Raw) -> None:
    counts_alone["models"]["paper2"]["step"] = 10
    counts_alone["series"] = {"r": {"models": ["paper", "paper2"], "benchmarks": ["math"]}}
    assert parse_study(counts_alone, "s.yaml").series["r"].protocol == "published"


def test_a_protocol_of_counts_need_not_say_n(counts_alone: Raw) -> None:
    counts_alone["protocols"] = {"hot": {"temperature": 0.6}}
    counts_alone["comparisons"][0]["protocol"] = "hot"
    plan = Plan(parse_study(counts_alone, "s.yaml"))
    assert [arm.n for arm in plan.arms] == [32, 64, 8, 16]
    assert {arm.protocol for arm in plan.arms} == {"hot"}


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        (
            {"benchmarks.maths": {}, "comparisons.0.benchmarks": ["maths", "code"]},
            "models.paper.source: c.csv has no counts of 'x' on benchmark 'maths'; it has them on: "
            "math, code. Name it in the study as in the file. Did you mean 'math'?",
        ),
        (
            {"models.paper2.n": 64},
            "models.paper2.n: 64, but in c.csv the counts of 'paper2' on 'code' have n = 16. Leave "
            "n out, as the file says it.",
        ),
        (
            {"analyses": {"k_max": 9}},
            "analyses.k_max: 9 is more than the 8 samples of 'paper' under 'published' "
            "(comparisons[0]); pass@k is estimated for k ≤ n.",
        ),
        (
            {"protocols": {"b": {}}, "comparisons.+": {"name": "again", "protocol": "b"}},
            "models.paper.source: published counts are of one protocol; the study takes them for "
            "math under published, code under published, math under b, code under b. Name a "
            "further model for each, with its file.",
        ),
        (
            {"models.paper2": {"source": "hf:a/b", "unverified": True, "role": "rl"}},
            "comparisons[0].protocol: missing; only where no model is sampled may it be left out.",
        ),
    ],
)
@pytest.mark.usefixtures("counts_alone")
def test_several_benchmarks_that_do_not_fit(
    edits: Raw, told: str, edit: Edit, problems: Problems
) -> None:
    found = problems(edit(edits))
    assert any(line.startswith(told) for line in found), found


def test_files_of_several_benchmarks_that_share_no_problem(
    counts_alone: Raw, problems: Problems
) -> None:
    Path("c.csv").write_text(SEVERAL.replace("paper2,code,1", "paper2,code,2"))
    assert problems(counts_alone) == [
        "comparisons[0]: the counts of 'paper' and 'paper2' on 'code' share no problem (such as "
        "'1' and '2'); both files must name problems alike."
    ]


def test_what_is_sampled_needs_a_protocol_and_its_n(edit: Edit, problems: Problems) -> None:
    missing = "missing; only where no model is sampled may it be left out."
    assert problems(edit({"comparisons.0.protocol": ..., "series.grpo.protocol": ...}))[:2] == [
        f"comparisons[0].protocol: {missing}",
        f"series.grpo.protocol: {missing}",
    ]
