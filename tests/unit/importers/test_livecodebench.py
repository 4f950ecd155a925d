"""LiveCodeBench: samples with verdicts, verdicts by row, and both held against each other.

The fixtures are written by hand after the tool's own source; a file of its verdicts is read last.
"""

from __future__ import annotations

import copy
import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import EXAMPLES, livecodebench

THEIRS = Reading(trust="theirs")
NAME = "Scenario.codegeneration_2_0.2"
SAMPLES, VERDICTS = livecodebench()


def files(samples=SAMPLES, verdicts=VERDICTS, name=f"m/{NAME}"):
    made = {f"{name}_eval_all.json": samples, f"{name}_eval.json": verdicts}
    return {path: json.dumps(each).encode() for path, each in made.items() if each is not None}


def changed(place, **change):
    samples = copy.deepcopy(SAMPLES)
    samples[place] |= change
    return samples


def test_samples_with_verdicts_and_groups(sides):
    (side,) = sides(files())
    assert (side.label, side.format) == ("m", "livecodebench")
    rows = side.scores.select("benchmark", "problem_id", "n", "correct").rows()
    assert rows == [("livecodebench", f"abc{i}", 2, 1) for i in range(3)]
    assert [json.loads(text)["difficulty"] for text in side.scores["strata"]] == [
        "easy",
        "hard",
        "easy",
    ]


def test_verdicts_alone_tell_problems_by_row(sides):
    (side,) = sides(files(None))
    assert side.scores.select("problem_id", "n", "correct").rows() == [
        (str(i), 2, 1) for i in range(3)
    ]
    assert any("tells problems by their row" in each for each in side.remarks)
    (old,) = sides(files(None, VERDICTS[:2]))  # without metadata, as before 2024
    assert old.scores.equals(side.scores)


def test_samples_alone(sides):
    (side,) = sides(files(verdicts=None))
    assert side.scores["correct"].to_list() == [1, 1, 1]


def test_samples_of_another_run_than_the_verdicts(sides):
    other = changed(0, graded_list=[True, True], **{"pass@1": 1.0})
    with pytest.raises(InputError, match=r"_eval_all.json: has other verdicts than the _eval.json"):
        sides(files(other))


def test_two_runs_of_a_model(sides):
    twice = files() | files(changed(1, platform="x"), None, "m/Scenario.codegeneration_2_0.8")
    with pytest.raises(InputError, match=r"is another run of m on livecodebench than .*_0\.2_eval"):
        sides(twice)


@pytest.mark.parametrize(
    ("name", "model", "benchmark"),
    [
        (f"q_{NAME}", "q", "livecodebench"),
        ("mine_codegeneration_output", "mine", "livecodebench"),
        ("m/Scenario.selfrepair_1_0.2", "m", "livecodebench_selfrepair"),
        ("m/Scenario.codeexecution_1_0.2_cot", "m", "livecodebench_codeexecution"),
        ("other", "other", "livecodebench"),
    ],
)
def test_names(sides, name, model, benchmark):
    (side,) = sides(files(name=name))
    assert (side.label, side.scores["benchmark"].unique().to_list()) == (model, [benchmark])


def test_questions_that_make_several_problems(sides):
    entry = {key: value for key, value in SAMPLES[0].items() if key != "code_list"}
    tests = [entry | {"pred_list": ["1", "2"], "test_id": test} for test in (0, 1)]
    (side,) = sides(files(tests, None, "m/Scenario.testoutputprediction_2_0.2"))
    assert side.scores["problem_id"].to_list() == ["abc0/0", "abc0/1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"graded_list": [True]}, "line 2: 'graded_list' should be 2 times true or false"),
        ({"graded_list": [1, 0]}, "line 2: 'graded_list' should be 2 times true or false"),
        ({"pass@1": 0.9}, "line 2: pass@1 is 0.9, and its verdicts give 0.5"),
        ({"output_list": []}, "line 2: 'output_list' should be a list, found"),
        ({"output_list": [1, "x"]}, "line 2: a sample should be text, found 1"),
        ({"question_id": 7.5}, "line 2: the problem's id should be text"),
        ({"question_id": "abc0"}, "line 2: problem abc0 has another question"),
        ({"graded_list": None}, "line 2: 'graded_list' should be a list, found None"),
    ],
)
def test_faults_of_samples(sides, change, message):
    with pytest.raises(InputError, match=message):
        sides(files(changed(1, **change), None))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda all_: all_[1].pop("1"), "has results of 2 rows and not each once"),
        (lambda all_: all_[1].update({"1": []}), "row 1: should be a list of results, found"),
        (lambda all_: all_[1].update({"1": [["x"]]}), "row 1: a result should be a list of tests"),
        (lambda all_: all_[1].update({"1": [[False], [False]]}), "row 1: pass@1 is 0.5, and its"),
        (lambda all_: all_.pop(1), "should be a list of pass@k, results by row"),
    ],
)
def test_faults_of_verdicts(sides, change, message):
    verdicts = copy.deepcopy(VERDICTS[:2])
    change(verdicts)
    with pytest.raises(InputError, match=message):
        sides(files(None, verdicts))


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    assert survive(read, EXAMPLES["livecodebench"], tmp_path, 5)["refused"] > 20


def test_published(shared_data, tmp_path):
    (side,) = read_side(shared_data / "formats/livecodebench", THEIRS, tmp_path)
    assert side.label == "qwq-32b-preview"
    assert side.scores.select("n", "correct").sum().row(0) == (155, 74)
