"""Verdicts on short texts: normal forms, several golds, real responses of two models."""

import json

import polars as pl
import pytest

from boundary.extraction import RULES
from boundary.tables import VERDICTS_TABLE, check
from boundary.verify import text
from boundary.verify.setting import Setting
from harness import HAND_MADE


def verify(*rows, metadata=None, extract="any", finish="stop"):
    """Verify responses, given as (gold, response)."""
    items = pl.DataFrame(
        {
            "problem_id": [f"p{i}" for i in range(len(rows))],
            "sample_index": [0] * len(rows),
            "answer": [gold for gold, _ in rows],
            "metadata": [metadata] * len(rows),
            "response": [response for _, response in rows],
            "finish_reason": finish,
        },
        schema_overrides={"metadata": pl.String},
    )
    with text.verifier(Setting(extract=extract)) as verified:
        return verified(items)


@pytest.mark.parametrize(
    "response",
    [
        "Paris",
        "paris.",
        "**Paris**",
        '"Paris"',
        r"\boxed{Paris}",
        r"\boxed{\text{Paris}}",
        "<answer>Paris</answer>",
        "<answer> paris </answer>",
        "Answer: Paris",
        "The answer is Paris.",
        "The final answer is **Paris**.",
        "The answer is Paris, which lies on the Seine.",
        "It is Paris.",
        "London is in England.\n\nSo it is **Paris**.",
        "La réponse est Paris.",
        "Paris\n<think>why</think>\n<answer>Paris</answer>",
        r"\boxed{Paris}. The answer is consistent with all that the text says of it, as shown.",
    ],
)
def test_the_answer_is_met_in_its_normal_form(response):
    assert verify(("Paris", response))["verdict"].to_list() == ["correct"]


@pytest.mark.parametrize(
    "response",
    [
        "Paris or Rome",
        "Paris, Rome",
        "The answer is Paris or Rome.",
        "The answer is Paris. The answer is Rome.",
        "The answer is Paris. Or it could be Rome.",
        r"\boxed{Paris} or \boxed{Rome}",
        r"\boxed{Paris}. Hence \boxed{Rome}",
        "<answer>Paris</answer> or <answer>Rome</answer>",
        "Answer: Paris\nAnswer: Rome",
        r"\boxed{Paris}. That is wrong.",
        "Not Paris",
        "Paris is wrong",
        "I know Paris and Rome and Bern and Oslo and many other towns.",
        "Parisian",
        "Pari",
        "",
    ],
)
def test_a_hedge_and_another_text_are_no_answer(response):
    for rule in RULES:
        assert not verify(("Paris", response), extract=rule)["correct"].any()


def test_golds_and_options_come_with_the_problem():
    golds = '{"golds": ["United States"]}'
    found = verify(("USA", "the united states"), ("USA", "usa"), ("USA", "UK"), metadata=golds)
    assert found["correct"].to_list() == [True, True, False]
    case = '{"case": true, "articles": true}'
    found = verify(
        ("The Who", "The Who"), ("The Who", "the Who"), ("The Who", "Who"), metadata=case
    )
    assert found["correct"].to_list() == [True, False, False]


def test_the_result_is_a_verdicts_table():
    found = verify(("a b", "Answer: A b"), ("a b", "<answer> </answer>"))
    assert check(found, VERDICTS_TABLE, "x").equals(found)
    assert found["answer"].to_list() == ["A b", None]
    assert found["detail"].to_list() == [None, "an empty answer"]
    assert found["extraction"].to_list() == ["answer line", "answer element"]
    assert check(verify(), VERDICTS_TABLE, "x").height == 0


def test_a_huge_answer_is_stored_by_its_beginning():
    (answer,) = verify(("x", r"\boxed{" + "y" * 2000 + "}"))["answer"]
    assert answer.startswith("y" * 1000 + "… (2000 characters")


#: Right responses by model and rule: real, and hand-made.  By the real tool's own verdict 0
#: and 275: it wants an answer element, which the base never writes.
RIGHT = {
    "base": ({"boxed": 0, "declared": 0, "any": 277}, {"boxed": 0, "declared": 0, "any": 3}),
    "rl": ({"declared": 275, "any": 279}, {"boxed": 0, "declared": 3, "any": 4}),
}


@pytest.mark.parametrize("model", RIGHT)
def test_responses_of_two_models(data, model):
    path = data / "formats" / "reasoning_gym" / f"needle_haystack_{model}.json"
    (category,) = json.loads(path.read_text())["categories"]
    rows = [
        (row["expected_answer"], one["full_model_response"], one["score"] == 1)
        for row in category["datasets"][0]["results"]
        for one in row["completions"]
    ]
    found = verify(*(row[:2] for row in rows))
    assert found.height == (6 if data == HAND_MADE else 300)
    for rule, count in RIGHT[model][data == HAND_MADE].items():
        assert found[f"correct_{rule}"].sum() == count
    assert found["correct_declared"].to_list() == [own for *_, own in rows]
