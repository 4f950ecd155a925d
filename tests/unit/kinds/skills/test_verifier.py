"""Verdicts on skills: answer, chain and form, on whatever a model writes."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError, TableError
from boundary.kinds.skills.families import FAMILIES, solution
from boundary.kinds.skills.verifier import GRADER, check, verify
from boundary.tasks import registers

QUESTION = "r o5 o9 o2 o7 ="
RIGHT = " ".join(solution(QUESTION))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_right_response_is_right_step_by_step(family: str) -> None:
    question = f"{family}{QUESTION[1:]}"
    result = check(question, " ".join(solution(question)))
    assert result == (" ".join(solution(question)[-3:]), True, True, None)


@pytest.mark.parametrize(
    ("response", "answer", "correct", "detail"),
    [
        (RIGHT.replace("~", ">"), True, True, "right answer; word 1 deviates"),
        (RIGHT[RIGHT.index("#") :], True, True, "right answer; word 1 deviates"),
        (f"{RIGHT} v1", True, False, "wrong answer; word 14 deviates"),
        (RIGHT.rsplit(" ", 1)[0], None, False, "no three states follow the first #"),
        (RIGHT.replace("#", "="), None, False, "no three states follow the first #"),
        ("", None, False, "no three states follow the first #"),
        ("# # v1 v2 v3", None, False, "no three states follow the first #"),
        ("# v1 v2 o3", None, False, "no three states follow the first #"),
    ],
)
def test_all_else_is_judged_by_its_answer(
    response: str, answer: bool | None, correct: bool, detail: str
) -> None:
    result = check(QUESTION, response)
    assert (result.answer is not None, result.correct) == (answer is not None, correct)
    assert not result.chain_correct
    assert result.detail == detail


@pytest.mark.parametrize("response", ["> o5 v3", "# v1 v2 v3", "< # v3 v2 v1 v1", "% \x00 #"])
@pytest.mark.parametrize("family", ["p", "q"])
def test_known_families_are_judged_as_by_the_register_machine(family: str, response: str) -> None:
    question = f"{family}{QUESTION[1:]}"
    for text in (response, " ".join(solution(question)), " ".join(solution(question)[5:])):
        assert check(question, text)[:3] == registers.check(question, text)[:3]


def items(**changed: object) -> pl.DataFrame:
    answer = RIGHT.partition("# ")[2]
    row = {"problem_id": "r-04-0000", "sample_index": 3, "question": QUESTION, "answer": answer}
    return pl.DataFrame([row | {"response": RIGHT} | changed])


def test_verdicts() -> None:
    responses = [RIGHT, RIGHT.replace("~", ">"), "# v1 v2 v3", "?"]
    verdicts = verify(pl.concat(items(response=response) for response in responses))
    assert verdicts["verdict"].to_list() == ["correct", "correct", "wrong", "no_answer"]
    assert verdicts["correct"].to_list() == [True, True, False, False]
    assert verdicts["chain_correct"].to_list() == [True, False, False, False]
    assert set(verdicts["grader"]) == {GRADER}
    assert verify(items().clear()).columns == verdicts.columns


def test_tables_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(TableError, match="r-04-0000: its gold answer is 'v0 v0 v0', but"):
        verify(items(answer="v0 v0 v0"))
    with pytest.raises(InputError, match="no problem of the task skills"):
        verify(items(question="x o1 o2 o3 ="))
    assert verify(items(answer=None))["correct"].to_list() == [True]
