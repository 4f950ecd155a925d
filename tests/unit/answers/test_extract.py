"""The final answer of a response under each rule, and in which form it stands."""

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers import final_answer, readings
from boundary.answers.phrases import lowered
from boundary.extraction import FORMS, RULES

BOXED = [
    (r"so \boxed{5}", "5"),
    (r"\boxed{5}. That settles the question.", "5"),
    (r"<think>\boxed{4}</think> \boxed{5}", "5"),
    (r"<think>4</think><answer>\boxed{5}</answer>", "5"),
    (r"The answer is \boxed{5}.", "5"),
    (r"\fbox{18}", "18"),
    (r"so \boxed18.", "18"),
    (r"\boxed{7} done<|im_end|>" "\n" r"<|im_start|>user \boxed{9}", "7"),
    (r"\boxed{5}. The answer is consistent with all conditions.", "5"),
    (r"\boxed{5} The answer is clear.", "5"),
    ("\\boxed{1625}\nThe answer is One thousand six hundred twenty-five.", "1625"),
]


@pytest.mark.parametrize(("response", "answer"), BOXED)
def test_a_box_is_read_by_every_rule(response, answer):
    found = readings(response)
    assert set(found) == {(answer, "box", False)}


DECLARED = [
    ("<think>4</think> <answer> 5 </answer>", "5", "answer element"),
    ("<answer>1</answer> no: <answer>$2$</answer>", "2", "answer element"),
    ("<answer>The final answer is $x+1$.</answer>", "x+1", "answer element"),
    ("<answer>1</answer> <b>", "1", "answer element"),
    ("<Answer>18</Answer>", "18", "answer element"),
    ("It follows. <answer>18", "18", "answer element"),
    ("72 in all\n#### 18", "18", "answer mark"),
    ("#### $1,800", r"\$1,800", "answer mark"),
    ("Thus.\nAnswer: 5", "5", "answer line"),
    ("Thus.\n**Answer:** $\\frac{1}{2}$.", r"\frac{1}{2}", "answer line"),
    ("**Answer:** **$18$**.", "18", "answer line"),
    ("Answer: *$18$*", "18", "answer line"),
    ("Answer: `18`", "18", "answer line"),
    ("Answer = $18$", "18", "answer line"),
    ("Answer $18$", "18", "answer line"),
    ("ANSWER: 18", "18", "answer line"),
    ("## Final Answer:\n\n5\n", "5", "answer line"),
    ("### Final Answer\n\n$18$", "18", "answer line"),
    ("**Final Answer**\n\n**18**", "18", "answer line"),
    ("Answer:", "", "answer line"),
    ("Final Answer: The largest $n$ is 34.", "34", "answer line"),
    ("= 120$. Final Answer: The volume is 120. I hope it is correct.", "120", "answer line"),
    ("Answer: The answer is 5.", "5", "answer sentence"),
    ("The final answer is $[2,5)$. I hope it is correct.", "[2,5)", "answer sentence"),
    ("She has 3. The answer is 5.", "5", "answer sentence"),
    ("The final answer is: $5$\nDone.", "5", "answer sentence"),
    ("The answer is 4. No, the answer is \\(5\\).", "5", "answer sentence"),
    ("My answer will be 5", "5", "answer sentence"),
    ("our final answer is $18$.", "18", "answer sentence"),
    ("The correct answer is **18**.", "18", "answer sentence"),
    ("So the answer would be $18$.", "18", "answer sentence"),
    ("The answer is therefore $18$.", "18", "answer sentence"),
    ("The answer to the question is 18.", "18", "answer sentence"),
    ("The answer is:\n\\[\n18\n\\]", "18", "answer sentence"),
    ("The answer is 18 because geometry proves it", "18", "answer sentence"),
    ("The answer is $18$. This is because $n=7$.", "18", "answer sentence"),
    ("The answer is 5, not 6.", "5", "answer sentence"),
    ("The answer is 5.5.", "5.5", "answer sentence"),
    ("The answer is $18 per day.", "18 dollars per day", "answer sentence"),
    ("The answer is $1,000. That is $5 more.", r"\$1,000", "answer sentence"),
    (r"The answer is $ax\text{, where }a > 0$.", r"ax\text{, where }a > 0", "answer sentence"),
    ("The answer is Evelyn.", "Evelyn", "answer sentence"),
    ("I think the correct answer is C", "C", "answer sentence"),
    ("The correct answer choice is C.", "C", "answer sentence"),
    ("The best option is (C).", "(C)", "answer sentence"),
    ("Option (B) is correct.", "(B)", "answer sentence"),
    ("$18$ is our final answer.", "18", "answer sentence"),
    ("B is the correct answer.", "B", "answer sentence"),
    ("The answer is 5. Now see why the answer is correct.", "5", "answer sentence"),
    ("<think>The answer is 5", "5", "answer sentence"),
    ("İ" * 200 + " so the answer is 5.\nDone.", "5", "answer sentence"),
    # A value that is declared behind a box takes its place.
    (r"\boxed{255} is interest. Final Answer: The final answer is $10,455$.", "10,455",
     "answer sentence"),
    # Other languages.
    ("答案是18。", "18", "answer sentence"),
    ("因此答案：$18$", "18", "answer line"),
    ("答えは18です。", "18", "answer sentence"),
    ("정답은 18입니다.", "18", "answer sentence"),
    ("Ответ: $18$", "18", "answer line"),
    ("La respuesta final es 18.", "18", "answer sentence"),
    ("Resposta: 18", "18", "answer line"),
    ("La réponse est $18$.", "18", "answer sentence"),
    ("Die Antwort lautet $18$.", "18", "answer sentence"),
    ("La risposta è 18.", "18", "answer sentence"),
    ("الإجابة هي 18", "18", "answer sentence"),
    ("उत्तर: 18", "18", "answer line"),
    ("Đáp án: 18", "18", "answer line"),
    ("Cevap: 18", "18", "answer line"),
    ("Svar: 18", "18", "answer line"),
    ("Đáp số: 18", "18", "answer line"),
    ("故选：B．", "B", "answer line"),
    # Other signs, labels and elements.
    ("Answer - 18", "18", "answer line"),
    ("The answer → 18", "18", "answer line"),
    ("The answer, then, is 18.", "18", "answer sentence"),
    ("The answer (in dollars) is 18.", "18", "answer sentence"),
    ("The answer to this problem is therefore 18.", "18", "answer sentence"),
    ("We add.\nAns: 18", "18", "answer line"),
    ("**Final result:** 18", "18", "answer line"),
    ("\\text{Answer: } 18", "18", "answer line"),
    ("\\textbf{Answer: 18}", "18", "answer line"),
    ("Answer: 18 ✅", "18", "answer line"),
    ("```json\n{\"answer\": 18}\n```", "18", "answer line"),
    ('{"steps": "2*9", "final_answer": "x \\\\le 3"}', r"x \le 3", "answer line"),
    ("<ans>18</ans>", "18", "answer element"),
    ("We add. [ANSWER]18[/ANSWER]", "18", "answer element"),
    ("The answer is\n> 18", "18", "answer sentence"),
    ("The answer is > 18", "> 18", "answer sentence"),
    ("We look. So B is correct.", "B", "answer sentence"),
    ("I would go with (B).", "(B)", "answer sentence"),
    ("#### B", "B", "answer mark"),
]  # fmt: skip


