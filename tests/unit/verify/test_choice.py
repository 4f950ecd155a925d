"""Verdicts on multiple choice: which option a response takes, and hedges that take none."""

import json

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.extraction import RULES
from boundary.options import choices_of
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify import choice
from boundary.verify.setting import Setting

CITIES = json.dumps({"choices": ["Paris", "Rome", "Bern, of course", "12"]})


def verify(*rows, metadata=CITIES, extract="any", finish="stop"):
    """Verify responses, given as (letter, response)."""
    items = pl.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(rows))],
            "sample_index": [0] * len(rows),
            "answer": [gold for gold, _ in rows],
            "metadata": metadata,
            "response": [response for _, response in rows],
            "finish_reason": finish,
        }
    )
    with choice.verifier(Setting(extract=extract)) as verified:
        return verified(items)


TAKES_B = [
    "B",
    "(B)",
    "B.",
    "b",
    "B) Rome",
    "(B) Rome",
    "B. Rome",
    "B: Rome",
    "B - Rome",
    "B (Rome)",
    "Rome",
    "rome.",
    "**B**",
    r"\boxed{B}",
    r"\boxed{\text{B}}",
    r"\boxed{(B)}",
    r"\boxed{B) Rome}",
    r"\boxed{\text{Rome}}",
    "<answer>B</answer>",
    "Answer: B",
    "ANSWER: B",
    "Answer: (B)",
    "**Answer:** B",
    "Final answer: B) Rome",
    "The answer is B.",
    "The answer is (B).",
    "The answer is (B) Rome.",
    "The answer is **B**.",
    "The answer is option B.",
    "The answer is Rome.",
    "The answer is B because A is in France.",
    "The answer is B, it can't be A or C",
    "The correct answer is B) Rome, the capital.",
    "The correct option is B.",
    "The best choice is (B).",
    "Option B is correct.",
    "B is the correct answer.",
    "I think the correct answer is B",
    "A is in France.\n\nSo the answer is **B**.",
    "答案是B。",
    "Ответ: B",
    "We rule out A.\n\n**B**",
    "Let us see. Therefore, it must be B.",
    "The answer is A. No, the answer is B.",
    r"\boxed{A} is wrong. The answer is B.",
    r"\boxed{B}. Option A is wrong because it is in France.",
]


@pytest.mark.parametrize("response", TAKES_B)
def test_an_option_is_taken_by_its_letter_or_its_text(response):
    found = verify(("B", response), ("A", response)).to_dict(as_series=False)
    assert found["answer"] == ["B", "B"]
    assert found["correct"] == [True, False]


TAKES_NONE = [
    "A or B",
    "A and B",
    "A, B",
    "A/B",
    "(A) or (B)",
    "The answer is A or B.",
    "The answer is A and B.",
    "The answer is either A or B.",
    "The answer is A. The answer is B.",
    "The answer is A. Or it could be B.",
    "Answer: A\nAnswer: B",
    "Answer: A, B, C, D",
    "Answer: A) Paris B) Rome",
    r"\boxed{A} or \boxed{B}",
    r"\boxed{A, B}",
    r"\boxed{A}. Alternatively, B",
    "<answer>A</answer><answer>B</answer>",
    "**A** or **B**",
    "Neither A nor B is the correct answer.",
    # A letter with the text of another option.
    "A) Rome",
    "(B) Paris",
    r"\boxed{B) Paris}",
    "A or B is correct.",
    "Option A or option B is correct.",
    "(A) Paris (B) Rome (C) Bern, of course (D) 12",
    "B, but C is also possible",
    "The answer is B, but C is also possible.",
    "B is correct, and so is C",
    "Both B and C are correct answers.",
    "Answer: B\n\nor C",
    "The answer is B. It could also be C.",
    "E",
    "Because it is so",
    "B is in Italy and A in France, as everybody knows.",
    r"\boxed{B}. That is wrong.",
    "",
]


@pytest.mark.parametrize("response", TAKES_NONE)
def test_a_hedge_takes_no_option(response):
    for rule in RULES:
        found = verify(*((gold, response) for gold in "ABCD"), extract=rule)
        assert not found["correct"].any(), found
        assert set(found["verdict"]) <= {"wrong", "no_answer"}


@pytest.mark.parametrize(
    ("options", "content", "letter"),
    [
        (["C", "D", "A"], "B", "B"),
        (["C", "D", "A"], "C", "C"),
        (["all of them", "none of the above"], "none of the above", "B"),
        (["mW", "MW"], "MW", "B"),
        (["mW", "MW"], "mw", None),
        (["$10^{-4}$ eV", "$10^{4}$ eV"], "10^{-4} eV", "A"),
        (["a cat", "a dog"], "a dog", "B"),
        (["Berlin", "Bonn"], "Bonn", "B"),
        (["yes", "no"], "No.", "B"),
    ],
)
def test_texts_that_look_like_letters(options, content, letter):
    choices = choices_of("A", json.dumps({"choices": options}))
    assert choice.Taking(choices).letter(content) == letter


def test_the_result_is_a_verdicts_table_with_every_rule():
    found = verify(("B", r"\boxed{B}"), ("B", "Answer: B"), ("B", "B"), ("B", "I do not know."))
    assert check(found, VERDICTS_TABLE, "x").equals(found)
    assert found["extraction"].to_list() == ["box", "answer line", "whole response", None]
    assert found["verdict"].to_list() == ["correct", "correct", "correct", "no_answer"]
    assert found["grader"].unique().to_list() == [choice.GRADER]
    columns = {
        "boxed": [True, False, False, False],
        "declared": [True, True, False, False],
        "any": [True, True, True, False],
    }
    for rule, right in columns.items():
        assert found[f"correct_{rule}"].to_list() == right
    boxed = verify(("B", r"\boxed{B}"), ("B", "B"), extract="boxed")
    assert boxed["verdict"].to_list() == ["correct", "no_answer"]
    assert boxed["correct_any"].to_list() == [True, True]
    assert check(verify(), VERDICTS_TABLE, "x").height == 0


def test_what_a_cut_off_response_ends_in_takes_nothing():
    assert verify(("B", "so\n\n**B**"), finish="length")["verdict"].to_list() == ["no_answer"]


def test_a_response_ends_no_job(monkeypatch):
    def fail(*_):
        raise RuntimeError("hostile")

    monkeypatch.setattr(choice.Taking, "letter", fail)
    assert verify(("B", "Answer: B"))["verdict"].to_list() == ["error"]


def test_a_problem_without_options_is_refused():
    with pytest.raises(InputError, match="no 'choices'"):
        verify(("B", "B"), metadata="{}")
