"""Runs of terminal-bench: trials count once by their id, and those without verdict have none."""

from __future__ import annotations

import json

import pytest

from agent_runs import RUN, TRIALS, metadata, trial
from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive


@pytest.fixture
def sides(tmp_path):
    """Return a function from files by name, and options of reading, to their sides."""

    def read(files, **options):
        for name, content in files.items():
            (tmp_path / "runs" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "runs" / name).write_text(json.dumps(content, indent=1))
        return read_side(tmp_path / "runs", Reading(**options), tmp_path / "work")

    return read


def counts(side):
    scores = side.scores
    unset = scores["n_unset"] if "n_unset" in scores.columns else [0] * scores.height
    return [
        (*row, missing)
        for row, missing in zip(
            scores.select("problem_id", "n", "correct").iter_rows(), unset, strict=True
        )
    ]


def test_a_run_and_the_files_of_its_trials_count_once(sides):
    (side,) = sides(
        {
            "one/results.json": RUN,
            "one/a/a.1-of-1/results.json": TRIALS[0],
            "one/run_metadata.json": metadata(),
            "two/results.json": {**RUN, "results": [trial("4", right=False), trial("5", "b")]},
            "two/run_metadata.json": metadata(run_id="two"),
            "two/copy of one/results.json": RUN,
            "two/copy of one/run_metadata.json": metadata(),
        }
    )
    assert (side.label, side.format) == ("terminus org/m", "terminal_bench")
    assert side.scores["benchmark"].unique().to_list() == ["terminal-bench-core 0.1.1"]
    assert counts(side) == [("a", 2, 1, 0), ("a.easy", 1, 0, 0), ("b", 2, 1, 1)]
    said = " ".join(side.remarks)
    assert "4 trials stand in several files and count once" in said
    assert "1 trials have no outcome (test_timeout)" in said


def test_variants_of_a_task_are_one_cluster(side):
    (one,) = side(json.dumps(RUN))
    clusters = dict(one.scores.select("problem_id", "cluster").iter_rows())
    assert clusters["a"] == clusters["a.easy"] != clusters["b"]


def test_older_versions_call_the_id_uuid(side):
    old = {name: value for name, value in trial("x").items() if name != "id"} | {"uuid": "x"}
    (one,) = side(json.dumps({"results": [old, old]}))
    assert counts(one) == [("a", 1, 1, 0)]


def test_models_are_apart_unless_the_user_joins_them(sides):
    files = {
        "one/results.json": {"results": [trial("1")]},
        "one/run_metadata.json": metadata(),
        "two/results.json": {"results": [trial("2", right=False)]},
        "two/run_metadata.json": metadata(model="org/m-latest"),
    }
    assert [side.label for side in sides(files)] == ["terminus org/m", "terminus org/m-latest"]


def test_the_user_joins_models(sides):
    files = {
        "one/results.json": {"results": [trial("1")]},
        "one/run_metadata.json": metadata(),
        "two/results.json": {"results": [trial("2", right=False)]},
        "two/run_metadata.json": metadata(model=None),
    }
    (side,) = sides(files, fields={"model": ""}, benchmark="tb")
    assert (side.label, counts(side)) == ("runs", [("a", 2, 1, 0)])
    assert side.scores["benchmark"].to_list() == ["tb"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"is_resolved": "yes"}, "trial 4: is_resolved is 'yes', and should be true or false"),
        ({"is_resolved": 1}, "trial 4: is_resolved is 1"),
        ({"id": None}, "trial 4: its id is None"),
        ({"id": "1", "is_resolved": False}, "trial 1 is .*False.* here and .*True.* trial 1"),
        ({"task_id": ""}, "trial 4: the problem's id is empty"),
        ({"instruction": 5}, "trial 4: instruction is 5"),
        ({"instruction": "Else."}, "problem a has another question here than before"),
    ],
)
def test_a_bad_trial_is_told(side, wrong, told):
    with pytest.raises(InputError, match=told):
        side(json.dumps({"results": [*TRIALS, {**trial("9"), **wrong}]}))


def test_what_is_no_trial_is_told(side):
    lacking = {name: value for name, value in trial("9").items() if name != "is_resolved"}
    with pytest.raises(InputError, match="trial 2: has no is_resolved"):
        side(json.dumps({"results": [trial("1"), lacking]}))
    with pytest.raises(InputError, match="trial 2: should be a JSON object, and is 5"):
        side(json.dumps({"results": [trial("1"), 5]}))


def test_mutants(tmp_path):
    survive(
        lambda path: read_side(path, Reading(), path.parent / "work"),
        {
            "run/results.json": json.dumps(RUN).encode(),
            "run/a/results.json": json.dumps(TRIALS[0]).encode(),
            "run/run_metadata.json": json.dumps(metadata()).encode(),
        },
        tmp_path,
        5,
    )


def test_a_real_run(shared_data, tmp_path):
    path = shared_data / "formats/terminal_bench/droid_claude-4-sonnet_run1_results.json"
    (side,) = read_side(path, Reading(), tmp_path / "work")
    document = json.loads(path.read_text())
    assert side.scores["correct"].sum() == document["n_resolved"] == 43
    assert side.scores["n_unset"].sum() == 2
    solved = side.scores.filter(correct=1)["problem_id"].to_list()
    assert solved == sorted(document["resolved_ids"])
