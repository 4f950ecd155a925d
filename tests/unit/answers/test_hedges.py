r"""No response has the right one of two answers picked.

What a response offers beside another value is no answer to a question that has
one: the statement is a list, or taken back, whichever of its values would be right.
"""

import pytest

from boundary.answers import readings
from boundary.extraction import RULES

TWO = [
    r"\boxed{3} or \boxed{4}",
    r"$\boxed{3}$, $\boxed{4}$",
    r"\(\boxed{3}\) \text{ or } \(\boxed{4}\)",
    r"\boxed{3}\boxed{4}",
    "\\boxed{3}.\n\n\\boxed{4}",
    r"Either \boxed{3}, or perhaps \boxed{4}.",
    r"\boxed{3}, but it could also be \boxed{4}",
    r"\boxed{3}. Alternatively, \boxed{4}",
    r"$x = \boxed{3}$ and $y = \boxed{4}$",
    r"The answer is \boxed{3}. The answer is \boxed{4}.",
    r"$\boxed{3}$ or $4$",
    r"\boxed{3}. Or it could be 4.",
    r"\boxed{3}. Alternatively, 4",
    r"\boxed{3}, maybe $4$",
    r"\boxed{3 \text{ or } 4}",
    r"\boxed{3} (or \boxed{4})",
    r"\boxed{3} / \boxed{4}",
    r"\boxed{3}? \boxed{4}?",
    r"$\boxed{3} \lor \boxed{4}$",
    r"\boxed{3} vs. \boxed{4}",
    r"\boxed{3}, \ldots, \boxed{4}",
    r"from \boxed{3} to \boxed{4}",
    r"$x = \boxed{3}, y = \boxed{4}$",
    r"1) \boxed{3} 2) \boxed{4}",
    r"(a) \boxed{3} (b) \boxed{4}",
    "- \\boxed{3}\n- \\boxed{4}",
    r"Guess 1: \boxed{3}. Guess 2: \boxed{4}.",
    r"Case 1 gives \boxed{3}, case 2 gives \boxed{4}.",
    r"\boxed{3} is one possibility. \boxed{4} is another.",
    r"\boxed{3} if n is odd and \boxed{4} if n is even",
    "\\boxed{3}\n\nAlternative answer: \\boxed{4}",
    "<answer>3</answer>\nAnswer: 4",
    "<answer>The answer is 3. The answer is 4.</answer>",
    "<answer>The answer is 3. It could be 4.</answer>",
    "<answer>3. Or 4.</answer>",
    "The answer is 3 (or 4).",
    "The answer is 3, or possibly 4.",
    "The answer is 3, it could be 4.",
    "The answer is 3. Although it might be 4.",
    "The answer is 3. If that is wrong, the answer is 4.",
    "The answer is 3, otherwise 4.",
    "The answer is 3 and/or 4.",
    "The answer is 3. It should be 4.",
    "The answer is 3. I mean 4.",
    "The answer is 3. No, 4.",
    "First answer: 3, second answer: 4.",
    "Final Answer: x is 3 and y is 4",
    "Final Answer: it is 3, it is 4",
    "So it is **3** or 4.",
    "So it is **3**, but it might be 4.",
    "The answer is 3 or 4.",
    "The answer is either 3 or 4",
    "The answer is $x=3$ or $x=4$.",
    "The answer is 3. The answer is 4.",
    "The answer is 3. Another answer is 4.",
    "The answer is 3. Or it could be 4.",
    "The answer is 3. It might also be 4.",
    "Answer: 3, 4",
    "Answer: 3\nAnswer: 4",
    "Possible answers: 3, 4",
    "3 or 4 is the answer.",
    "$3$ and $4$ is the answer.",
    "Option 3 or option 4 is correct.",
    "#### 3\n#### 4",
    "<answer>3</answer><answer>4</answer>",
    "<answer>3</answer> or <answer>4</answer>",
    "<answer>3 or 4</answer>",
    "<answer>The answer is 3 or 4</answer>",
    "3 or 4",
    "3, 4",
    "$3$ or $4$",
    "**3** or **4**",
    "**3**\n**4**",
    "So it is **3**, perhaps **4**.",
    "$$3$$ or $$4$$",
    "$$3$$\n$$4$$",
    "So the value is 3 or 4.",
    "So we have $x = 3$ and $x = 4$.",
    "Thus x = 3 and x = 4.",
    "The candidates are 3 and 4.",
    "So the values are $3$ and $4$.",
    "So the value is $3$ or $4$.",
    "So the value is $3$, or the value is $4$.",
    "We count.\nThe value is 3, the value is 4.",
    "So the value might be $4$.",
    "So it is perhaps 4.",
    "If we are right, it is 4.",
    "- **3**\n- **4**",
    "- **3**\n\n- **4**",
    "1. $3$\n2. $4$",
    "Options:\n(a) 3\n(b) 4",
    r"$\boxed{3}$ (or is it $4$?)",
    r"\boxed{3} (though 4 is also plausible)",
    r"\boxed{3}. Other possible: 4",
    r"\boxed{3}\hspace{500pt}\boxed{4}",
    "\\boxed{3}\n4",
    "Answer: 3\n4",
    "Final answers:\n3\n4",
    "**Answer:** 3\n\n**Answer (alternative):** 4",
    "The answer is: 3; also 4",
    "The answer is\n\n\\[ 3 \\]\n\n\\[ 4 \\]",
    "<ans>3</ans> <ans>4</ans>",
    "<answer>3</answer> <final_answer>4</final_answer>",
    "Final result: 3\nFinal result: 4",
    '{"answer": 3}\n{"answer": 4}',
    "A: 3\nB: 4",
    "**3**\n\n**4**",
    "So 3 of them are red and 4 are green.",
    "So she needs 3 or more.",
    "答案是3或4。",
    "Ответ: 3 или 4",
]


