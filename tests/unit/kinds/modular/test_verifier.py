"""Verdicts on modular arithmetic."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.errors import InputError, TableError
from boundary.kinds.modular.material import VOCABULARY
from boundary.kinds.modular.verifier import check, verify
from boundary.tables import VERDICTS_TABLE
from boundary.tables import check as check_table

QUESTION = "m7 c + 3 d * 5 = e - 2 ="
RIGHT = "c + 3 3 d * 5 1 e - 2 6 # 6"


def items(
    *responses: str, question: str = QUESTION, gold: str | None = "6", name: str = "x"
) -> pl.DataFrame:
    """Return responses to one problem."""
    columns = {"problem_id": name, "question": question, "answer": gold}
    return pl.DataFrame(
        {"sample_index": range(len(responses)), "response": responses},
        schema={"sample_index": pl.Int64, "response": pl.String},
    ).with_columns(pl.lit(value, pl.String).alias(key) for key, value in columns.items())


@pytest.mark.parametrize(
    ("response", "verdict", "answer", "detail"),
    [
        (RIGHT, "correct", "6", None),
        ("# 6", "correct", "6", "right answer, no steps"),
        (
            "c + 3 3 d * 5 2 e - 2 6 # 6",
            "correct",
            "6",
            "right answer, wrong chain: step 2: 2 where 1 is right",
        ),
        ("c + 3 3 d * 5 1 # 6", "correct", "6", "right answer, wrong chain: step 3: # where e"),
        ("c + 3 3 d * 5 1 e - 2 6 # 5", "wrong", "5", "answer: 5 where 6 is right"),
        ("c + 3 3 d * 5 2 e - 2 0 # 0", "wrong", "0", "step 2: 2 where 1 is right"),
        ("c - 3 4", "no_answer", None, "there is no # in the response"),
        ("", "no_answer", None, "there is no #"),
        ("# 9", "wrong", "9", "answer: 9 where 6 is right"),
        ("# 11", "no_answer", None, "no value follows"),
        ("#", "no_answer", None, "no value follows"),
        ("# 6 6", "wrong", "6", "goes on after the answer"),
        ("# 5 # 6", "wrong", "5", "goes on after the answer"),
        ("# ６", "no_answer", None, "no value follows"),
        ("#6", "no_answer", None, "there is no #"),
        (
            "<script>alert(1)</script> # 6",
            "correct",
            "6",
            "right answer, wrong chain: step 1: a foreign word where c is right",
        ),
        (RIGHT.replace(" # 6", " e - 2 6 # 6"), "correct", "6", "answer: e where # is right"),
    ],
)
def test_each_response_gets_its_verdict(
    response: str, verdict: str, answer: str | None, detail: str | None
) -> None:
    found = check(QUESTION, response)
    assert (found.verdict, found.answer) == (verdict, answer)
    assert found.correct == (verdict == "correct")
    assert found.chain_correct == (response == RIGHT)
    assert found.detail == detail if detail is None else detail in str(found.detail)


@given(st.data())
def test_one_wrong_word_is_seen(data: st.DataObject) -> None:
    words = RIGHT.split()
    place = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.sampled_from(VOCABULARY).filter(lambda word: word != words[place]))
    seen = check(QUESTION, " ".join([*words[:place], other, *words[place + 1 :]]))
    assert not seen.chain_correct and seen.detail
    assert seen.correct == (place < len(words) - 2 and other != "#")


@given(st.text() | st.lists(st.sampled_from(VOCABULARY)).map(" ".join))
def test_no_response_raises(response: str) -> None:
    seen = check(QUESTION, response)
    assert seen.correct or seen.detail
    assert seen.correct >= seen.chain_correct


def test_verdicts_are_a_table() -> None:
    table = verify(items(RIGHT, "# 6", "# 0", "6"))
    assert check_table(table, VERDICTS_TABLE, "x").equals(table)
    assert table["correct"].to_list() == [True, True, False, False]
    assert table["chain_correct"].to_list() == [True, False, False, False]
    assert check_table(verify(items()), VERDICTS_TABLE, "x").height == 0


def test_a_gold_answer_may_be_missing_but_not_differ() -> None:
    assert verify(items(RIGHT, gold=None))["correct"].all()
    with pytest.raises(TableError, match="Problem x: its gold answer is '5', but the solution of"):
        verify(items("# 0", gold="5"))


def test_a_question_of_another_task_is_refused() -> None:
    with pytest.raises(InputError, match="no problem of modular arithmetic"):
        verify(items("# 6", question="p o3 o17 o5 ="))
