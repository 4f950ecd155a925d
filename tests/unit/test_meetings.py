"""Tables that are read together: other problems, responses, graders or runs are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary import meetings
from boundary.errors import InputError, TableError
from boundary.meetings import (
    check_items,
    check_scores,
    check_solved,
    graders_of,
    read_pairs,
    read_problem_digests,
    read_verdicts,
    solved_by,
)
from boundary.origins import (
    problem_digests,
    scored,
    solved_digest,
)
from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE
from framed import verify_samples
from origin_tables import QUESTIONS, problems, responses, samples


@pytest.fixture(scope="module")
def verdicts() -> pl.DataFrame:
    return verify_samples(problems(), samples())


@pytest.fixture
def files(tmp_path: Path, verdicts: pl.DataFrame) -> dict[str, Path]:
    """Return problems and the verdicts of two blocks."""
    paths = {name: tmp_path / f"{name}.parquet" for name in ("P", "V0", "V1")}
    write_table(problems(), paths["P"], PROBLEMS)
    for i in range(2):
        write_table(verdicts.filter(sample_index=i), paths[f"V{i}"], VERDICTS_TABLE)
    return paths


def test_verdicts_are_read_against_problems_and_samples(files: dict[str, Path]) -> None:
    paths = [files["V0"], files["V1"]]
    whole = read_verdicts(paths, files["P"], "b", responses=responses(samples()))
    assert whole.height == 6
    few = read_verdicts(paths, files["P"], "b", columns=("problem_id", "correct"))
    assert few["correct"].sum() == 6
    with pytest.raises(TableError) as error:
        changed = responses(samples(q2_1="x"))
        read_verdicts(paths, files["P"], "b", responses=changed, samples=[Path("S.parquet")])
    assert str(error.value).startswith(f"{files['V1']}: 1 of 3 rows are of other")


def test_golds_that_were_mended_since_are_named(files: dict[str, Path]) -> None:
    write_table(problems(answer=("q1", "7")), files["P"], PROBLEMS)
    with pytest.raises(TableError) as error:
        read_verdicts([files["V0"]], files["P"], "b", columns=("answer",))
    told = str(error.value)
    assert told.startswith(f"{files['V0']}: was made from other problems than {files['P']} holds")
    assert "of 1 of 3 problem(s) differ, first q1. " in told
    assert "run verify again" in told


def test_files_of_an_older_version_stand_beside_new_ones(files: dict[str, Path]) -> None:
    old = pl.read_parquet(files["V0"]).drop("response_digest", "problem_digest")
    write_table(old, files["V0"], VERDICTS_TABLE)
    paths = [files["V0"], files["V1"]]
    assert read_verdicts(paths, files["P"], "b", responses=responses(samples())).height == 6
    with pytest.raises(TableError, match=r"V1.parquet: 1 of 3"):
        read_verdicts(paths, files["P"], "b", responses=responses(samples(q0_1="x")))


def test_a_problem_table_that_was_rewritten_is_read_anew(files: dict[str, Path]) -> None:
    before = read_problem_digests(files["P"])
    write_table(problems(answer=("q1", "70")), files["P"], PROBLEMS)
    assert not read_problem_digests(files["P"]).equals(before)


def test_long_tests_are_read_a_few_at_a_time(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = problems(tests=("q1", "x" * 100)).with_columns(kind=pl.lit("code"))
    write_table(given, files["P"], PROBLEMS)
    read = []
    whole = meetings.read_table
    monkeypatch.setattr(meetings, "TEST_BYTES", 50)
    monkeypatch.setattr(
        meetings, "read_table", lambda *args, **kw: read.append(whole(*args, **kw)) or read[-1]
    )
    found = read_problem_digests(files["P"])
    assert found.sort("problem_id").equals(problem_digests(given))
    assert [frame.height for frame in read] == [2, 1]
    write_table(given.clear(), files["P"], PROBLEMS)
    assert read_problem_digests(files["P"]).is_empty()


def test_two_graders_make_no_arm(files: dict[str, Path]) -> None:
    told = {"V0": {"graders": {"math": "aa"}}, "V1": {"graders": {"math": "bb", "lab": "cc"}}}
    for name, by in told.items():
        write_table(pl.read_parquet(files[name]), files[name], VERDICTS_TABLE, provenance=by)
    with pytest.raises(InputError) as error:
        graders_of([files["V0"], files["V1"]])
    assert str(error.value).startswith(
        f"{files['V0']} and {files['V1']}: were judged by different graders of math (aa and bb)"
    )
    assert graders_of([files["V1"]]) == {"math": "bb", "lab": "cc"}
    write_table(pl.read_parquet(files["V0"]), files["V0"], VERDICTS_TABLE)
    assert graders_of([files["V0"], files["V1"]]) == {"math": "bb", "lab": "cc"}


def scores(given: pl.DataFrame, drawn: pl.DataFrame) -> pl.DataFrame:
    counted = pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": list(QUESTIONS),
            "n": 2,
            "correct": 1,
            **dict.fromkeys(("truncated", "no_answer", "distinct_answers"), 0),
            "majority_correct": True,
            "mean_tokens": 3.0,
        }
    )
    return scored(counted, responses(drawn), problem_digests(given))


def test_scores_of_other_problems_are_not_compared() -> None:
    base, other = Path("B.parquet"), Path("O.parquet")
    one, two = scores(problems(), samples()), scores(problems(answer=("q2", "9")), samples())
    check_scores({base: one, other: one.with_columns(model=pl.lit("rl"))})
    check_scores({base: one, other: two.drop("problem_digest"), Path("C"): one})
    check_scores({base: one, other: two.with_columns(benchmark=pl.lit("another"))})
    with pytest.raises(TableError) as error:
        check_scores({base: one, Path("C"): one.drop("problem_digest"), other: two})
    assert str(error.value).startswith(
        "O.parquet and B.parquet: 1 problem(s) of benchmark b are not the same in both"
    )
    assert "first q2." in str(error.value)
    assert {"problem_digest", "responses_digest"} <= {*SCORES.schema.columns}


@pytest.fixture
def arm(files: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """Return the files of an arm: problems, two pairs of shards, and scores."""
    paths = files | {name: tmp_path / f"{name}.parquet" for name in ("S0", "S1", "C")}
    for i in range(2):
        write_table(samples().filter(sample_index=i), paths[f"S{i}"], SAMPLES)
    write_table(scores(problems(), samples()), paths["C"], SCORES)
    return paths


LABELS = {"model": "m", "benchmark": "b", "protocol": "p"}


def pairs(arm: dict[str, Path], shards: int = 2, **labels: str) -> list[Any]:
    drawn, judged = ([arm[f"{kind}{i}"] for i in range(shards)] for kind in "SV")
    return list(read_pairs(arm["P"], drawn, judged, LABELS | labels, arm["C"]))


def test_pairs_of_shards_are_of_one_arm(arm: dict[str, Path]) -> None:
    assert [(one.height, two.height) for one, two in pairs(arm)] == [(3, 3), (3, 3)]
    with pytest.raises(TableError, match=r"S0.parquet: holds samples of m / b / p and not of rl"):
        pairs(arm, model="rl")


def test_pairs_in_another_order_are_refused(arm: dict[str, Path]) -> None:
    """Each verdict is of no sample beside it, which a join would drop in silence."""
    swapped = arm | {"V0": arm["V1"], "V1": arm["V0"]}
    with pytest.raises(TableError, match=r"V1.parquet: 3 of its 3 rows are of no sample in .*S0"):
        pairs(swapped)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("S1", r"V1.parquet: 1 of 3 rows are of other responses than .*S1.parquet"),
        ("P", r"V0.parquet: was made from other problems than .*P.parquet"),
        ("C", r"C.parquet: counts other responses than .*S0.parquet and 1 more hold"),
        ("golds of C", r"C.parquet: was made from other problems than .*P.parquet"),
    ],
)
def test_one_table_of_another_origin(arm: dict[str, Path], table: str, told: str) -> None:
    if table == "S1":
        write_table(samples(q2_1="x").filter(sample_index=1), arm["S1"], SAMPLES)
    elif table == "P":
        write_table(problems(answer=("q1", "9")), arm["P"], PROBLEMS)
    else:
        given = problems(answer=("q1", "9")) if "golds" in table else problems()
        drawn = samples() if "golds" in table else samples(q2_1="x")
        write_table(scores(given, drawn), arm["C"], SCORES)
    with pytest.raises(TableError, match=told):
        pairs(arm)


def test_scores_of_more_samples_than_are_given(arm: dict[str, Path]) -> None:
    with pytest.raises(TableError, match=r"C.parquet: counts other responses than .* to 3 problem"):
        pairs(arm, shards=1)


def test_scores_of_the_version_before(arm: dict[str, Path]) -> None:
    old = scores(problems(), samples(q2_1="x")).drop("problem_digest", "responses_digest")
    write_table(old, arm["C"], SCORES)
    assert len(pairs(arm)) == 2


def test_two_versions_of_a_grader_make_no_arm(files: dict[str, Path]) -> None:
    newer = pl.read_parquet(files["V1"]).with_columns(grader=pl.lit("math-9"))
    write_table(newer, files["V1"], VERDICTS_TABLE)
    with pytest.raises(TableError) as error:
        read_verdicts([files["V0"], files["V1"]], files["P"], "b")
    assert "responses to 3 problem(s) were judged by different graders, such as q0 by math-2" in (
        str(error.value)
    )
    assert "and math-9" in str(error.value)
    by_problem = pl.read_parquet(files["V0"]).with_columns(grader=pl.col("problem_id"))
    write_table(by_problem, files["V0"], VERDICTS_TABLE)
    assert read_verdicts([files["V0"]], files["P"], "b").height == 3


def test_what_was_selected_is_of_the_samples_that_scores_count() -> None:
    items, path = scores(problems(), samples()).head(1), Path("I.parquet")
    same, other = scores(problems(), samples()), scores(problems(), samples(q0_1="x"))
    check_items(items, path, {Path("C"): same, Path("D"): other.with_columns(model=pl.lit("rl"))})
    check_items(items, path, {Path("C"): other.drop("responses_digest")})
    with pytest.raises(TableError) as error:
        check_items(items, path, {Path("C.parquet"): other})
    assert str(error.value).startswith(
        "I.parquet: was selected from other responses than C.parquet counts, to 1 problem(s)"
    )


def test_tables_of_a_study_are_of_the_same_results(tmp_path: Path, verdicts: pl.DataFrame) -> None:
    """Verdicts and scores tell the same, also where a response has no outcome and no verdict."""
    counted = scores(problems(), samples()).with_columns(correct=2, n=3)
    assert set(solved_by(counted)) == {"m / b / p"}
    assert solved_by(counted)["m / b / p"] == solved_digest(verdicts)
    fewer = counted.with_columns(correct=pl.when(problem_id="q0").then(0).otherwise("correct"))
    assert solved_digest(fewer) == solved_digest(verdicts.filter(pl.col("problem_id") != "q0"))
    paths = [tmp_path / f"{name}.parquet" for name in ("passk", "audit", "older")]
    for path, found in zip(paths, (solved_by(counted), None, solved_by(fewer)), strict=True):
        told = {} if found is None else {"solved": found}
        write_table(counted, path, SCORES, provenance=told)
    check_solved(paths[:2])
    with pytest.raises(TableError) as error:
        check_solved(paths)
    assert str(error.value).startswith(
        f"{paths[0]} and {paths[2]}: were made from different results of m / b / p"
    )
