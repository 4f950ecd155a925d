"""Digests of what a table was made from: one change in it is seen."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary.errors import TableError
from boundary.origins import (
    check_problems,
    check_questions,
    check_responses,
    problem_digests,
    questions_digest,
    response_digests,
    responses_of,
)
from boundary.store import write_table
from boundary.tables import SAMPLES
from framed import verify_samples
from origin_tables import QUESTIONS, problems, responses, samples


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


@pytest.mark.parametrize("change", [{}, {"q0_0": "x"}])
def test_all_responses_to_a_problem_have_one_digest(change: dict[str, str]) -> None:
    whole = responses_of(responses(samples())).sort("problem_id")
    now = responses_of(responses(samples(**change).reverse())).sort("problem_id")
    assert (whole["responses_digest"] == now["responses_digest"]).to_list() == [
        not change,
        True,
        True,
    ]