@pytest.mark.parametrize("response", TWO)
def test_a_hedge_is_no_answer(response):
    for rule in RULES:
        assert readings(response).under(rule).answer not in {"3", "4", "x = 3", "x = 4", "x=4"}


@pytest.mark.parametrize(
    "response", ["\\boxed{3}\nAnswer: 4", "\\boxed{3}\n\n<answer>4</answer>", "\\boxed{3}\n#### 4"]
)
def test_two_forms_with_nothing_between_them_are_a_hedge(response):
    found = readings(response)
    assert (found.boxed.answer, found.declared.answer) == ("3", "3, 4")
    assert readings(response.replace("4", "3")).declared.answer == "3"


@pytest.mark.parametrize("response", TWO)
def test_the_same_value_twice_is_no_hedge(response):
    same = response.replace("4", "3").replace("y", "x")
    found = readings(same).any.answer
    # Words that say "or" are left to whoever compares; forms of their own count once.
    assert found is None or "3" in found
    if all(form in response for form in ("3}", "4}")) or "<answer>4" in response:
        assert found in {"3", "x = 3"}


TAKEN_BACK = [
    r"\boxed{5}. Wait, that is wrong.",
    r"\boxed{5}. Wait, that is wrong, it should be 6.",
    r"\boxed{5}. No wait, it is 6.",
    r"\boxed{5} is not it.",
    r"\boxed{5}. I made a mistake.",
    r"\boxed{5}. This is incorrect.",
    "The answer is 5. My answer is wrong.",
    "The answer is 5. Scratch that.",
    "Answer: 5\n\nDisregard this.",
    "<answer>5</answer> That isn't right.",
    "#### 5\nThat's not correct.",
]


@pytest.mark.parametrize("response", TAKEN_BACK)
def test_an_answer_that_is_taken_back_is_none(response):
    assert "5" not in {found.answer for found in readings(response)}


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"\boxed{4} no, \boxed{5}", "5"),
        (r"\boxed{3}. Hence \boxed{4}", "4"),
        (r"\boxed{3}. So the total is \boxed{4}", "4"),
        (r"\boxed{3} for part one. The final answer is \boxed{4}.", "4"),
        (r"\boxed{4}. That is wrong. \boxed{5}", "5"),
        (r"\boxed{18} is not it; the answer is 7.", "7"),
        ("The answer is 4. That is wrong: the answer is 5.", "5"),
        (r"First \boxed{1}; then \boxed{3} or \boxed{4}", "3, 4"),
    ],
)
def test_a_correction_and_a_later_result_count(response, answer):
    assert readings(response).any.answer == answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"\boxed{5}. Option 6 is wrong.", "5"),
        (r"\boxed{5}. This is not a right triangle.", "5"),
        (r"\boxed{5}. 6 would be wrong, as it is even.", "5"),
        (r"\boxed{\frac13}, or approximately 0.333", r"\frac13"),
        (r"\boxed{5}, not 6", "5"),
        (r"\boxed{5} or in words, five", "5"),
        ("The answer is D, it can't be A or B", "D"),
    ],
)
def test_a_word_on_other_values_takes_nothing_back(response, answer):
    assert readings(response).any.answer == answer


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("\\(\\boxed{15400}\\)\n\n\\(\\boxed{15,\\!400}\\)", "15400"),
        (r"\boxed{\dfrac12}. So $\boxed{ \frac12 }$", r"\frac12"),
        (r"\boxed{5} and \boxed{5}", "5"),
        ("$\\boxed{36\\text{ dollars}}$\n\n$\\boxed{36}$", r"36\text{ dollars}"),
        ("$\\boxed{x=36}$\n\n$\\boxed{36}$", "x=36"),
        (r"\boxed{0.5} or \boxed{\frac{1}{2}}", "0.5"),
        (r"\boxed{x=3}, \boxed{y=3}", "x=3, y=3"),
        (r"\boxed{3\text{ cm}}, \boxed{3\text{ m}}", r"3\text{ cm}, 3\text{ m}"),
    ],
)
def test_values_that_mean_the_same_count_once(response, answer):
    assert readings(response).boxed.answer == answer


@pytest.mark.parametrize(
    "response", [r"\boxed{3}. Hence \boxed{4}", r"\boxed{3} or \boxed{4}", r"\boxed{1}\boxed{2}"]
)
def test_boxes_that_differ_are_flagged(response):
    assert readings(response).boxed.multiple


def test_no_box_beside_another_reading_of_it_is_flagged():
    assert not readings(r"\boxed{\dfrac12}. So $\boxed{ \frac12 }$").boxed.multiple
