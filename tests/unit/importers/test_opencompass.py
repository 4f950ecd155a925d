"""opencompass: predictions by number, replicas, shards, details of results in both forms.

No file of the tool's own is at hand: the fixtures are written by hand after its source.
"""

from __future__ import annotations

import copy
import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import EXAMPLES, opencompass

THEIRS = Reading(trust="theirs")
MADE, RESULTS = opencompass()
ONCE, ONCE_RESULTS = opencompass(n=1)
DICTIONARY = {
    "type": "GEN",
    **{
        number: {
            "prompt": entry["origin_prompt"],
            "origin_prediction": entry["prediction"],
            "predictions": entry["prediction"],
            "references": entry["gold"],
            "correct": int(number) % 2 == 0,
        }
        for number, entry in ONCE.items()
    },
}


def files(made=MADE, results=RESULTS, name="sums"):
    both = {f"predictions/m/{name}.json": made, f"results/m/{name}.json": results}
    return {p: json.dumps(each, indent=4).encode() for p, each in both.items() if each is not None}


def changed(number, **change):
    made = copy.deepcopy(MADE)
    made[number] |= change
    return made


def detailed(change, details=RESULTS["details"]):
    details = copy.deepcopy(details)
    change(details)
    return {"accuracy": 50.0, "details": details}


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("left", [2, 3])
def test_a_replica_that_is_cut_is_no_set_of_more_problems(sides, n, left):
    whole, _ = opencompass(problems=4, n=n + 1)
    cut = {number: entry for number, entry in whole.items() if int(number) < 4 * n + left}
    with pytest.raises(InputError, match=f"4 prompts {n} times, and then {left} of them again"):
        sides(files(cut, None), Reading())


def test_a_question_may_stand_twice(sides):
    made = {**ONCE, "3": ONCE["0"]}
    (side,) = sides(files(made, None), Reading())
    assert side.scores.select("problem_id", "n").rows() == [(str(i), 1) for i in range(4)]


def test_replicas_are_samples_of_their_problem(sides):
    (side,) = sides(files(), Reading())
    assert (side.label, side.format) == ("m", "opencompass")
    rows = side.scores.select("benchmark", "problem_id", "n", "correct", "correct_theirs").rows()
    assert rows == [("sums", str(i), 2, 1, 1) for i in range(3)]
    assert any("6 predictions are of 3 prompts, repeated" in each for each in side.remarks)


def test_predictions_alone_are_graded_by_ours(sides):
    (side,) = sides(files(results=None), Reading())
    assert side.judged_by == {"sums": "ours"}
    assert side.scores["correct"].to_list() == [1, 1, 1]
    with pytest.raises(InputError, match="nor a verdict each"):
        sides(files(results=None))


def test_details_by_number(sides):
    (side,) = sides(files(ONCE, {"accuracy": 66.7, "details": DICTIONARY}))
    assert side.scores.select("n", "correct").rows() == [(1, 1), (1, 0), (1, 1)]
    wrong = copy.deepcopy(DICTIONARY)
    wrong["1"]["origin_prediction"] = "another"
    with pytest.raises(InputError, match="detail 1: judges another prediction"):
        sides(files(ONCE, {"accuracy": 66.7, "details": wrong}))


def test_a_data_set_that_holds_its_problems_repeated(sides):
    details = [
        {"correct": [right], "answer": ["0"]} for right in (True, False, True, False, True, False)
    ]
    for i, each in enumerate(details):
        each |= {"example_abbr": f"sums_{i}", "answer": [str(i % 3)]}
    (side,) = sides(files(MADE, {"accuracy": 50.0, "details": details}))
    assert side.scores.select("n", "correct").rows() == [(2, 1)] * 3


def test_shards_are_joined_in_their_order(sides):
    halves = [dict(list(MADE.items())[:3]), {str(i): MADE[str(i + 3)] for i in range(3)}]
    shards = files(halves[0], None, "sums_0") | files(halves[1], None, "sums_1")
    (side,) = sides(shards | files(None, RESULTS))
    assert side.scores.select("benchmark", "n", "correct").rows() == [("sums", 2, 1)] * 3
    assert any("sums: 2 shards joined" in each for each in side.remarks)
    third = shards | files(halves[0], None, "sums_3")
    third["predictions/m/sums_3.json"] += b"\n"  # no twin of the first
    with pytest.raises(
        InputError, match=r"3 shards of sums, of which some are missing \(0, 1, 3 a"
    ):
        sides(third)


def test_several_responses_in_one_prediction_have_no_verdict_of_their_own(sides):
    several = {
        number: entry | {"prediction": [entry["prediction"], "\\boxed{9}"]}
        for number, entry in ONCE.items()
    }
    (side,) = sides(files(several, ONCE_RESULTS), Reading())
    assert side.scores.select("n", "correct").rows() == [(2, 1), (2, 0), (2, 1)]
    assert any("several responses and one verdict" in each for each in side.remarks)


def test_golds_of_derivations_and_texts(sides):
    derived = {n: each | {"gold": f"so it is\n#### {n}"} for n, each in ONCE.items()}
    (side,) = sides(files(derived, ONCE_RESULTS))
    assert side.problems["answer"].to_list() == ["0", "1", "2"]
    prompts = {n: each | {"origin_prompt": f"Q{n}?"} for n, each in ONCE.items()}
    (side,) = sides(files(prompts, ONCE_RESULTS))
    assert side.problems["question"].to_list() == ["Q0?", "Q1?", "Q2?"]


def test_results_alone_and_of_other_predictions(sides):
    with pytest.raises(InputError, match="holds results, and there are no predictions of that nam"):
        sides(files(None))
    with pytest.raises(InputError, match="has 3 details, and there are 2 predictions"):
        sides(files(opencompass(2, 1)[0], RESULTS))
    with pytest.raises(InputError, match="has 2 details, and there are 6 predictions"):
        sides(files(opencompass(6, 1)[0], detailed(lambda each: each.pop())))


def test_two_runs_of_one_name(sides):
    other = files(changed("0", gold="7"), None)
    twice = files() | {f"later/{name}": content for name, content in other.items()}
    with pytest.raises(InputError, match="is another run of sums by m than"):
        sides(twice)


@pytest.mark.parametrize(
    ("made", "results", "message"),
    [
        ({n: each for n, each in MADE.items() if n != "2"}, None, "entry 2: is missing"),
        (changed("2", prediction=3), None, "entry 2: 'prediction' should be a text or a list"),
        (changed("2", prediction=[]), None, "entry 2: 'prediction' should be a text or a list"),
        ({**MADE, "2": {"origin_prompt": "?", "output": "x"}}, None, "entry 2: should have"),
        ({**MADE, "2": None}, None, "entry 2: is missing"),
        (changed("3", gold="7"), None, "problem 0 has another answer here than before"),
        (MADE, detailed(lambda each: each[1].update(correct=[True])), "detail 1: 'correct'"),
        (MADE, detailed(lambda each: each[1].update(correct=["x", "y"])), "detail 1: a verdict"),
        (MADE, detailed(lambda each: each.insert(1, 3)), "has 4 details, and there are 6"),
    ],
)  # fmt: skip
def test_faults(sides, made, results, message):
    with pytest.raises(InputError, match=message):
        sides(files(made, results), Reading())


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    assert survive(read, EXAMPLES["opencompass"], tmp_path, 8)["refused"] > 20