@pytest.mark.parametrize(("response", "answer", "form"), DECLARED)
def test_a_declaration_in_words_is_read_by_two_rules(response, answer, form):
    found = readings(response)
    assert found.declared[:2] == (answer, form)
    assert found.any == found.declared
    assert found.boxed[:2] != found.declared[:2]


UNDECLARED = [
    ("18", "18", "whole response"),
    ("$\\frac{1}{2}$", r"\frac{1}{2}", "whole response"),
    ("x = 3", "x = 3", "whole response"),
    ("Yaseen", "Yaseen", "whole response"),
    ("First we count.\n\nSo there are **25%** of them.", "25%", "bold"),
    ("瑞秋的作业多 **3页**。", "3", "bold"),
    ("We have\n\\[ x + 1 = 3 \\]\n\\[ x = 2 \\]", "x = 2", "display"),
    ("We sum up.\n$$2 + 3 = 5.$$", "2 + 3 = 5", "display"),
    ("so\n\\begin{align*} a &= 1 + 1 \\\\ &= 2 \\end{align*}", "2", "display"),
    ("It is 5.", "5", "closing sentence"),
    ("We count.\nTherefore, the chance that Alice wins is 2/3.", "2/3", "closing sentence"),
    ("We count. So we get $x = 5$.", "x = 5", "closing sentence"),
    ("因此体重是192公斤。", "192", "closing sentence"),
    ("```\n18\n```", "18", "whole response"),
    ("∴ 18", "18", "whole response"),
    ("We add. Thus, 18.", "18", "closing sentence"),
    ("Hence (B).", "(B)", "closing sentence"),
    ("Therefore x >= 5.", "x >= 5", "closing sentence"),
    ("We add.\n=> 18", "18", "closing sentence"),
    ("We add.\nThat gives 18.", "18", "closing sentence"),
    ("We add.\nTotal: 18", "18", "closing sentence"),
    ("We add.\nSo she has 18 eggs left.", "18 eggs", "closing sentence"),
    ("We add. Thus, he makes $18 a day.", r"\$18", "closing sentence"),
    ("So she makes 9 * 2 = $18 a day.", r"\$18", "closing sentence"),
    ("Therefore, there are 18 ways to do it.", "18 ways", "closing sentence"),
]


