"""Options of multiple choice, and golds of short texts: read, compared, refused by row."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.errors import InputError, TableError
from boundary.options import (
    choices_of,
    judged_by,
    normal_text,
    refuse_bad_options,
    require_options,
    texts_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paris", " paris."),
        ("The Beatles", "Beatles"),
        ("an  apple", "Apple"),
        ("“Hamlet”", '"Hamlet"'),
        ("**Paris**", "Paris"),
        (r"\text{Paris}", "Paris"),
        ("Ｐａｒｉｓ", "Paris"),
        ("Jean–Paul", "Jean-Paul"),
        ("Straße", "STRASSE"),
        ("e\u0301tude", "étude"),
        ("Yes!", "yes"),
    ],
)
def test_what_makes_no_other_answer(one, other):
    assert normal_text(one) == normal_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paris", "Paris, France"),
        ("5", "-5"),
        (".5", "5"),
        ("3.5", "35"),
        ("10²", "102"),
        ("½", "12"),
        ("Robbie-lee", "Robbie lee"),
        ("C++", "C"),
        ("C#", "C"),
        ("a", "an"),
        ("the", ""),
        ("Isira", "Nisira"),
    ],
)
def test_what_makes_another_answer(one, other):
    assert normal_text(one) != normal_text(other)


@given(st.text(max_size=30))
def test_a_normal_form_is_its_own(text):
    once = normal_text(text, articles=True)
    assert normal_text(once, articles=True) == once


def test_capitals_and_articles_count_where_the_problem_says_so():
    loose = texts_of("The Wall", None)
    assert {loose.form("the wall"), loose.form("Wall")} == loose.forms
    strict = texts_of("The Wall", '{"case": true, "articles": true}')
    assert strict.form("The Wall.") in strict.forms
    assert strict.form("the Wall") not in strict.forms
    assert strict.form("Wall") not in strict.forms


def test_each_gold_is_right():
    texts = texts_of("U.S.", '{"golds": ["United States", "USA"]}')
    assert all(texts.form(one) in texts.forms for one in ("u.s", "united states", "USA"))
    assert texts.form("US") not in texts.forms


def test_options_are_told_by_letter_text_and_chance():
    found = choices_of("B", '{"choices": ["Paris", "Rome", "Bern", "Oslo"]}')
    assert (found.letters, found.chance) == ("ABCD", 0.25)
    assert [found.option(text) for text in ("rome", "Bern.", "London", "")] == [
        "B",
        "C",
        None,
        None,
    ]
    case = choices_of("A", '{"choices": ["mW", "MW"]}')
    assert [case.option(text) for text in ("mW", "MW", "mw")] == ["A", "B", None]


@pytest.mark.parametrize(
    ("answer", "metadata", "fault"),
    [
        ("A", None, "no 'choices', a list of the options' texts"),
        ("A", "[1]", "no JSON object"),
        ("A", "{", "no JSON object"),
        ("A", '{"choices": "ab"}', "no 'choices', a list"),
        ("A", '{"choices": ["a", 1]}', "no 'choices', a list"),
        ("A", '{"choices": ["a"]}', "has 1 options, and should have 2 to 26"),
        ("A", json.dumps({"choices": [str(i) for i in range(27)]}), "has 27 options"),
        ("A", '{"choices": ["a", " "]}', "option B of 'choices' is empty"),
        ("A", '{"choices": ["a", "b", "a."]}', "options A and C of 'choices' are the same"),
        ("C", '{"choices": ["a", "b"]}', "'C' is no letter of an option, of A to B"),
        ("a", '{"choices": ["a", "b"]}', "'a' is no letter"),
        (None, '{"choices": ["a", "b"]}', "None is no letter"),
        ("", '{"choices": ["a", "b"]}', "'' is no letter"),
        ("AB", '{"choices": ["a", "b"]}', "'AB' is no letter"),
    ],
)
def test_a_choice_that_nobody_could_make_is_refused(answer, metadata, fault):
    with pytest.raises(InputError, match=fault):
        require_options("choice", answer, metadata)


@pytest.mark.parametrize(
    ("answer", "metadata", "fault"),
    [
        (" . ", None, "the gold answer ' . ' is empty"),
        (None, None, "the gold answer '' is empty"),
        ("a", '{"golds": "b"}', "'golds' of its metadata should be a list of texts, found 'b'"),
        ("a", '{"golds": [1]}', "'golds' of its metadata should be a list of texts"),
        ("a", '{"golds": ["?"]}', r"the gold answer '\?' is empty"),
        ("a", '{"case": "yes"}', "'case' of its metadata should be true or false, found 'yes'"),
        ("a", '{"articles": 1}', "'articles' of its metadata should be true or false, found 1"),
    ],
)
def test_a_text_that_nobody_could_meet_is_refused(answer, metadata, fault):
    with pytest.raises(InputError, match=fault):
        require_options("text", answer, metadata)


def test_other_kinds_need_no_options():
    for kind in ("math", "code", "lab"):
        require_options(kind, None, "[")
        assert judged_by(kind, '{"choices": ["a"]}') == {}
    assert judged_by("choice", '{"choices": ["a", "b"], "cluster": "c"}') == {"choices": ["a", "b"]}
    assert judged_by("text", '{"case": true, "cluster": "c"}') == {"case": True}


def test_the_first_row_at_fault_is_named():
    table = pl.DataFrame(
        {
            "problem_id": ["a", "b", "c"],
            "kind": ["text", "choice", "choice"],
            "answer": ["x", "A", "A"],
            "metadata": [None, None, "{}"],
        }
    )
    with pytest.raises(
        TableError, match=r"P: row 2, problem 'b': .*no 'choices'.* \(2 such rows\)"
    ):
        refuse_bad_options(table, "P")
    refuse_bad_options(table.head(1), "P")
