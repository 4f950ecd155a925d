"""Verdicts on the lab's tasks."""

import polars as pl
import pytest

from boundary.errors import InputError, TableError
from boundary.tables import VERDICTS_TABLE, check
from boundary.tasks import registers
from boundary.verify import lab

QUESTION = registers.question("p", [3, 17, 5, 9])
RIGHT = registers.solution(QUESTION)
GOLD = " ".join(RIGHT[-3:])


def items(*responses, question=QUESTION, gold=GOLD):
    return pl.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(responses))],
            "sample_index": [0] * len(responses),
            "question": question,
            "answer": pl.Series([gold] * len(responses), dtype=pl.String),
            "response": list(responses),
        }
    )


def test_each_kind_of_response_gets_its_verdict():
    lazy = f"# {GOLD}"
    other = " ".join(RIGHT[:-1]) + (" v0" if RIGHT[-1] != "v0" else " v1")
    found = lab.verify(items(" ".join(RIGHT), lazy, other, "v1 v2", "", f"{lazy} v1"))
    assert found["verdict"].to_list() == [
        "correct",
        "correct",
        "wrong",
        "no_answer",
        "no_answer",
        "wrong",
    ]
    assert found["correct"].to_list() == [True, True, False, False, False, False]
    assert found["chain_correct"].to_list() == [True, False, False, False, False, False]
    assert found["answer"].to_list()[:2] == [GOLD, GOLD]
    assert found["answer"].to_list()[3:5] == [None, None]
    assert found["detail"][0] is None
    assert "wrong trace" in found["detail"][1]
    assert check(found, VERDICTS_TABLE, "x").equals(found)


def test_no_samples_give_an_empty_table():
    assert check(lab.verify(items()), VERDICTS_TABLE, "x").height == 0


def test_a_gold_answer_may_be_missing_but_not_differ():
    assert lab.verify(items(" ".join(RIGHT), gold=None))["correct"].all()
    with pytest.raises(TableError, match="Problem p0: its gold answer is 'v0 v0 v0'"):
        lab.verify(items(" ".join(RIGHT), gold="v0 v0 v0"))


def test_a_question_of_another_task_is_refused():
    with pytest.raises(InputError, match="no register problem"):
        lab.verify(items("# v1 v2 v3", question="What is 2 + 2?"))
