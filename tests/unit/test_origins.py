"""Tables that meet are of one origin: one change in any of them is seen."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    check_problems,
    check_questions,
    check_responses,
    problem_digests,
    questions_digest,
    response_digests,
    responses_of,
    scored,
    solved_digest,
)
from boundary.store import write_table
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE
from framed import verify_samples

QUESTIONS = {f"q{i}": f"What is {i} + 1?" for i in range(3)}


def problems(**change: Any) -> pl.DataFrame:
    """Return a problem table; ``change`` is (problem, value) by column."""
    frame = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": list(QUESTIONS),
            "question": list(QUESTIONS.values()),
            "answer": ["1", "2", "3"],
            "kind": "math",
            "tests": pl.Series([None] * 3, dtype=pl.String),
            "metadata": pl.Series([None] * 3, dtype=pl.String),
        }
    )
    for column, (name, value) in change.items():
        frame = frame.with_columns(
            pl.when(problem_id=name).then(pl.lit(value)).otherwise(column).alias(column)
        )
    return frame


def samples(**change: str) -> pl.DataFrame:
    """Return two samples of each problem; ``change`` is a response by problem."""
    return pl.DataFrame(
        {
            "model": "m",
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [name for name in QUESTIONS for _ in range(2)],
            "sample_index": [0, 1] * 3,
            "seed": 1,
            "response": [
                change.get(f"{name}_{i}", f"\\boxed{{{j + 1}}} {i}")
                for j, name in enumerate(QUESTIONS)
                for i in range(2)
            ],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )


def responses(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("problem_id", "sample_index", response_digests(frame["response"]))


@pytest.fixture(scope="module")
def verdicts() -> pl.DataFrame:
    return verify_samples(problems(), samples())


def test_a_digest_is_of_the_text_alone() -> None:
    """The first 53 bits of SHA-256: the same in every library, and whole as a float."""
    expected = int(hashlib.sha256("é\0".encode()).hexdigest()[:16], 16) >> 11
    assert response_digests(pl.Series(["é\0", "x"])).to_list()[0] == expected
    (one,) = problem_digests(problems().head(1))["problem_digest"]
    text = '["math","What is 0 + 1?","1",null]'
    assert one == int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) >> 11


def test_a_digest_survives_a_column_of_floats() -> None:
    """Pandas makes one of whole numbers among which one is missing."""
    digests = response_digests(pl.Series(map(str, range(1000))))
    assert digests.cast(pl.Float64).cast(pl.Int64).equals(digests)


def test_metadata_order_and_time_are_no_part_of_a_digest() -> None:
    other = problems().with_columns(metadata=pl.lit('{"cluster": "c"}')).reverse()
    assert problem_digests(problems()).equals(problem_digests(other).sort("problem_id"))
    assert questions_digest(problems()) == questions_digest(other)


@pytest.mark.parametrize(
    ("column", "value", "asked_anew"),
    [
        ("question", "?", True),
        ("answer", "9", False),
        ("kind", "lab", False),
        ("tests", "{}", False),
    ],
)
def test_each_part_of_a_problem_counts(column: str, value: str, asked_anew: bool) -> None:
    changed = problems(**{column: ("q1", value)})
    one, two = problem_digests(problems()), problem_digests(changed)
    assert (one["problem_digest"] == two["problem_digest"]).to_list() == [True, False, True]
    assert (questions_digest(problems()) != questions_digest(changed)) == asked_anew


def test_options_of_a_problem_count_and_its_cluster_does_not() -> None:
    """A verdict on a choice depends on its options, one on a text on all its golds."""
    for kind, one, two in (
        ("choice", '{"choices": ["a", "b"]}', '{"choices": ["b", "a"]}'),
        ("text", '{"golds": ["a"]}', '{"golds": ["a"], "case": true}'),
    ):
        first, second, named = (
            problem_digests(problems(kind=("q1", kind), metadata=("q1", metadata)))
            for metadata in (one, two, one[:-1] + ', "cluster": "c"}')
        )
        same = first["problem_digest"] == second["problem_digest"]
        assert same.to_list() == [True, False, True]
        assert first.equals(named)


def test_text_cannot_move_from_one_part_to_another() -> None:
    one, two = problems(question=("q0", "a"), answer=("q0", "b")), problems(question=("q0", "ab"))
    found = {problem_digests(frame)["problem_digest"][0] for frame in (one, two)}
    assert len(found) == 2


def test_verdicts_carry_what_they_judged(verdicts: pl.DataFrame) -> None:
    assert verdicts["response_digest"].equals(responses(samples())["response_digest"])
    assert verdicts["problem_digest"].null_count() == 0
    assert verdicts["problem_digest"].n_unique() == 3
    check_responses(verdicts, "V", responses(samples()), ["S"], "verify")
    check_problems(verdicts, "V", problem_digests(problems()), "P", "verify")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(QUESTIONS)), st.integers(0, 1), st.text())
def test_any_changed_response_is_refused(name: str, index: int, text: str) -> None:
    known = responses(samples())
    now = responses(samples(**{f"{name}_{index}": text}))
    if text == samples().filter(problem_id=name, sample_index=index)["response"][0]:
        return
    with pytest.raises(TableError) as error:
        check_responses(known, "V.parquet", now, ["S0.parquet", "S1.parquet"], "verify")
    assert str(error.value).startswith(
        f"V.parquet: 1 of 6 rows are of other responses than S0.parquet and 1 more, "
        f"first problem {name}, sample {index}. "
    )


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(QUESTIONS)), st.sampled_from(["answer", "question"]), st.text())
def test_any_changed_gold_is_refused(name: str, column: str, text: str) -> None:
    changed = problems(**{column: (name, text)})
    known = problem_digests(problems()).drop("benchmark")
    if changed.equals(problems()):
        return
    with pytest.raises(TableError) as error:
        check_problems(known, "V.parquet", problem_digests(changed), "P.parquet", "verify")
    assert f"of 1 of 3 problem(s) differ, first {name}. " in str(error.value)
    assert str(error.value).startswith("V.parquet: was made from other problems than P.parquet")


def test_responses_that_changed_places_are_refused(verdicts: pl.DataFrame) -> None:
    first, second = samples()["response"].to_list()[:2]
    with pytest.raises(TableError, match="2 of 6 rows"):
        check_responses(verdicts, "V", responses(samples(q0_0=second, q0_1=first)), ["S"], "verify")


def test_what_tells_nothing_is_not_checked(verdicts: pl.DataFrame) -> None:
    other, mended = responses(samples(q0_0="x")), problem_digests(problems(answer=("q0", "9")))
    absent = verdicts.drop("response_digest", "problem_digest")
    null = verdicts.with_columns(
        response_digest=pl.lit(None, dtype=pl.Int64), problem_digest=pl.lit(None, dtype=pl.Int64)
    )
    for frame in (absent, null):
        check_responses(frame, "V", other, ["S"], "verify")
        check_problems(frame, "V", mended, "P", "verify")


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


def test_samples_of_other_questions_are_refused(tmp_path: Path) -> None:
    shards = [tmp_path / f"{i}.parquet" for i in range(2)]
    by: list[dict[str, Any]] = [{}, {"inputs": {"questions": questions_digest(problems())}}]
    for shard, told in zip(shards, by, strict=True):
        write_table(samples(), shard, SAMPLES, provenance=told)
    keys, path = samples().select("benchmark", "problem_id"), Path("P.parquet")
    more = problems().with_columns(problem_id=pl.lit("other ") + pl.col("problem_id"))
    for table in (problems(answer=("q0", "9")), pl.concat([problems(), more])):
        check_questions(shards, keys, table, path)
    with pytest.raises(TableError) as error:
        check_questions(shards, keys, problems(question=("q0", "?")), path)
    assert str(error.value).startswith(f"{shards[1]}: was sampled from other questions than P.par")


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


@pytest.mark.parametrize("change", [{}, {"q0_0": "x"}])
def test_all_responses_to_a_problem_have_one_digest(change: dict[str, str]) -> None:
    whole = responses_of(responses(samples())).sort("problem_id")
    now = responses_of(responses(samples(**change).reverse())).sort("problem_id")
    assert (whole["responses_digest"] == now["responses_digest"]).to_list() == [
        not change,
        True,
        True,
    ]


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
