"""Ids of problems, of which none may stand for two."""

from __future__ import annotations

import pytest

from boundary.errors import InputError
from boundary.importers.columns import ProblemIds


def test_texts_and_whole_numbers_are_ids():
    ids = ProblemIds()
    assert [ids.text(value, "x") for value in (7, " a ", "07", 7, "a")] == [
        "7",
        "a",
        "07",
        "7",
        "a",
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "x: line 2: the problem's id should be text or a whole number, and is missing"),
        (True, "should be text or a whole number, and is True"),
        (1.0, "should be text or a whole number, and is 1.0"),
        (["a"], r"should be text or a whole number, and is \['a'\]"),
        (" ", "the problem's id is empty"),
        ("7", "the problem's id 7 is text here and a number elsewhere"),
    ],
)
def test_what_is_no_id(value, told):
    ids = ProblemIds()
    ids.text(7, "x: line 1")
    with pytest.raises(InputError, match=told):
        ids.text(value, "x: line 2")
