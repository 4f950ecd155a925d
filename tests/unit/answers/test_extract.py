"""The final answer that a response declares, and in which form."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import final_answer


@pytest.mark.parametrize(
    ("response", "answer", "rule"),
    [
        (r"so \boxed{5}", "5", "box"),
        (r"\boxed{5} Answer: 6", "5", "box"),
        (r"<answer>7</answer> but \boxed{5}", "5", "box"),
        (r"<think>\boxed{4}</think> <answer> 5 </answer>", "5", "answer element"),
        (r"<think>4</think><answer>\boxed{5}</answer>", "5", "box"),
        ("<answer>1</answer> no: <answer>$2$</answer>", "2", "answer element"),
        ("<answer>The final answer is $x+1$.</answer>", "x+1", "answer element"),
        ("<answer>1</answer> and then <answer>2", "1", "answer element"),
        ("</answer> 2 <answer>", None, "none"),
        ("Thus.\nAnswer: 5", "5", "answer line"),
        ("Thus.\n**Answer:** $\\frac{1}{2}$.", r"\frac{1}{2}", "answer line"),
        ("Answer: 5\nAnswer: 6\n\nso", "6", "answer line"),
        ("## Final Answer:\n\n5\n", "5", "answer line"),
        ("Answer:", "", "answer line"),
        ("Answer: The answer is 5.", "5", "answer line"),
        (
            "Final Answer: The final answer is $[2,5)$. I hope it is correct.",
            "[2,5)",
            "answer line",
        ),
        ("She has 3. The answer is 5.", "5", "answer sentence"),
        ("The final answer is: $5$\nDone.", "5", "answer sentence"),
        ("The answer is 4. No, the answer is \\(5\\).", "5", "answer sentence"),
        ("My answer will be 5", None, "none"),
        ("It is 5.", None, "none"),
        ("<think>The answer is 5", "5", "answer sentence"),
        ("<think>The answer is 5</think> It is.", None, "none"),
        ("", None, "none"),
    ],
)
def test_declarations_in_their_order(response, answer, rule):
    found = final_answer(response)
    assert (found.answer, found.rule) == (answer, rule)
    assert not found.multiple


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"\boxed{3} or \boxed{4}", "3, 4"),
        (r"$\boxed{3}$, $\boxed{4}$ and $\boxed{5}$.", "3, 4, 5"),
        (r"\(\boxed{3}\) \text{ or } \(\boxed{4}\)", "3, 4"),
        (r"\boxed{3}\boxed{4}", "3, 4"),
        (r"\boxed{3}. Hence \boxed{4}", "4"),
        (r"First \boxed{1}; then \boxed{3} or \boxed{4}", "3, 4"),
    ],
)
def test_boxes_that_differ_are_flagged_and_the_last_statement_counts(response, answer):
    found = final_answer(response)
    assert found == (answer, "box", True)


def test_the_same_box_twice_is_no_hedge():
    assert final_answer(r"\boxed{\dfrac12}. So $\boxed{ \frac12 }$") == (r"\frac12", "box", False)
    assert final_answer(r"\boxed{5} and \boxed{5}") == ("5", "box", False)


@pytest.mark.parametrize(
    "response",
    [
        "the answer is " * 70_000,
        "Answer:\n" * 120_000,
        "<answer>" * 120_000 + "</answer>",
        r"\boxed{1}" * 100_000,
        r"\boxed{1} or " * 70_000,
        "# " * 500_000,
        "\n" * 1_000_000 + "answer",
        "* - > _ " * 100_000 + "answer",
        "the final the final " * 50_000 + "answer is",
    ],
    ids=lambda text: text[:12],
)
def test_a_million_hostile_characters_take_no_time(response):
    start = time.process_time()
    final_answer(response)
    assert time.process_time() - start < 5


@given(st.text() | st.text("\\boxed{}<answer/>Aw: is\n5$", max_size=80))
def test_no_text_raises(text):
    found = final_answer(text)
    assert (found.answer is None) == (found.rule == "none")


def test_letters_that_grow_in_lower_case_move_nothing():
    response = "İ" * 200 + " so the answer is 5.\nDone."
    assert final_answer(response) == ("5", "answer sentence", False)
