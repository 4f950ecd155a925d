"""One arm of files of another tool: which rows it takes, and the tables that it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers.one_arm import import_responses, import_scores
from boundary.jobs.importing import Import
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import IMPORTED_SAMPLES, PROBLEMS, SCORES
from imported_files import rows, write

NAMES = {"model": "mine", "benchmark": "sums", "protocol": "t"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def job(path: Path | str = "a.jsonl", **more: Any) -> Import:
    return Import.model_validate({**NAMES, "path": str(path), "kind": "math", **more})


def with_names(model: str, benchmark: str, **more: Any) -> list[dict[str, Any]]:
    return [{**row, "model": model, "benchmark": benchmark} for row in rows(model, **more)]


def imported(asked: Import) -> tuple[pl.DataFrame, pl.DataFrame]:
    import_responses(asked, Path("out"))
    samples = read_table(Path("out/00000.parquet"), IMPORTED_SAMPLES)
    return samples, read_table(Path("out/problems.parquet"), PROBLEMS)


def test_samples_and_problems() -> None:
    lines = rows("a")
    write(Path("a.jsonl"), lines)
    samples, problems = imported(job(citation="c"))
    assert samples.select(*NAMES).unique().rows() == [tuple(NAMES.values())]
    assert samples["response"].to_list() == [row["response"] for row in lines]
    assert samples["correct_theirs"].to_list() == [row["correct"] for row in lines]
    assert problems.select("benchmark", "problem_id", "answer", "kind").rows() == [
        ("sums", f"p{i}", str(i + 7), "math") for i in range(6)
    ]
    told = read_provenance(Path("out/00000.parquet"))["imported"]
    assert (told["file"], told["format"], told["citation"]) == ("a.jsonl", "responses", "c")
    assert len(told["sha256"]) == 64 and told["remarks"]
    assert sorted(path.name for path in Path().iterdir()) == ["a.jsonl", "out"]
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "00000.parquet",
        "problems.parquet",
    ]


def test_rewards_are_kept_by_their_name_or_by_the_one_that_is_given() -> None:
    lines = [{**row, "reward": i - 2.5, "other": [i]} for i, row in enumerate(rows("a"))]
    write(Path("a.jsonl"), lines)
    assert imported(job())[0]["score"].to_list() == [row["reward"] for row in lines]
    with pytest.raises(InputError, match=r"other \(reward\) should be a finite number, and is \["):
        imported(job(fields={"reward": "other"}))
    for bad, shown in ((float("nan"), "NaN"), (10**400, "1000"), ("1", '"1"')):
        write(Path("a.jsonl"), [*lines[:-1], {**lines[-1], "reward": bad}])
        with pytest.raises(InputError, match=f"reward.* should be a finite number, and is {shown}"):
            imported(job())
    assert imported(job(fields={"reward": ""}))[0]["score"].null_count() == len(lines)


def test_what_a_killed_job_left_is_taken_away() -> None:
    write(Path("a.jsonl"), rows("a"))
    write(Path(".out.importing/000/00000.parquet"), [])
    imported(job())
    assert not Path(".out.importing").exists()


def test_a_verdict_that_is_not_of_all_is_none() -> None:
    lines = rows("a")
    del lines[3]["correct"]
    write(Path("a.jsonl"), lines)
    assert "correct_theirs" not in imported(job())[0].columns
    with pytest.raises(InputError, match=r"no verdict of its own on every response of a on sums"):
        import_scores(job(), Path("scores.parquet"))


def test_scores_by_the_verdicts_of_the_file() -> None:
    lines = rows("a")
    write(Path("a.jsonl"), lines)
    import_scores(job(), Path("scores.parquet"))
    scores = read_table(Path("scores.parquet"), SCORES)
    assert scores["n"].to_list() == [4] * 6
    assert scores["correct"].sum() == sum(row["correct"] for row in lines)
    assert scores.select(*NAMES).unique().rows() == [tuple(NAMES.values())]
    assert read_provenance(Path("scores.parquet"))["imported"]["model"] == "a"


def test_counts_are_no_responses() -> None:
    Path("c.csv").write_text("problem,n,correct,n_unset\np0,4,1,1\np1,3,0,0\n", encoding="utf-8")
    import_scores(job("c.csv"), Path("scores.parquet"))
    scores = read_table(Path("scores.parquet"), SCORES)
    assert scores.select("n", "correct", "n_unset").rows() == [(4, 1, 1), (3, 0, 0)]
    with pytest.raises(InputError, match="Take the verdicts by --trust theirs"):
        import_responses(job("c.csv"), Path("out"))


def test_one_model_and_one_benchmark_of_several() -> None:
    several = with_names("x", "one") + with_names("y", "one") + with_names("y", "two", n=2)
    write(Path("a.jsonl"), several)
    samples, _ = imported(job(name="y", named="two"))
    assert samples.height == 12 and samples["response"].str.starts_with("y").all()
    # Without a model's name that of the study is looked for.
    samples, _ = imported(job(model="x", named="one"))
    assert samples["response"].str.starts_with("x").all()


REFUSED = {
    "no such model": ({"name": "z", "named": "one"}, "no model named 'z' on 'one'; it has: x, y."),
    "no such benchmark": (
        {"name": "x", "named": "three"},
        "nothing on benchmark 'three'; it has: one, two. Say by --benchmark what it is called",
    ),
    "several models": ({"named": "one"}, "holds 2 models: x, y. Say which, as in 'a.jsonl#x'."),
    "several benchmarks": ({"name": "y"}, "holds 2 benchmarks: one, two. Say which by --benchmark"),
    "changed": (
        {"name": "x", "named": "one", "sha256": "0" * 64},
        "has changed since the study was read",
    ),
    "no table of problems": (
        {"name": "x", "named": "one", "kind": "text", "n": 4, "problems": "none.parquet"},
        "none.parquet",
    ),
    "more problems": (
        {"name": "x", "named": "one", "known": 5},
        "a.jsonl: has 6 problems of sums, and that benchmark has 5 (config/benchmarks.yaml).",
    ),
    "more samples": ({"name": "x", "named": "one", "n": 3}, "has 4 samples of problem p"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    more, message = REFUSED[case]
    several = with_names("x", "one") + with_names("y", "one") + with_names("y", "two")
    write(Path("a.jsonl"), several)
    with pytest.raises(InputError) as caught:
        import_responses(job(**more), Path("out"))
    assert message in str(caught.value)
    assert not Path("out/00000.parquet").exists()


def test_fewer_samples_are_said() -> None:
    write(Path("a.jsonl"), rows("a"))
    told = import_responses(job(n=8), Path("out"))
    assert "at most 4 samples a problem, fewer than the n = 8 of the study" in told


def test_fewer_problems_are_said() -> None:
    write(Path("a.jsonl"), rows("a"))
    assert "6 of the 8 problems that sums has" in import_responses(job(known=8), Path("out"))


def test_nothing_to_grade_by() -> None:
    write(Path("a.jsonl"), [{**row, "gold": None} for row in rows("a")])
    with pytest.raises(InputError, match="neither gold answers nor tests"):
        import_responses(job(), Path("out"))


def own_problems(*ids: str) -> Path:
    frame = pl.DataFrame(
        [
            {
                **{"benchmark": "sums", "problem_id": name, "question": f"What is {i} + 7?"},
                **{"answer": str(i), "kind": "math", "tests": None, "metadata": None},
            }
            for i, name in enumerate(ids)
        ],
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    write_table(frame, Path("own.parquet"), PROBLEMS)
    return Path("own.parquet")


def test_the_problems_of_the_benchmark_grade() -> None:
    write(Path("a.jsonl"), rows("a", problems=2))
    path = own_problems("p0", "p1", "p2")
    told = import_responses(job(problems=str(path)), Path("out"))
    problems = read_table(Path("out/problems.parquet"), PROBLEMS)
    assert problems["answer"].to_list() == ["0", "1"]
    assert "problems are those of own.parquet: 2 by their text" in told
    assert "1 problems of own.parquet have no response" in told


def test_ids_must_be_those_of_the_benchmark() -> None:
    write(Path("a.jsonl"), rows("a"))
    path = own_problems("p0", "p1")
    with pytest.raises(InputError, match=r"a\.jsonl: line 9: problem p2 is none of the 2 problems"):
        import_responses(job(problems=str(path)), Path("out"))
