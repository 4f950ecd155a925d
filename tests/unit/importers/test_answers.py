"""Gold answers of files as the columns that grade, and the verdicts of metrics."""

from __future__ import annotations

import math

import pytest

from boundary.errors import InputError
from boundary.importers.answers import LONGEST_ANSWER, gold_columns, texts_of
from boundary.importers.messages import spoken_by, text_of
from boundary.importers.record import Tally
from boundary.importers.verdict import chosen, verdict_of


@pytest.mark.parametrize(
    ("golds", "options", "expected"),
    [
        (["7 "], (), {"answer": "7", "kind": None, "metadata": None}),
        (["a", "b", "a"], (), {"answer": "a", "kind": "text", "metadata": '{"golds":["b"]}'}),
        (["B"], ("x", "y"), {"answer": "B", "kind": "choice", "metadata": '{"choices":["x","y"]}'}),
        (["y"], ("x", "y"), {"answer": "B", "kind": "choice", "metadata": '{"choices":["x","y"]}'}),
        (["A", "B"], ("x", "y"), {}),
        (["z"], ("x", "y"), {}),
        (["B"], ("x", "x"), {}),
        ([], (), {}),
        ([""], (), {}),
        (["a\nb"], (), {}),
        (["a" * (LONGEST_ANSWER + 1)], (), {}),
    ],
)
def test_golds(golds, options, expected):
    assert gold_columns(golds, options) == expected


def test_texts():
    assert (texts_of(None, "x", "f"), texts_of("a", "x", "f")) == ([], ["a"])
    with pytest.raises(InputError, match=r"f: x should be a text or a list of texts, and is \[1\]"):
        texts_of([1], "x", "f")


def test_messages():
    parts = [{"type": "reasoning", "text": "hm"}, {"type": "text", "text": "a"}, {"type": "text"}]
    assert (text_of("a"), text_of(parts), text_of([{"type": "image"}]), text_of(3)) == (
        "a",
        "a",
        None,
        None,
    )
    chat = [{"role": "user", "content": "q"}, {"role": "assistant", "content": parts}, "x"]
    assert (spoken_by(chat, "assistant"), spoken_by(None, "user")) == (["a"], [])


@pytest.mark.parametrize(
    ("value", "right"),
    [(True, True), (0, False), (1.0, True), (0.5, False), (None, None), (math.nan, None)],
)
def test_verdicts(value, right):
    tally = Tally()
    assert verdict_of(value, "acc", "f: line 1", tally) is right
    assert bool(tally.remarks()) == (value not in (True, 0, 1.0))


@pytest.mark.parametrize("value", [2, -1, "1", [1], math.inf])
def test_no_verdicts(value):
    with pytest.raises(InputError, match=r"f: acc is .*, and should be true, false or a number"):
        verdict_of(value, "acc", "f", Tally())


def test_the_metric_that_is_chosen():
    there = {"f1": 1, "acc": 0}
    assert chosen(None, ("em", "acc", "f1"), there, "f") == "acc"
    assert chosen("f1", ("acc",), there, "f") == "f1"
    assert chosen(None, ("em",), there, "f") is None
    with pytest.raises(InputError, match="f: has no em; there are: f1, acc"):
        chosen("em", (), there, "f")
