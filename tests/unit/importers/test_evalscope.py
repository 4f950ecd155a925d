"""evalscope: reviews joined with predictions by index, repeats, scores that cannot be used.

The fixtures are written by hand after the tool's own source; its own files are read last.
"""

from __future__ import annotations

import copy

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import EXAMPLES, evalscope, lines

THEIRS = Reading(trust="theirs")
MADE, REVIEWS = evalscope()


def files(reviews=REVIEWS, made=MADE, name="m/sums_default.jsonl"):
    both = {f"predictions/{name}": made, f"reviews/{name}": reviews}
    return {path: lines(rows) for path, rows in both.items() if rows is not None}


def changed(rows, place, *keys, value):
    rows = copy.deepcopy(rows)
    part = rows[place]
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    return rows


def scored(place, **score):
    rows = copy.deepcopy(REVIEWS)
    rows[place]["sample_score"]["score"] |= score
    return rows


def test_repeats_are_samples_of_their_group(sides):
    (side,) = sides(files(), Reading())
    assert (side.label, side.format) == ("qwen-plus", "evalscope")
    rows = side.scores.select("benchmark", "problem_id", "n", "correct", "correct_theirs").rows()
    assert rows == [("sums", "0", 2, 1, 1), ("sums", "1", 2, 1, 1), ("sums", "2", 2, 0, 0)]
    assert any("verdicts are those of acc" in each for each in side.remarks)


def test_reviews_alone_hold_the_responses(sides):
    (side,) = sides(files(made=None), Reading())
    assert (side.label, side.judged_by) == ("m", {"sums": "ours"})
    assert side.scores["correct"].to_list() == [1, 1, 0]


def test_reviews_of_older_versions_hold_the_input_as_text(sides):
    old = [{key: value for key, value in each.items() if key != "messages"} for each in REVIEWS]
    old = [each | {"input": f"What is {i // 2} + 0?"} for i, each in enumerate(old)]
    (side,) = sides(files(old, None), Reading())
    assert side.scores["correct"].to_list() == [1, 1, 0]


def test_subsets_are_of_the_benchmark_that_is_named(sides):
    two = files(made=None, name="m/math_500_Level 1.jsonl")
    other = changed(REVIEWS, 0, "target", value="9")
    other = changed(other, 1, "target", value="9")
    two |= files(other, None, "m/math_500_Level 2.jsonl")
    (side,) = sides(two)
    assert set(side.scores["benchmark"]) == {"math_500_Level 1", "math_500_Level 2"}
    (side,) = sides(two, Reading(trust="theirs", benchmark="math_500"))
    assert side.scores.select("benchmark", "problem_id").rows() == [
        ("math_500", f"Level {level}/{i}") for level in (1, 2) for i in range(3)
    ]


def test_scores_that_cannot_be_used_have_no_outcome(sides):
    (side,) = sides(files(scored(1, status="parse_error", value={})))
    assert side.scores.select("n", "n_unset", "correct").row(0) == (2, 1, 1)
    assert any("no usable score" in each for each in side.remarks)


def test_partly_right_is_wrong_and_counted(sides):
    (side,) = sides(files(scored(0, value={"acc": 0.5})))
    assert side.scores["correct"].to_list() == [0, 1, 0]
    assert any(each.startswith("1 responses are partly right by acc") for each in side.remarks)


def test_another_metric(sides):
    both = copy.deepcopy(REVIEWS)
    for each in both:
        each["sample_score"]["score"]["value"] |= {"f1": 1.0}
    (side,) = sides(files(both), Reading(trust="theirs", fields={"metric": "f1"}))
    assert side.scores["correct"].sum() == 6
    both[3]["sample_score"]["score"]["main_score_name"] = "f1"
    with pytest.raises(InputError, match="its main score is acc in some lines and f1 in others"):
        sides(files(both))


@pytest.mark.parametrize(
    ("reviews", "made", "message"),
    [
        (REVIEWS[:5], MADE, r"index 5 has no review in .* \(1 such predictions\)"),
        (REVIEWS, MADE[:5], "line 6: index 5 has no prediction in the file beside it"),
        ([*REVIEWS, REVIEWS[0]], MADE, "line 7: index 0 has no prediction .* or one already taken"),
        ([*REVIEWS, REVIEWS[0]], None, "line 7: sample 0 of problem 0"),
        (REVIEWS, [*MADE, MADE[0]], "line 7: index 0 stands in .* line 1 already"),
        (None, MADE, "holds predictions without verdict or gold answer"),
        (changed(REVIEWS, 2, "index", value="2"), MADE, "line 3: 'index' should be a whole numbe"),
        (changed(REVIEWS, 2, "target", value=2), MADE, "line 3: 'target' should be a text or a l"),
        (changed(REVIEWS, 2, "messages", 1, "content", value="x"), MADE,
         "line 3: is the review of another response than that of index 2"),
        (scored(2, value={"acc": 3}), MADE, "line 3: acc is 3, and should be true, false or a nu"),
        (changed(REVIEWS, 2, "sample_score", "group_id", value="1"), MADE,
         "the problem's id 1 is .* here and .* elsewhere"),
    ],
)  # fmt: skip
def test_faults(sides, reviews, made, message):
    with pytest.raises(InputError, match=message):
        sides(files(reviews, made))


def test_versions_before_1_0_are_named(side):
    old = [{"model_spec": {}, "answer_id": "a", "choices": [], "index": 0}]
    with pytest.raises(InputError, match=r"before 1\.0 \(its lines have model_spec, .* since 1\.0"):
        side(old)


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    assert survive(read, EXAMPLES["evalscope"], tmp_path, 6)["refused"] > 15


def test_published(shared_data, tmp_path):
    (side,) = read_side(shared_data / "formats/evalscope", THEIRS, tmp_path)
    assert side.scores.select("n", "correct").sum().row(0) == (10, 8)
