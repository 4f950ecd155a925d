"""The command that audits: files in, two tables out, whatever the arms hold."""

import json

import polars as pl
import pytest

from boundary.analyses.audit.tables import AUDIT, DISAGREEMENTS
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import PROBLEMS, VERDICTS_TABLE


@pytest.fixture
def arms(tmp_path):
    """Write verdicts of an arm of programs, in two shards, and of one of mathematics."""
    code = pl.DataFrame(
        {
            "problem_id": ["a", "a", "b", "b"],
            "sample_index": [0, 1, 0, 1],
            "verdict": ["violation", "correct", "wrong", "wrong"],
            "breach": ["forged-record", None, None, None],
            "tricks": [None, "exit", None, None],
            "sandbox": "reduced",
            "answer": pl.Series([None] * 4, dtype=pl.String),
        }
    )
    math = pl.DataFrame(
        {
            "problem_id": ["x"] * 3,
            "sample_index": [0, 1, 2],
            "verdict": ["correct", "wrong", "wrong"],
            "answer": ["4", "=HYPERLINK(1)", "=HYPERLINK(1)"],
            "correct_lenient": [True, True, True],
            "correct_agreed": [True, False, False],
        }
    )
    for name, frame in {"c0": code[:2], "c1": code[2:], "m": math}.items():
        full = frame.with_columns(correct=pl.col("verdict") == "correct").with_columns(
            grader=pl.lit("g"), detail=pl.lit(None, dtype=pl.String)
        )
        write_table(full, tmp_path / f"{name}.parquet", VERDICTS_TABLE)
    problems = pl.DataFrame(
        {
            "benchmark": "bench",
            "problem_id": ["x"],
            "question": "?",
            "answer": "4",
            "kind": "math",
            "tests": pl.Series([None], dtype=pl.String),
            "metadata": pl.Series([None], dtype=pl.String),
        }
    )
    write_table(problems, tmp_path / "p.parquet", PROBLEMS)
    labels = {"model": "m", "benchmark": "bench", "protocol": "p"}
    return [
        {**labels, "kind": "code", "verdicts": [str(tmp_path / f"c{i}.parquet") for i in (0, 1)]},
        {
            **labels,
            "benchmark": "bench",
            "kind": "math",
            "model": "n",
            "problems": str(tmp_path / "p.parquet"),
            "verdicts": [str(tmp_path / "m.parquet")],
        },
    ]


def test_both_tables_stand_with_their_csv(run, arms, tmp_path):
    spec = {"arms": arms, "confidence": 0.9}
    done = run("audit", "--spec", json.dumps(spec), "--output", tmp_path / "out")
    assert (done.code, done.out, done.err) == (0, "", "")
    audit = read_table(tmp_path / "out" / "audit.parquet", AUDIT)
    assert audit.select("model", "kind", "name", "responses").rows() == [
        ("m", "breach", "any", 1),
        ("m", "breach", "forged-record", 1),
        ("m", "sandbox", "reduced", 4),
        ("m", "trick", "any", 1),
        ("m", "trick", "exit", 1),
    ]
    differing = read_table(tmp_path / "out" / "disagreements.parquet", DISAGREEMENTS)
    assert differing.select("model", "gold", "answer", "responses").rows() == [
        ("n", "4", "=HYPERLINK(1)", 2)
    ]
    assert "'=HYPERLINK" in (tmp_path / "out" / "disagreements.csv").read_text()
    assert pl.read_csv(tmp_path / "out" / "audit.csv").height == 5
    assert read_provenance(tmp_path / "out" / "audit.parquet")["spec"] == spec


@pytest.mark.parametrize("which", [[], [0], [1]])
def test_tables_without_rows_are_written_too(run, arms, tmp_path, which):
    spec = {"arms": [arms[i] for i in which], "confidence": 0.95}
    done = run("audit", "--spec", json.dumps(spec), "--output", tmp_path / "out")
    assert done.code == 0
    heights = [
        read_table(tmp_path / "out" / f"{table.name}.parquet", table).height
        for table in (AUDIT, DISAGREEMENTS)
    ]
    assert heights == {(): [0, 0], (0,): [5, 0], (1,): [0, 1]}[tuple(which)]
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [
        *[".csv"] * 2,
        *[".parquet"] * 2,
    ]


def test_a_spec_that_lacks_something_is_named(run, arms, tmp_path):
    del arms[1]["verdicts"]
    spec = json.dumps({"arms": arms, "confidence": 0.95})
    done = run("audit", "--spec", spec, "--output", tmp_path / "out")
    assert done.code == 2
    assert "--spec: arms.1 has no verdicts" in done.err
    done = run("audit", "--spec", '{"arms": [3], "confidence": 0.9}', "--output", tmp_path / "out")
    assert (done.code, "--spec: arms.0 should be a JSON object" in done.err) == (2, True)
    assert not (tmp_path / "out").exists()
