"""The functions for notebooks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from typer.testing import CliRunner

import boundary
from boundary.cli.app import app
from boundary.errors import InputError

COLUMNS = ["k", "pass_at_k", "se", "ci_low", "ci_high", "n_problems", "n_min", "flagged"]
BASE = {"problem": list(range(200)), "n": [16] * 200, "correct": [1] * 150 + [0] * 50}
RL = BASE | {"correct": [12] * 100 + [0] * 100}


def counts_file(folder: Path, name: str, rows: dict[str, list[int]]) -> Path:
    path = folder / f"{name}.csv"
    pl.DataFrame(rows).write_csv(path)
    return path


def test_pass_at_k_is_the_closed_form() -> None:
    frame = boundary.pass_at_k(4, [4, 2, 0])
    assert frame.columns == COLUMNS
    # 1 − C(2, k)/C(4, k) for the second problem: 1/2, 5/6, 1, 1.
    assert frame["pass_at_k"].to_list() == pytest.approx([1.5 / 3, (1 + 5 / 6) / 3, 2 / 3, 2 / 3])
    # Beyond the fewest samples of a problem nothing is estimated.
    unequal = boundary.pass_at_k([4, 2], [1, 1]).select("k", "pass_at_k").rows()
    assert unequal == [(1, 0.375), (2, 0.75), (3, None), (4, None)]


@pytest.mark.parametrize(
    ("n", "correct", "part"),
    [
        (4, [], "one problem at least"),
        ([4], [1, 2], "1 numbers of samples and 2"),
        (4, [1, 5], "problem 1 has n = 4 and correct = 5"),
        (0, [0], "problem 0 has n = 0"),
        (4, [1.5], "problem 0 has n = 4 and correct = 1.5, and should have whole"),
        (4, [True, False], "problem 0 has n = 4 and correct = True"),
        (4.5, [1], "problem 0 has n = 4.5"),
        (4, ["1"], "problem 0 has n = 4 and correct = '1'"),
    ],
)
def test_pass_at_k_refuses_what_is_no_count(n: object, correct: list[int], part: str) -> None:
    with pytest.raises(InputError, match=part):
        boundary.pass_at_k(n, correct)  # type: ignore[arg-type]


def test_pass_at_k_takes_whole_numbers_of_any_type() -> None:
    frame = boundary.pass_at_k(np.int64(4), pl.Series([4.0, 2.0, 0.0]))
    assert frame.equals(boundary.pass_at_k(4, np.array([4, 2, 0])))


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"trust": "Ours"}, "trust 'Ours': should be ours or theirs"),
        ({"kind": "maths"}, "--kind maths: should be one of choice, code, math, text"),
        ({"labels": ["a", "b", "c"]}, "labels: 3 names for 2 sides"),
        ({"labels": ["a", "a"]}, "both are called 'a'"),
    ],
)
def test_arguments_that_mean_nothing(options: dict[str, Any], part: str) -> None:
    with pytest.raises(InputError, match=part):
        boundary.compare(pl.DataFrame(BASE), pl.DataFrame(RL), **options)


def test_tables_of_polars_and_pandas_and_files_come_to_the_same(tmp_path: Path) -> None:
    paths = [counts_file(tmp_path, "base", BASE), counts_file(tmp_path, "other", RL)]
    of_files = boundary.compare(*paths, k_max=16).to_dict()["comparisons"]
    (one,) = of_files
    assert (one["verdict"], one["base"], one["other"]) == ("crossover", "base", "other")
    assert one["diff_at_1"] == pytest.approx(150 / 200 / 16 - 0.375)
    assert (
        boundary.compare(pl.DataFrame(BASE), pl.DataFrame(RL), k_max=16).to_dict()["comparisons"]
        == of_files
    )
    floats = pd.DataFrame(RL).astype({"n": float})
    assert (
        boundary.compare(pd.DataFrame(BASE), floats, k_max=16).to_dict()["comparisons"] == of_files
    )


def test_a_comparison_prints_what_the_command_prints(tmp_path: Path) -> None:
    paths = [str(counts_file(tmp_path, "base", BASE)), str(counts_file(tmp_path, "rl", RL))]
    printed = CliRunner().invoke(app, ["compare", *paths])
    assert printed.exit_code == 0
    answer = boundary.compare(*paths)
    assert str(answer) == printed.output.rstrip("\n")
    assert answer.verdicts == ["other-ahead-to-K"]
    as_json = CliRunner().invoke(app, ["compare", "--json", *paths])
    assert json.loads(as_json.output) == answer.to_dict()


def test_a_comparison_has_tables_charts_and_a_report(tmp_path: Path) -> None:
    answer = boundary.compare(pl.DataFrame(BASE), pl.DataFrame(RL), labels=["b", "r"])
    assert answer.tables["crossovers"]["verdict"].to_list() == ["other-ahead-to-K"]
    assert answer.tables["passk"].filter(model="r", k=1)["pass_at_k"].item() == 0.375
    assert answer.chart("passk").to_dict()["$schema"].startswith("https://vega.github.io")
    with pytest.raises(InputError, match="no figure 'nothing'; there are: passk"):
        answer.chart("nothing")
    page = answer.save(tmp_path / "report")
    assert "r against b" in page.read_text(encoding="utf-8")


def test_messages_name_tables_and_not_the_file_between(tmp_path: Path) -> None:
    wrong = pl.DataFrame(BASE | {"correct": [17] * 200})
    with pytest.raises(InputError) as caught:
        boundary.compare(pl.DataFrame(BASE), wrong, labels=["b", "r"])
    assert "(table 'r')" in str(caught.value)
    assert "boundary-" not in str(caught.value)
    assert "(table 'b')" in str(
        boundary.compare(pl.DataFrame(BASE), pl.DataFrame(RL), labels=["b"])
    )


@pytest.mark.parametrize(
    ("table", "part"),
    [(pl.DataFrame({"problem": []}), "without rows"), ([1, 2], "is list")],
)
def test_what_is_no_table_is_refused(table: object, part: str) -> None:
    with pytest.raises(InputError, match=part):
        boundary.compare(pl.DataFrame(BASE), table)  # type: ignore[arg-type]


def test_responses_in_a_table_are_graded() -> None:
    rows = [
        {"id": q, "response": f"So it is \\boxed{{{q + i % 2}}}.", "answer": str(q)}
        for q in range(12)
        for i in range(2)
    ]
    right = [row | {"response": f"\\boxed{{{row['answer']}}}"} for row in rows]
    answer = boundary.compare(pl.DataFrame(rows), pl.DataFrame(right))
    assert answer.result.sides[0].judged_by == {"benchmark": "ours"}
    assert answer.to_dict()["comparisons"][0]["diff_at_1"] == -0.5


SCRIPT = """
import polars as pl
import boundary

