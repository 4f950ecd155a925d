"""Results of τ-bench and τ²-bench: rewards of 1 are right, errors have no outcome."""

from __future__ import annotations

import json

import pytest

from agent_runs import (
    CONVERSATIONS,
    SECOND,
    conversation,
    second,
    simulation,
)
from boundary.errors import InputError
from boundary.importers.columns import TRIALS
from boundary.importers.record import Request, Tally
from boundary.importers.sides import Reading, read_side
from boundary.importers.source import Source
from boundary.importers.tau_bench.read import read
from file_mutants import survive

NAME = "tool-calling-gpt-4o-0.0_range_0--1_user-gpt-4o-llm_0617123456.json"


def test_conversations_are_trials(side):
    (one,) = side(json.dumps(CONVERSATIONS), NAME)
    assert (one.label, one.format) == ("tool-calling-gpt-4o-0.0 user-gpt-4o-llm", "tau_bench")
    assert one.scores.select("problem_id", "n", "correct", "n_unset").rows() == [
        ("0", 3, 1, 1),
        ("1", 1, 0, 0),
        ("2", 1, 1, 0),
    ]
    assert one.scores["cluster"].n_unique() == 2  # tasks 0 and 1 are of one user
    assert any("1 trials were ended by an error" in remark for remark in one.remarks)


def test_simulations_are_trials(side):
    (one,) = side(json.dumps(SECOND))
    assert one.label == "llm_agent m user-gpt-4.1"
    assert one.scores.select("benchmark", "problem_id", "n", "correct", "n_unset").rows() == [
        ("retail", "0", 2, 1, 0),
        ("retail", "1", 1, 0, 1),
    ]


def rows_of(document, folder):
    path = folder / "results.json"
    path.write_text(json.dumps(document))
    (batch,) = read([Source(path)], Request(), Tally())
    assert batch.rows.columns == list(TRIALS)
    return batch.rows.select("rounds", "n_tokens", "cost").rows()


def test_rounds_are_messages_of_the_agent(tmp_path):
    rows = rows_of(CONVERSATIONS, tmp_path)
    assert [rounds for rounds, _, _ in rows] == [2, None, 2, 2, 1]
    assert all(row[1:] == (None, None) for row in rows)


def test_tokens_and_cost_are_those_of_the_agent(tmp_path):
    free = simulation("2", agent_cost=0.0, messages=[{"role": "assistant", "cost": 0.0}])
    assert rows_of(second(simulation(), free), tmp_path) == [(2, 30, 0.25), (1, None, None)]


def test_two_trials_of_a_file_may_go_alike(tmp_path):
    """At temperature 0 a short task may; its trials are numbered, so that both were run."""
    (tmp_path / NAME).write_text(json.dumps([*CONVERSATIONS, {**CONVERSATIONS[0], "trial": 9}]))
    (one,) = read_side(tmp_path / NAME, Reading(), tmp_path / "work")
    assert one.scores["n"].to_list() == [4, 1, 1]
    assert any("1 trials go word by word like another" in each for each in one.remarks)


def test_two_files_are_joined_but_never_a_copy(side, tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    more = [conversation(0, 0, talk=("other",)), conversation(2, 0, user="bob", talk=("else",))]
    (folder / NAME).write_text(json.dumps(CONVERSATIONS))
    (folder / NAME.replace("0617", "0618")).write_text(json.dumps(more))
    (one,) = read_side(folder, Reading(), tmp_path / "work")
    assert one.scores["n"].to_list() == [4, 1, 2]
    (folder / NAME.replace("0617", "0619")).write_text(json.dumps(more[:1]))
    with pytest.raises(InputError, match="is word by word the conversation of"):
        read_side(folder, Reading(), tmp_path / "again")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reward": 2}, "trial 6: reward is 2, and should be from 0 to 1"),
        ({"reward": None}, "trial 6: reward is None"),
        ({"reward": True}, "trial 6: reward is True"),
        ({"traj": "none"}, "trial 6: its messages are 'none', and should be objects"),
        ({"task_id": None}, "trial 6: the problem's id should be text or a whole number"),
        ({"trial": 0}, "trial 6: trial 0 of task 0 stands in .*trial 1 already"),
    ],
)
def test_a_bad_trial_is_told(side, wrong, told):
    with pytest.raises(InputError, match=told):
        side(json.dumps([*CONVERSATIONS, {**conversation(0, 9), **wrong}]))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (second(), "holds no simulations"),
        (second(simulation(agent_cost=-1)), "simulation 1: agent_cost is -1"),
        (second({"task_id": "0"}), "simulation 1: should have task_id, trial and termination"),
        (second(simulation(reward_info=None)), "simulation 1: reward is None"),
    ],
)
def test_a_bad_run_is_told(side, document, told):
    with pytest.raises(InputError, match=told):
        side(json.dumps(document))


@pytest.mark.parametrize("whole", [CONVERSATIONS, SECOND])
def test_mutants(tmp_path, whole):
    survive(
        lambda path: read_side(path, Reading(), path.parent / "work"),
        {"base.json": json.dumps(whole).encode()},
        tmp_path,
        6,
    )