@pytest.mark.parametrize(("response", "answer", "form"), UNDECLARED)
def test_what_a_reader_takes_for_the_answer_is_read_by_the_widest_rule_alone(
    response, answer, form
):
    found = readings(response)
    assert found.any[:2] == (answer, form)
    assert found.declared.form == found.boxed.form == "none"


@pytest.mark.parametrize(("response", "answer", "form"), UNDECLARED)
def test_a_response_that_was_cut_off_ends_in_no_answer(response, answer, form):
    assert final_answer(response, truncated=True).form == "none"
    assert final_answer(f"<think>{response}").form == "none"
    assert final_answer(f"{response} The answer is 7.", truncated=True).answer == "7"


@pytest.mark.parametrize(
    "response",
    [
        "",
        " \n",
        "</answer> 2 <answer>",
        "<think>The answer is 5</think> It was.",
        "<think> Incomplete reasoning",
        r"\boxed{5",
        r"The answer is \boxed{18",
        r"<answer>\boxed{18</answer> and so on, nothing more",
        "Answer $ \n 9 \n $ x",
        "If the answer is 5, then nothing.",
        "No answer is 5.",
        "The answer is not 5.",
        "The answer is correct.",
        "I don't know the answer",
        "5 is not the answer",
        "If 5 is the answer, we are done.",
        "5 is the wrong answer",
        "Option B is incorrect",
        "Neither A nor B is the correct answer",
        "maybe 5",
        "We tried 3, and 4, and others.\n\nStep 2: 5 is odd.",
        "#### Step 1: count",
        "**Step 3**: we count",
        "If x = 5.",
        "So a is right, as we saw.",
        "So, maybe 5.",
        "Hence step 5 is done.",
        "So 5 of the 18 are red.",
        "So she needs at least 5 eggs.",
        "So he needs 5 dozen eggs.",
        "So he has 5 more than she has.",
        "<answer>",
        # A response that stops within a formula.
        "So we get\n\\[ x = 5 + 1",
        "so\n\\[ x = \\frac{5",
        "Therefore, \\( x = 5",
        "Hence x = f(5",
    ],
)
def test_nothing_is_read_where_nothing_is_stated(response):
    assert not final_answer(response).answer


def test_an_open_element_of_a_response_that_was_cut_off_is_none():
    assert final_answer("so <answer>12", truncated=True).form == "none"
    assert final_answer("so <answer>12").answer == "12"


def test_each_form_belongs_to_one_rule():
    assert set(FORMS.values()) == set(RULES)
    for cases, rule in ((DECLARED, "declared"), (UNDECLARED, "any")):
        assert {form for _, _, form in cases} == {name for name in FORMS if FORMS[name] == rule}


@pytest.mark.parametrize("rule", RULES)
def test_one_rule_alone_reads_what_it_reads_beside_the_others(rule):
    for response, *_ in (*BOXED, *DECLARED, *UNDECLARED):
        assert final_answer(response, rule) == readings(response).under(rule)


@pytest.mark.parametrize(
    "response",
    [
        "the answer is " * 70_000,
        "Answer:\n" * 120_000,
        "<answer>" * 120_000 + "</answer>",
        "<answer>1</answer>" * 60_000,
        r"\boxed{1}" * 100_000,
        r"\boxed{1} or " * 70_000,
        "# " * 500_000,
        "#### 1\n" * 140_000,
        "\n" * 1_000_000 + "answer",
        "* - > _ " * 100_000 + "answer",
        "the final the final " * 50_000 + "answer is",
        "the answer is $" + "$ $" * 300_000,
        "**1** " * 170_000,
        "$$1$$ " * 170_000,
        "\\[" * 500_000,
        "答案是" * 300_000,
        "So it is " * 110_000,
        r"\boxed{1} " + "that is not " * 80_000,
        "<|im_end|>" * 100_000,
        "1" * 1_000_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_million_hostile_characters_take_no_time(response):
    start = time.process_time()
    readings(response)
    assert time.process_time() - start < 5


PIECES = [
    *("\\boxed{", "}", "<answer>", "</answer>", "The answer is ", "Answer:", "#### ", "\n\n"),
    *("$", "\\[", "\\]", "**", "\\(", "\\)", "5", "x = 3", " or ", "答案", "。", ". ", "wrong"),
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_text_raises(text):
    for found in readings(text):
        assert (found.answer is None) == (found.form == "none")


def test_lower_case_moves_no_character():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(lowered(everything)) == len(everything)
