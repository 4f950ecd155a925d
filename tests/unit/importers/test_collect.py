"""From rows to arms: names, numbers of trials, shards, and rows that contradict each other."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.importers import collect as module
from boundary.importers.collect import collect
from boundary.importers.columns import Batch
from boundary.importers.record import Tally
from boundary.used import USED


def arms(tmp_path, *batches, offers="trials", tally=None):
    made = (
        Batch(pl.DataFrame([{"line": i + 1, **row} for i, row in enumerate(rows)]), f"f{number}")
        for number, rows in enumerate(batches)
    )
    return collect(made, offers, tmp_path, model="m", benchmark="b", tally=tally or Tally())


def trial(problem="p", **more):
    return {"problem_id": problem, "response": "r", "answer": "1", "correct_theirs": True, **more}


def test_names_where_the_rows_have_none(tmp_path):
    found = arms(
        tmp_path,
        [trial(model=model, benchmark=name) for model in ("z", None) for name in (None, "a")],
    )
    assert [(arm.model, arm.benchmark) for arm in found] == [
        ("m", "a"), ("m", "b"), ("z", "a"), ("z", "b")
    ]  # fmt: skip


def test_trials_are_numbered_over_batches(tmp_path):
    tally = Tally()
    (arm,) = arms(
        tmp_path,
        [trial("p", response="0"), trial("q", response="1"), trial("p", response="2")],
        [trial("p", response="3", correct_theirs=False)],
        tally=tally,
    )
    assert arm.counts.rows() == [("p", 3, 0, 2), ("q", 1, 0, 1)]
    rows = pl.read_parquet(arm.shards).select("problem_id", "sample_index", "response").rows()
    assert rows == [("p", 0, "0"), ("q", 0, "1"), ("p", 1, "2"), ("p", 2, "3")]
    assert tally.remarks() == (
        "1 problems of m on b stand in several files, such as f0 and f1, whose trials are joined "
        "as those of one model",
    )


def test_shards_are_written_as_rows_come(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SHARD_ROWS", 2)
    (arm,) = arms(tmp_path, *([trial(f"p{i}")] for i in range(5)))
    assert [pl.read_parquet(shard).height for shard in arm.shards] == [2, 2, 1]


def test_responses_that_are_null_and_trials_without_outcome(tmp_path):
    tally = Tally()
    rows = [trial(), trial(response=None), trial(response=None, unset=True, correct_theirs=None)]
    (arm,) = arms(tmp_path, rows, tally=tally)
    assert arm.counts.rows() == [("p", 3, 1, 2)]
    assert arm.theirs is not None
    assert arm.theirs.height == 2
    ends = pl.read_parquet(arm.shards)["finish_reason"].to_list()
    assert ends == [None, None, "error"]
    assert tally.remarks() == (
        "1 trials of m have no response and are graded as empty ones (first: f0, line 2)",
    )


def test_verdicts_alone(tmp_path):
    rows = [trial(response=None), trial(response=None, correct_theirs=False)]
    (arm,) = arms(tmp_path, rows)
    assert (arm.shards, arm.counts.rows()) == ([], [("p", 2, 0, 1)])
    rows[1]["correct_theirs"] = None
    with pytest.raises(
        InputError, match=r"f0: line 2: problem p .m on b. has neither response nor"
    ):
        arms(tmp_path, rows)


def test_a_verdict_that_is_missing_leaves_none(tmp_path):
    (arm,) = arms(tmp_path, [trial(), trial(correct_theirs=None), trial("q")])
    assert arm.counts.rows() == [("p", 2, 0, None), ("q", 1, 0, 1)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([trial(answer="2")], "f1: line 1: problem p has another answer here than before .'2' and"),
        ([trial(question="x")], "f1: line 1: problem p has another question here than before"),
        (
            [trial(sample_index=3)],
            "f1: line 1: sample 3 of problem p .m on b. stands in f0, line 1",
        ),
    ],
)
def test_rows_that_contradict_each_other(tmp_path, rows, told):
    with pytest.raises(InputError, match=told):
        arms(tmp_path, [trial(sample_index=3)], rows)


def test_counts(tmp_path):
    count = {"problem_id": "p", "n": 4, "correct": 1}
    (arm,) = arms(tmp_path, [count, {**count, "problem_id": "q", "n": 6}], offers="counts")
    assert arm.counts.rows() == [("p", 4, 0, 1), ("q", 6, 0, 1)]
    with pytest.raises(
        InputError, match="f1: line 1: problem p of model m on b stands in f0, line"
    ):
        arms(tmp_path, [count], [count], offers="counts")


def test_nothing_at_all(tmp_path):
    for offers in ("counts", "trials"):
        with pytest.raises(InputError, match="The files hold no row at all; nothing was imported"):
            arms(tmp_path, offers=offers)


def test_a_reader_that_fails_is_heard(tmp_path):
    def batches():
        yield Batch(pl.DataFrame([{"line": 1, **trial()}]), "f")
        raise InputError("f: line 2: is none")

    with pytest.raises(InputError, match="f: line 2: is none"):
        collect(batches(), "trials", tmp_path, model="m", benchmark="b", tally=Tally())


def test_what_right_trials_used_is_kept_where_every_one_tells(tmp_path):
    def verdict(problem, right, **more):
        return trial(problem, response=None, correct_theirs=right, **more)

    rows = [
        verdict("p", True, rounds=9, cost=0.5),
        verdict("p", False, cost=9.0),
        verdict("p", True, rounds=2),
        verdict("p", True, rounds=1, unset=True),
        verdict("q", False, rounds=3),
    ]
    tally = Tally()
    (arm,) = arms(tmp_path, rows, tally=tally)
    assert arm.counts[USED["rounds"]].to_list() == [[2, 9], []]
    assert arm.counts.columns.count(USED["rounds"]) == 1
    assert not {USED["cost"], USED["n_tokens"]} & set(arm.counts.columns)
    assert tally.remarks() == ("1 right trials of m do not tell cost, so none is looked at",)


def test_tokens_of_responses_are_not_kept_twice(tmp_path):
    (arm,) = arms(tmp_path / "a", [trial(n_tokens=5)])
    assert USED["n_tokens"] not in arm.counts.columns
    (arm,) = arms(tmp_path / "b", [trial(n_tokens=5, response=None)])
    assert arm.counts[USED["n_tokens"]].to_list() == [[5]]