print("once")
half = r"It is $\\frac{%d}{2}$"
rows = [{"id": q, "response": half % (2 * q + 1), "answer": f"{q}.5"} for q in range(9)]
wrong = [row | {"response": r"It is $\\frac{1}{7}$"} for row in rows]
answer = boundary.compare(pl.DataFrame(wrong), pl.DataFrame(rows))
print(answer.to_dict()["comparisons"][0]["sets"])
"""


def test_a_script_that_compares_runs_once(tmp_path: Path) -> None:
    """Processes that grade must not run the script again, which has no guard against it."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.splitlines() == [
        "once",
        "{'both': 0, 'base_only': 0, 'other_only': 9, 'neither': 0}",
    ], done.stderr


def test_samples_are_read_as_one_table(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    rows = [{"id": "a", "response": "x", "correct": True, "model": m} for m in ("one", "two")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    frame = boundary.read_samples(path)
    assert frame.select("model", "problem_id", "response", "correct_theirs").rows() == [
        ("one", "a", "x", True),
        ("two", "a", "x", True),
    ]
    assert boundary.read_samples(f"{path}#two")["model"].to_list() == ["two"]
    counts = boundary.read_samples(counts_file(tmp_path, "base", BASE))
    assert counts.select("problem_id", "n", "correct").row(0) == ("0", 16, 1)


def test_samples_of_a_model_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("model,problem,n,correct\na,1,4,1\nb,1,4,2\n")
    assert boundary.read_samples(f"{path}#b")["correct"].to_list() == [2]
    with pytest.raises(InputError, match="has no model named 'c'; it has: a, b"):
        boundary.read_samples(f"{path}#c")


def test_the_page_on_notebooks_names_what_there_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    for name in boundary.__all__:
        if name not in ("Comparison", "__version__"):
            assert f"boundary.{name}(" in page
    with pytest.raises(AttributeError):
        boundary.nothing  # noqa: B018


def test_verdicts_of_the_file_are_a_rule_beside_ours() -> None:
    """A table, a curve and a sentence show where the file's verdicts differ from ours."""
    rows = [
        {"id": q, "response": f"\\boxed{{{q}}}", "answer": str(q), "correct": q % 2 == 0}
        for q in range(120)
        for _ in range(2)
    ]
    wrong = [row | {"response": "\\boxed{x}", "correct": False} for row in rows]
    answer = boundary.compare(pl.DataFrame(wrong), pl.DataFrame(rows))
    curve = answer.tables["passk_theirs"].filter(model="other", k=1)
    assert curve["pass_at_k"].item() == 0.5
    assert answer.tables["passk"].filter(model="other", k=1)["pass_at_k"].item() == 1
    ruled = answer.tables["grading"].filter(rule="theirs")
    assert ruled["other_responses_changed"].to_list() == [120]
    assert "differ on 120 of 240 responses (50 %)" in str(answer)
    assert "Theirs: the verdicts that the files" in json.dumps(answer.chart("grading").to_dict())
    assert "grading" in boundary.compare(pl.DataFrame(rows), pl.DataFrame(wrong)).tables
