"""Sides of a comparison: which models, whose verdicts, by which rule."""

from __future__ import annotations

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side

ROWS = [
    {"model": model, "id": i % 2, "answer": "4", "response": "\\boxed{4}", "correct": i > 2}
    for model in ("b", "a")
    for i in range(5)
]


def test_unequal_numbers_of_trials(side):
    (read,) = side(ROWS, model="a")
    assert read.scores.select("problem_id", "n", "correct").rows() == [("0", 3, 3), ("1", 2, 2)]


def test_models_are_named_and_chosen(side):
    assert [each.label for each in side(ROWS)] == ["a", "b"]
    assert [each.label for each in side(ROWS, model="b", label="Base")] == ["Base"]
    with pytest.raises(InputError, match=r"base.jsonl: has no model named 'c'; it has: a, b\."):
        side(ROWS, model="c")


def test_a_folder_of_two_models(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for model in ("a", "b"):
        (folder / f"{model}.csv").write_text(f"model,id,n,c\n{model},1,2,1\n")
    (folder / ".cache").write_text("x")
    sides = read_side(folder, Reading(), tmp_path / "work")
    assert [each.label for each in sides] == ["a", "b"]
    assert len({each.sha256 for each in sides}) == 1
    assert not any("left out" in remark for each in sides for remark in each.remarks)


def test_whose_verdicts_count(side):
    (ours,) = side(ROWS, model="a")
    (theirs,) = side(ROWS, model="a", reading=Reading(trust="theirs"))
    assert (ours.judged_by, ours.scores["correct"].sum()) == ({"benchmark": "ours"}, 5)
    assert (theirs.judged_by, theirs.scores["correct"].sum()) == ({"benchmark": "theirs"}, 2)
    told = "our verdicts and those of the file differ on 3 of 5 responses (60 %): 3 are correct by"
    assert any(told in remark for remark in ours.remarks)
    agreed = [{**row, "correct": True} for row in ROWS]
    (read,) = side(agreed, model="a")
    assert any("agree on all 5 responses" in remark for remark in read.remarks)


def test_what_the_user_says_of_the_problems(side):
    reading = Reading(benchmark="mine", kind="text")
    (read,) = side(ROWS, model="a", reading=reading)
    assert read.scores["benchmark"].unique().to_list() == ["mine"]
    assert not any("--kind" in remark for remark in read.remarks)


def test_the_digest_is_of_the_content(side):
    one, two = side(ROWS, "x.jsonl", model="a")[0], side(ROWS, "y.jsonl", model="a")[0]
    assert one.sha256 == two.sha256 != side(ROWS[:-1], model="a")[0].sha256
