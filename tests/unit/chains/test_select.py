"""What is selected, how it is named, and what is refused."""

import polars as pl
import pytest

from boundary.chains.select import hardest, item_id, select_items
from boundary.errors import InputError, TableError
from chain_arms import ARM, make_arm


def test_correct_responses_to_hard_solved_problems(items):
    assert items.select("problem_id", "sample_index", "response").rows() == [
        ("hard", 0, "3 + 4 = 7"),
        ("hard", 1, "3 + 4 = 8, so 7"),
        ("rare", 0, "a guess"),
    ]
    assert items["in_sheet"].all()
    assert items["gold"].to_list() == ["7"] * 3
    assert items.select("n", "correct").rows() == [(40, 2), (40, 2), (40, 1)]
    assert items["arithmetic"].to_list() == ["right", "wrong", "none"]
    assert items["first_wrong"].to_list() == [None, "3 + 4 = 8", None]


@pytest.mark.parametrize(
    ("below", "hard"),
    [(0.05, ["rare"]), (0.06, ["hard", "rare"]), (1, ["easy", "hard", "rare"])],
)
def test_the_threshold_is_strict(arm, below, hard):
    assert hardest(arm[1], below)["problem_id"].to_list() == hard


def test_every_solved_problem_is_hard_at_one():
    scores = make_arm({"always": ["x"] * 4}, 4)[1]
    assert hardest(scores, 1).height == 1
    assert hardest(scores, 0.999).height == 0


@pytest.mark.parametrize("below", [0, -1, 1.5])
def test_thresholds_that_make_no_sense(arm, below):
    with pytest.raises(InputError, match="above 0 and at most 1"):
        hardest(arm[1], below)


def test_the_id_tells_content_and_no_model(arm):
    one, other = (
        select_items(
            *make_arm({"q": ["same"]}, 40, model)[:2],
            [make_arm({"q": ["same"]}, 40, model)[2:]],
            {**ARM, "model": model},
        )
        for model in ("m", "m2")
    )
    assert one["id"].to_list() == other["id"].to_list()
    assert one["model"].to_list() != other["model"].to_list()
    name = one["id"][0]
    assert len(name) == 16 and set(name) <= set("0123456789abcdef")
    assert (
        len({name, *(item_id(*x) for x in (("c", "q", "?", "same"), ("b", "q", "?", "same")))}) == 3
    )


def test_the_cap_takes_distinct_texts_by_their_hash():
    texts = [f"text {i}" for i in range(12)] + ["text 3"] * 4
    arm = make_arm({"q": texts}, 400)
    chosen = select_items(arm[0], arm[1], [arm[2:]], ARM, per_problem=5)
    assert chosen.height == 16
    on_sheet = chosen.filter("in_sheet")
    assert on_sheet["id"].n_unique() == 5
    assert set(on_sheet["id"]) == set(chosen["id"].unique().sort().head(5))
    assert chosen.filter(response="text 3")["in_sheet"].n_unique() == 1  # all copies or none


def test_shards_are_read_one_by_one(arm, items):
    problems, scores, samples, verdicts = arm
    shards = [
        tuple(frame.filter(pl.col("sample_index") % 2 == part) for frame in (samples, verdicts))
        for part in (1, 0)
    ]
    again = select_items(problems, scores, iter(shards), ARM, below=0.06)
    assert again.equals(items)


def test_no_hard_problem_gives_an_empty_table():
    arm = make_arm({"q": []}, 4)
    assert select_items(arm[0], arm[1], [arm[2:]], ARM).height == 0


def test_what_does_not_fit_is_named(arm):
    problems, scores, samples, verdicts = arm
    with pytest.raises(TableError, match=r"another number of correct.*rare with 0 for 1"):
        select_items(
            problems,
            scores,
            [(samples.filter(pl.col("sample_index") > 0), verdicts)],
            ARM,
            below=0.04,
        )
    with pytest.raises(TableError, match="not in the problems table: rare"):
        select_items(
            problems.filter(pl.col("problem_id") != "rare"), scores, [(samples, verdicts)], ARM
        )
    with pytest.raises(InputError, match="per_problem is 0"):
        select_items(problems, scores, [(samples, verdicts)], ARM, per_problem=0)
