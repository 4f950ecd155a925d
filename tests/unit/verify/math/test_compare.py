"""The grading policy: every rule of docs/grading.md, held against labelled pairs."""

from pathlib import Path

import pytest

from boundary.verify.killable import KillablePool, Limits
from boundary.verify.math.judging import Judge
from boundary.verify.math.worker import PRELOAD
from unit.verify.math.pairs import DIFFERENT, SAME

DOCS = Path(__file__).parents[4] / "docs" / "grading.md"


@pytest.fixture(scope="module")
def judge():
    with KillablePool(limits=Limits(), workers=2, preload=PRELOAD) as pool:
        yield Judge(pool, None)


@pytest.mark.parametrize("rule", SAME)
def test_answers_that_are_the_same(judge, rule):
    found = zip(SAME[rule], judge.strict(SAME[rule]), strict=True)
    assert [(pair, one) for pair, one in found if one.verdict != "correct"] == []


@pytest.mark.parametrize("rule", DIFFERENT)
def test_answers_that_differ(judge, rule):
    found = zip(DIFFERENT[rule], judge.strict(DIFFERENT[rule]), strict=True)
    assert [(pair, one) for pair, one in found if one.verdict != "wrong"] == []


def test_there_are_a_hundred_pairs_and_each_rule_has_its_section():
    assert sum(map(len, (*SAME.values(), *DIFFERENT.values()))) >= 200
    text = DOCS.read_text()
    assert [rule for rule in {**SAME, **DIFFERENT} if f"`{rule}`" not in text] == []


def test_a_gold_answer_is_the_same_as_itself(judge):
    golds = {gold for pairs in (*SAME.values(), *DIFFERENT.values()) for gold, _ in pairs}
    found = judge.strict([(gold, f" {gold} ") for gold in sorted(golds)])
    assert {one.verdict for one in found} == {"correct"}


def test_unevaluated_forms_are_counted_apart(judge):
    for pair, one in zip(SAME["unevaluated"], judge.strict(SAME["unevaluated"]), strict=True):
        assert (one.detail, one.remarks) == ("equivalent to the gold answer", ("unevaluated",)), (
            pair
        )


def test_reasons_are_given(judge):
    pairs = [
        ("3", "3 or 4"),
        ("3", "3=4"),
        (r"10\text{ cm}", r"10\text{ m}"),
        ("x=5", "y=5"),
        ("(1,2)", "[1,2)"),
        ("x+1", r"2x \text{ if large}"),
    ]
    details = [one.detail for one in judge.strict(pairs)]
    assert details == [
        "several answers where one is asked for",
        "a chain of different values",
        "in m, not in cm",
        "names y, not x",
        "ends [), not ()",
        "an expression with words in it is compared as text",
    ]


def test_the_second_engine_calls_few_pairs_otherwise(judge):
    """It decides nothing, but an opinion that is mostly noise would measure nothing."""
    tables = ((True, SAME), (False, DIFFERENT))
    pairs = [(pair, same) for same, table in tables for rule in table.values() for pair in rule]
    opinions = [one.second for one in judge.strict([pair for pair, _ in pairs])]
    wrong = [p for (p, same), said in zip(pairs, opinions, strict=True) if said is (not same)]
    assert len(wrong) <= len(pairs) * 0.05, wrong
