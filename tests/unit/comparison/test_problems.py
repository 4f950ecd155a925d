"""Ids that stand for other problems on the two sides of a comparison."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from boundary.comparison.problems import asked_alike, same_problems
from boundary.comparison.side import ASKED, Side
from boundary.errors import InputError

SPIDER = "How many legs has a spider, if nobody took one away from it?"
TRIANGLE = "What is the area of a triangle of base 3 and height 4?"
EXAMPLES = "Q: What is 1 + 1? A: 2. Q: What is 2 + 2? A: 4. Q: What is 3 + 3? A: 6. Q: "


def side(label, *problems):
    rows = [("b", name, *texts) for name, *texts in problems]
    frame = pl.DataFrame(rows, schema=ASKED, orient="row")
    return Side(Path(f"{label}.jsonl"), "x", "", label, pl.DataFrame(), {}, problems=frame)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((SPIDER, "8"), (SPIDER, "8.0 legs")),  # one question, golds in two forms
        ((SPIDER, "8"), (f"<|im_start|>user\n{SPIDER}\nThink!<|im_end|>", "8 legs")),
        ((f"Question: {SPIDER}", None), (f"<user>{SPIDER}</user>", None)),
        ((SPIDER, "1/2"), ("Combien de pattes ?", "\\frac{1}{2}")),  # one gold
        ((SPIDER, None), (None, "8")),
        ((None, None), (SPIDER, "8")),
        ((None, "8"), (SPIDER, "8")),
        ((f"{SPIDER} A) 6 B) 8 C) 10", "B"), (f"{SPIDER} A) 8 B) 10 C) 6", "A")),
    ],
)
def test_the_same(one, other):
    same_problems([side("base", ("1", *one)), side("rl", ("1", *other))])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((SPIDER, "8"), (TRIANGLE, "6")),
        ((SPIDER, None), (TRIANGLE, None)),
        ((None, "8"), (None, "6")),
        ((EXAMPLES + SPIDER, "8"), (EXAMPLES + TRIANGLE, "6")),
    ],
)
def test_others(one, other):
    with pytest.raises(InputError, match=r"base.jsonl \(base\) and rl.jsonl \(rl\): 1 ids stand"):
        same_problems([side("base", ("1", *one)), side("rl", ("1", *other))])


def test_two_are_shown_of_every_pair_of_sides():
    sides = [
        side("base"),
        side("rl", *((str(i), SPIDER, "8") for i in range(5))),
        side("distilled", *((str(i), TRIANGLE, "6") for i in range(1, 7))),
    ]
    with pytest.raises(InputError) as error:
        same_problems(sides)
    assert "rl.jsonl (rl) and distilled.jsonl (distilled): 4 ids" in str(error.value)
    assert str(error.value).count("of b ('How many legs") == 2


def test_ids_of_one_side_alone_say_nothing():
    same_problems([side("base", ("1", SPIDER, "8")), side("rl", ("2", TRIANGLE, "6"))])


def test_problems_are_one_on_all_sides_where_they_are_on_any():
    base = pl.DataFrame(
        {"benchmark": "b", "problem_id": ["1", "2", "4"], "question": ["x", "x", "y"]}
    )
    there = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": ["2", "1", "3", "4"],
            "question": ["u", "v", "w", "u"],
            "n": [1, 2, 3, 4],
        }
    )
    counts = there.drop("question")
    for frames in ([base, there, counts], [counts, there, base], [there, counts, base]):
        for given, read in zip(frames, asked_alike(frames), strict=True):
            assert read.drop("question").equals(given.drop("question", strict=False))
            named = dict(read.select("problem_id", "question").rows())
            assert named["1"] == named["2"] == named["4"]
            assert named.get("3", "w") == "w"
    assert asked_alike([counts, counts])[1].equals(counts)


def test_a_cluster_is_of_the_problem_on_all_sides():
    base = pl.DataFrame(
        {"benchmark": "b", "problem_id": ["1"], "question": ["x"], "cluster": ["c"]}
    )
    there = pl.DataFrame({"benchmark": "b", "problem_id": ["1"], "question": ["u"]})
    for frames in ([base, there], [there, base]):
        assert [frame["cluster"].to_list() for frame in asked_alike(frames)] == [["c"], ["c"]]
