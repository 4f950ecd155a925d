"""Every form in which a mathematical benchmark comes gives the same problem."""

from __future__ import annotations

import json

import pytest

from boundary.data import math_sets
from boundary.data.problem import Problem
from boundary.errors import InputError


def short(problem: Problem) -> tuple[str, str, str | None]:
    assert problem["kind"] == "math"
    assert problem["tests"] is None
    return problem["problem_id"], problem["question"], problem["answer"]


def metadata(problem: Problem) -> dict:
    return json.loads(problem["metadata"] or "{}")


SOLUTION = "16 - 3 = 13\n#### 1,313"


@pytest.mark.parametrize(
    ("adapter", "row", "expected"),
    [
        ("gsm8k", {"question": " q? ", "answer": SOLUTION}, ("0007", "q?", "1313")),
        ("gsm8k", {"question": "q?", "answer": SOLUTION, "idx": 12}, ("0012", "q?", "1313")),
        ("gsm8k", {"question": "q?", "answer": SOLUTION, "idx": None}, ("0007", "q?", "1313")),
        ("math500", {"problem": "q", "answer": "p - q", "unique_id": "u"}, ("007", "q", "p - q")),
        ("aime", {"id": 60, "problem": "q", "question": "q", "answer": "025"}, ("60", "q", "25")),
        ("aime", {"id": 60, "problem": "q", "solution": r"\boxed{204}"}, ("60", "q", "204")),
        ("aime", {"id": "aime25-3", "problem": "q", "expected_answer": "70"}, ("03", "q", "70")),
        ("aime", {"ID": "2024-II-4", "Problem": "q", "Answer": 33}, ("2024-II-4", "q", "33")),
        ("aime", {"problem_idx": 2, "problem": "q", "answer": 70}, ("02", "q", "70")),
        ("aime", {"question": "q", "answer": "70"}, ("07", "q", "70")),
        ("aime", {"question": "q", "answer": "336^\\circ"}, ("07", "q", "336")),
        ("aime", {"question": "q", "answer": "$336^{\\circ}$"}, ("07", "q", "336")),
        ("amc", {"id": 0, "question": "q", "answer": 27.0}, ("00", "q", "27")),
        ("amc", {"id": 8, "problem": "q", "answer": -1.0}, ("08", "q", "-1")),
        ("amc", {"question": "q", "answer": r"$\frac{1}{2}$"}, ("07", "q", r"\frac{1}{2}")),
        (
            "minerva",
            {"problem": "q", "solution": r"L \simeq \boxed{4.5e33} ergs", "idx": 1},
            ("001", "q", r"4.5 \times 10^{33}"),
        ),
        ("minerva", {"question": "q", "answer": "4.5e33"}, ("007", "q", r"4.5 \times 10^{33}")),
        (
            "olympiadbench",
            {"id": 1606, "context": None, "question": "q", "final_answer": ["$69$,$84$"]},
            ("1606", "q", "69,84"),
        ),
        (
            "olympiadbench",
            {"id": 7, "context": "c", "question": "q", "final_answer": ["$1$", "$2$"]},
            ("0007", "c\nq", "1, 2"),
        ),
        ("omni_math", {"problem": "q", "answer": r"\[ \boxed{5} \]"}, ("0007", "q", "5")),
        ("omni_math", {"problem": "q", "answer": "$a$ OR $b$"}, ("0007", "q", r"a\text{ OR }b")),
        ("omni_math", {"problem": "q", "answer": 5}, ("0007", "q", "5")),
    ],
)
def test_a_row_becomes_a_problem(adapter: str, row: dict, expected: tuple) -> None:
    assert short(getattr(math_sets, adapter)(row, 7)) == expected


def test_metadata_keep_what_the_row_says_beside() -> None:
    row = {
        "id": 2,
        "context": None,
        "question": "q",
        "final_answer": ["45"],
        "unit": "minute",
        "error": None,
        "is_multiple_answer": False,
    }
    assert metadata(math_sets.olympiadbench(row, 0)) == {
        "given_answer": ["45"],
        "is_multiple_answer": False,
        "unit": "minute",
    }
    row = {"problem": "q", "answer": "1", "unique_id": "test/algebra/1.json", "level": 2}
    found = metadata(math_sets.math500(row, 0))
    assert found == {"level": 2, "unique_id": "test/algebra/1.json"}
    assert metadata(math_sets.gsm8k({"question": "q", "answer": SOLUTION}, 0)) == {
        "solution": SOLUTION
    }


@pytest.mark.parametrize(
    ("adapter", "row", "said"),
    [
        ("gsm8k", {"question": "q", "answer": "18"}, "nothing behind '####'"),
        ("gsm8k", {"answer": SOLUTION}, "has no field 'question' or 'problem'"),
        ("gsm8k", {"question": "q", "answer": 18}, "'answer' should be text, found int"),
        ("math500", {"problem": "q"}, "has no field 'answer'; it has: problem"),
        ("math500", {"problem": "q", "answer": " "}, "is empty"),
        ("math500", {"problem": " ", "answer": "1"}, "the question is empty"),
        ("aime", {"problem": "q", "answer": "1/2"}, "should be an integer, found '1/2'"),
        ("aime", {"problem": "q", "solution": "so 5"}, "'solution' has no \\boxed{}"),
        ("amc", {"problem": "q", "answer": float("nan")}, "has no field 'answer'"),
        ("minerva", {"problem": "q", "solution": "so 5"}, "has no \\boxed{}"),
        ("minerva", {"problem": "q", "solution": "\\boxed{}"}, "is empty"),
        ("olympiadbench", {"question": "q", "final_answer": []}, "is empty"),
        ("omni_math", {}, "it has: none"),
    ],
)
def test_a_row_that_is_another_is_refused(adapter: str, row: dict, said: str) -> None:
    with pytest.raises(InputError) as caught:
        getattr(math_sets, adapter)(row, 0)
    assert said in str(caught.value)
