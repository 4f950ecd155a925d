"""`score` and `crossover` on a benchmark that holds its questions under several ids."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.comparison_tables import CROSSOVERS
from boundary.store import read_table, write_table
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE

Run = Callable[..., Any]
QUESTIONS, TIMES, N = 30, 32, 4
CODE = {"kind": "code", "answer": None}


def problems(times: int, **change: Any) -> pl.DataFrame:
    """Return questions that stand ``times`` times each; ``change`` is of the last row."""
    rows = [
        {
            "benchmark": "aime",
            "problem_id": f"{copy}/{i}",
            "question": f"What is {i} + {i}?" if copy % 2 else f" What  is {i}\u00a0+ {i}?\n",
            "answer": str(2 * i),
            "kind": "math",
            "tests": None,
            "metadata": None,
        }
        for copy in range(times)
        for i in range(QUESTIONS)
    ]
    rows[-1] |= change
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def score(folder: Path, run: Run, model: str, given: pl.DataFrame) -> Any:
    """Score four responses a problem, of which a question's number decides how many are right."""
    shift = 0 if model == "base" else 3
    draws = pl.DataFrame({"sample_index": range(N)}, schema={"sample_index": pl.Int64})
    place = pl.col("problem_id").str.extract(r"/(\d+)$").cast(pl.Int64)
    drawn = (
        given.join(draws, how="cross")
        .with_columns(correct=pl.col("sample_index") < (place * 7 + shift) % (N + 1))
        .with_columns(
            verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
            response=pl.concat_str(pl.lit(model), "problem_id", "sample_index", separator=" "),
        )
    )
    arm = {"model": model, "benchmark": "aime", "protocol": "p", "finish_reason": "stop"}
    numbers = {"seed": 1, "n_tokens": 3, "logprob_sum": -1.0}
    samples = drawn.with_columns(pl.lit(value).alias(k) for k, value in (arm | numbers).items())
    verdicts = drawn.with_columns(grader=pl.lit("g"), detail=pl.lit(None, dtype=pl.String))
    paths = {name: folder / f"{name}-{model}.parquet" for name in "PSVC"}
    write_table(given, paths["P"], PROBLEMS)
    write_table(
        samples.with_columns(pl.col("seed", "n_tokens").cast(pl.Int64)), paths["S"], SAMPLES
    )
    write_table(verdicts, paths["V"], VERDICTS_TABLE)
    options = ["--problems", paths["P"], "--samples", paths["S"], "--verdicts", paths["V"]]
    return run("score", *options, "--output", paths["C"])


def crossed(folder: Path, run: Run, times: int) -> dict[str, Any]:
    folder.mkdir()
    for model in ("base", "rl"):
        done = score(folder, run, model, problems(times))
        assert done.code == 0, done.err
        said = f"{QUESTIONS * times} rows are {QUESTIONS} questions"
        assert (said in done.err) == (times > 1)
    sides = ["--base", folder / "C-base.parquet", "--other", folder / "C-rl.parquet"]
    done = run("crossover", *sides, "--output", folder / "X.parquet", "--bootstrap", 200)
    assert done.code == 0, done.err
    return read_table(folder / "X.parquet", CROSSOVERS).row(0, named=True)


def test_thirty_questions_give_the_verdict_of_thirty(tmp_path: Path, run: Run) -> None:
    once, often = (crossed(tmp_path / str(times), run, times) for times in (1, TIMES))
    note = "960 problem ids are 30 questions, each counted once"
    assert note in often.pop("note") and note not in (once.pop("note") or "")
    assert once == often and often["n_problems"] == QUESTIONS
    scores = read_table(tmp_path / str(TIMES) / "C-rl.parquet", SCORES)
    assert (scores["question"].n_unique(), scores["cluster"].n_unique()) == (QUESTIONS, QUESTIONS)
    alone = read_table(tmp_path / "1" / "C-rl.parquet", SCORES)
    assert alone["question"].n_unique() == QUESTIONS
    assert alone["cluster"].null_count() == QUESTIONS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"answer": "59"},
            r"two golds: '58' \(row \d+, problem '0/29'\) and '59' \(row",
        ),
        (CODE | {"tests": "{}"}, "two kinds"),
        ({"metadata": '{"cluster": []}'}, r"row \d+, problem '1/29': metadata have a cluster"),
    ],
)
def test_questions_that_contradict_each_other_are_not_scored(
    tmp_path: Path, run: Run, change: dict[str, Any], said: str
) -> None:
    done = score(tmp_path, run, "base", problems(2, **change))
    assert done.code == 2 and not (tmp_path / "C-base.parquet").exists()
    assert re.search(said, done.err), done.err


def test_programs_asked_for_twice_need_equal_tests(tmp_path: Path, run: Run) -> None:
    def given(last: str) -> pl.DataFrame:
        every = problems(2).with_columns(
            kind=pl.lit("code"), answer=pl.lit(None, dtype=pl.String), tests=pl.lit("[1]")
        )
        return every.with_columns(
            tests=pl.when(problem_id="1/29").then(pl.lit(last)).otherwise("tests")
        )

    assert score(tmp_path, run, "base", given("[1]")).code == 0
    done = score(tmp_path, run, "rl", given("[2]"))
    assert done.code == 2 and "one question has two golds: '[1]'" in done.err


def test_clusters_of_the_metadata_reach_scores_and_the_note(tmp_path: Path, run: Run) -> None:
    topic = pl.Series([json.dumps({"cluster": f"topic {i % 3}"}) for i in range(QUESTIONS)])
    given = problems(1).with_columns(metadata=topic)
    for model in ("base", "rl"):
        assert score(tmp_path, run, model, given).code == 0
    scores = read_table(tmp_path / "C-rl.parquet", SCORES)
    assert set(scores["cluster"]) == {"topic 0", "topic 1", "topic 2"}
    sides = ["--base", tmp_path / "C-base.parquet", "--other", tmp_path / "C-rl.parquet"]
    assert run("crossover", *sides, "--output", tmp_path / "X.parquet").code == 0
    row = read_table(tmp_path / "X.parquet", CROSSOVERS).row(0, named=True)
    assert (row["n_problems"], row["n_independent"]) == (30, 3)


def test_more_samples_than_are_worked_out_are_refused(tmp_path: Path, run: Run) -> None:
    rows = [{"model": "m", "problem": f"{i}", "n": 10**9, "correct": 5} for i in range(3)]
    pl.DataFrame(rows).write_csv(tmp_path / "K.csv")
    names = json.dumps({"model": "m", "name": "m", "benchmark": "b", "protocol": "p"})
    options = ["--csv", tmp_path / "K.csv", "--spec", names, "--output", tmp_path / "C.parquet"]
    done = run("counts", *options)
    assert done.code == 2 and "n at most 1,000,000" in done.err
