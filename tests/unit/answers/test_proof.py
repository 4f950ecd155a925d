r"""Marks of the end of a proof, labels and layout behind an answer are no part of it."""

from __future__ import annotations

import time

import pytest

from boundary.answers.extract import final_answer
from boundary.answers.proof import without_marks

MARKS = (r"\blacksquare", r"\square", r"\Box", r"\qed", "∎", "■")
BELOW = (
    *(r"\end{align*}", r"\end{gather}", r"\end{center}", r"\]", r"\)", "$$", r"\right.", r"\par"),
    *(r"\quad", r"\hline", r"\newpage", r"\bigskip", r"\vspace{1cm}", r"\noindent", r"\tag{2}"),
    *(r"\label{eq:1}", r"\text{as required}", r"\hfill $\square$", r"\nonumber"),
)


@pytest.mark.parametrize("indent", ["", "   ", "\t"])
@pytest.mark.parametrize("below", [*BELOW, *MARKS, *(f"${mark}$" for mark in MARKS)])
def test_what_stands_below_a_box_is_no_second_value(below: str, indent: str) -> None:
    text = f"So we get\n{indent}y = \\boxed{{71}}\n{indent}{below}\n"
    for rule in ("any", "declared", "boxed"):
        assert final_answer(text, rule).answer == "71", rule


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "form",
    [
        "The answer is $71$.\n${}$",
        "**Answer:** 71\n${}$",
        "Final answer: 71 ${}$",
        "#### 71\n${}$",
        "The result is 71.\n\n${}$",
        "So x = 71. {}",
        r"\[x = 71 \quad {}\]",
        "\\[x = 71\\]\n\\[{}\\]",
    ],
)
def test_a_mark_is_no_answer_and_hides_none(form: str, mark: str) -> None:
    answer = final_answer(form.replace("{}", mark), "any").answer
    assert answer is not None and answer.removeprefix("x = ") == "71"


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{\square}",
        r"The missing sign is $3 \square 4 = 7$",
        r"$x = \square$",
        r"\square ABCD has area 4",
        r"$5 - \Box = 3$",
    ],
)
def test_a_square_that_means_something_stays(text: str) -> None:
    assert without_marks(text) == text


def test_another_value_below_a_box_still_counts() -> None:
    assert final_answer("\\boxed{71}\n   72\n", "any").answer == "71, 72"
    assert final_answer("\\boxed{71}\n  $\\frac{1}{2}$\n", "any").answer == r"71, \frac{1}{2}"


@pytest.mark.parametrize(
    "part", ["\\square ", "$ ", "\\tag{", "\\tag{$a$", " \\quad", "]\\; ", "\\[ "]
)
def test_marks_are_looked_for_in_linear_time(part: str) -> None:
    times = []
    for size in (20_000, 80_000):
        text = "\\square" + part * size
        start = time.process_time()
        without_marks(text)
        times.append(time.process_time() - start)
    assert times[1] < 12 * times[0] + 0.2
