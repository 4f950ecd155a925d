"""Results of reasoning-gym: files of both forms, real ones too, and every fault with its place.

The small ones are written by hand from eval/eval.py of reasoning-gym @ 49b0713.
"""

from __future__ import annotations

import copy
import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import reasoning_gym as result


def data_set(*results, name="gcd", **more):
    results = list(results or [result()])
    return {
        "name": name,
        "category": "c",
        "total_examples": len(results),
        "results": results,
        **more,
    }


def run(*data_sets, model="org/m", repeats=2):
    return {
        "metadata": {"model": model, "eval_repeats": repeats},
        "categories": [{"name": "c", "datasets": list(data_sets or [data_set()])}],
    }


@pytest.fixture
def sides(side):
    return lambda document, **options: side(json.dumps(document), "results.json", **options)


def counts(side):
    return side.scores.select("benchmark", "n", "correct").rows()


def test_a_data_set_is_a_benchmark(sides):
    two = data_set(result(), result("3?", "3", (1, 1)), name="sudoku")
    (side,) = sides(run(data_set(), two))
    assert (side.label, side.format) == ("org/m", "reasoning_gym")
    assert sorted(counts(side)) == [("gcd", 2, 1), ("sudoku", 2, 1), ("sudoku", 2, 2)]
    # Of a sudoku the expected answer is one of several.
    assert side.judged_by == {"gcd": "ours", "sudoku": "theirs"}


def test_partial_credit_is_wrong_and_said(sides):
    (side,) = sides(run(data_set(result(scores=(1, 0.9)), name="sudoku")))
    assert counts(side) == [("sudoku", 2, 1)]
    assert any("1 completions have partial credit" in remark for remark in side.remarks)


def test_a_file_of_a_data_set_is_of_the_model_of_its_folder(tmp_path):
    folder = tmp_path / "org_m_20250315" / "algebra"
    folder.mkdir(parents=True)
    for name in ("gcd", "lcm"):
        document = data_set(name=name, completions_per_prompt=2)
        (folder / f"{name}.json").write_text(json.dumps(document))
    (folder.parent / "summary.json").write_text(json.dumps({"total_datasets": 2}))
    (side,) = read_side(folder.parent, Reading(), tmp_path / "work")
    assert (side.label, sorted(side.judged_by)) == ("org_m_20250315", ["gcd", "lcm"])


def test_weights_in_a_folder_are_called_by_its_name(sides):
    assert sides(run(model="../models/games_500"))[0].label == "games_500"


def test_two_runs_of_one_model_are_not_joined(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps(run(data_set(zeal=name))))
    with pytest.raises(InputError, match=r"b.json: gcd: is another run of org/m than .*a.json"):
        read_side(tmp_path, Reading(), tmp_path / "work")


def test_what_an_error_ended_has_no_outcome(sides):
    broken = {**result(scores=(1,)), "error": "late"}
    (side,) = sides(run(data_set(result(), {**broken, "question": "3?"})))
    assert sorted(side.scores.select("n", "n_unset").rows()) == [(2, 0), (2, 1)]
    assert any("1 completions ended by an error" in remark for remark in side.remarks)


def test_a_question_that_stands_twice_is_one_problem(sides):
    (side,) = sides(run(data_set(result(), result(scores=(0, 0)))))
    assert counts(side) == [("gcd", 4, 1)]
    assert any("1 results repeat a question" in remark for remark in side.remarks)


def broken(path, value):
    document = copy.deepcopy(run())
    *way, last = path
    part = document
    for step in way:
        part = part[step]
    part[last] = value
    return document


SET = ("categories", 0, "datasets", 0)
RESULT = (*SET, "results", 0)
COMPLETION = (*RESULT, "completions", 0)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("metadata", "model"), 3, "metadata.model is 3"),
        (("metadata", "eval_repeats"), 3, "result 1: has 2 completions and the run 3"),
        (("categories",), 3, "categories is 3, and should be a list"),
        ((*SET, "total_examples"), 2, "gcd: holds 1 results of 2"),
        ((*SET, "error"), "no GPU", "gcd: holds 1 results of 1 .*no GPU"),
        ((*SET, "name"), "", "the name of a data set is ''"),
        ((*SET, "results"), [result()] * 2, "holds 2 results of 1"),
        ((*RESULT, "question"), None, "result 1: question is None"),
        ((*RESULT, "mean_score"), 1.0, "result 1: its 2 scores have another mean"),
        ((*RESULT, "completions"), [], "result 1: has 0 completions and the run 2"),
        ((*COMPLETION, "score"), "1", "result 1: score is '1'"),
        ((*COMPLETION, "score"), 1.5, "result 1: score is 1.5, and should be from 0 to 1"),
        ((*COMPLETION, "full_model_response"), 4, "full_model_response is 4, not text"),
        (COMPLETION, {"text": ""}, r"has the keys \['text'\], so that no version of reasoning-gym"),
    ],
)
def test_a_fault_is_told_with_its_place(sides, path, value, told):
    with pytest.raises(InputError, match=told):
        sides(broken(path, value))


@pytest.mark.parametrize(("name", "theirs", "ours"), [("base", 0, 277), ("rl", 275, 279)])
def test_real_files_are_counted_as_the_tool_does(shared_data, tmp_path, name, theirs, ours):
    path = shared_data / f"formats/reasoning_gym/needle_haystack_{name}.json"
    (side,) = read_side(path, Reading(), tmp_path / "work")
    scores = side.scores
    assert (scores.height, scores["n"].sum()) == (100, 300)
    assert (scores["correct_theirs"].sum(), scores["correct"].sum()) == (theirs, ours)


def test_mutants(tmp_path):
    files = {"results.json": json.dumps(run()).encode()}
    survive(lambda path: read_side(path, Reading(), path.parent / "w"), files, tmp_path, 10)
