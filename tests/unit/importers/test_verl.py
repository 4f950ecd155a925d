"""Dumps of verl: steps as models, rewards as verdicts, and every fault with its line.

No real file is at hand: the lines are written by hand from `_dump_generations` of
verl @ b178a3c (trainer/ppo/ray_trainer.py) and, with uids, of verl @ 1dda039
(trainer/ppo/v1/trainer_base.py).
"""

from __future__ import annotations

import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import verl


def line(i=0, output="\\boxed{7}", gts="7", **more):
    return verl(i, output=output, gts=gts, **more)


def dump(folder, name, lines):
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(each) + "\n" for each in lines)
    (folder / name).write_text(text)


@pytest.fixture
def sides(tmp_path):
    """Return a function from files of a run, lines by name, to its sides."""

    def read(reading=None, model=None, **files):
        for name, lines in files.items():
            dump(tmp_path / "run", f"{name[1:]}.jsonl", lines)
        return read_side(tmp_path / "run", reading or Reading(), tmp_path / "work", model=model)

    return read


STEPS = {
    "_0": [line(0, score=0.0, output="\\boxed{8}", step=0), line(1, gts="8", score=0.0, step=0)],
    "_10": [line(0), line(0), line(1, gts="8", output="\\boxed{8}")],
}


def test_a_step_is_a_model_and_a_prompt_a_problem(sides):
    start, ten = sides(**STEPS)
    assert [start.label, ten.label, ten.format] == ["run/step-0", "run/step-10", "verl"]
    assert start.scores["problem_id"].to_list() == ten.scores["problem_id"].to_list()
    assert sorted(ten.scores.select("n", "correct").rows()) == [(1, 1), (2, 2)]
    assert start.scores["correct"].sum() == 0
    assert set(ten.judged_by.values()) == {"ours"}
    assert any("score is only ever 0 and 1" in remark for remark in ten.remarks)


def test_lines_that_repeat_are_said(sides):
    (side,) = sides(_10=[line(), line(1, gts="8"), line()])
    assert any("1 lines repeat prompt and response" in remark for remark in side.remarks)


def test_one_step_is_taken_by_its_name(sides):
    (only,) = sides(model="run/step-10", **STEPS)
    assert (only.label, only.scores["n"].sum()) == ("run/step-10", 3)


@pytest.mark.parametrize(
    ("scores", "correct"), [((1, -1.0), [1, 0]), ((True, False), [1, 0]), ((1, 1), [1, 1])]
)
def test_a_reward_of_two_values_is_a_verdict(sides, scores, correct):
    lines = [line(i, gts=None, score=score) for i, score in enumerate(scores)]
    (side,) = sides(_10=lines)
    order = side.scores.sort("correct", descending=True)
    assert (order["correct"].to_list(), set(side.judged_by.values())) == (correct, {"theirs"})


def test_another_reward_is_none_unless_it_is_named(sides):
    # By step 10 alone the score could be a verdict: the rule is that of all steps.
    lines = {
        "_0": [line(0, gts=None, score=0.3, step=0, good=1)],
        "_10": [line(0, gts=None, good=0)],
    }
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        sides(**lines)
    _, ten = sides(Reading(fields={"verdict": "good"}), **lines)
    assert ten.scores["correct"].to_list() == [0]
    with pytest.raises(InputError, match=r"--field verdict=score: takes the values 0.3, 1.0;"):
        sides(Reading(fields={"verdict": "score"}), **lines)
    with pytest.raises(InputError, match="verdict=best: no row has such a column"):
        sides(Reading(fields={"verdict": "best"}), **lines)


def test_accuracy_goes_before_the_score(sides):
    lines = [line(0, gts=None, score=1.1, acc=True), line(1, gts=None, score=0.1, acc=False)]
    (side,) = sides(_10=lines)
    assert side.scores["correct"].sum() == 1
    assert set(side.rules.values()) == {"reward acc"}
    assert any("acc is only ever 0 and 1" in remark for remark in side.remarks)


@pytest.mark.parametrize("gts", ['{"inputs": ["1"], "outputs": ["2"]}', {"target": 3}, "a\nb"])
def test_tests_are_no_gold_answer(sides, gts):
    (side,) = sides(_10=[line(0, gts=gts)])
    assert set(side.judged_by.values()) == {"theirs"}
    assert any("1 rows have no short gold answer" in remark for remark in side.remarks)


@pytest.mark.parametrize("gts", ["#### 7", 7.0, ["7"], "so \\boxed{7}"])
def test_a_gold_answer_is_read(sides, gts):
    (side,) = sides(_10=[line(0, gts=gts), line(0, gts=gts, output="\\boxed{6}", score=0)])
    assert side.scores.select("n", "correct").rows() == [(2, 1)]


def test_the_last_output_of_a_session_counts(sides):
    lines = [
        line(0, uid="a_0_0", output="I call a tool"),
        line(0, uid="a_0_1"),
        line(0, uid="a_1_0", output="\\boxed{6}", score=0.0),
    ]
    (side,) = sides(_10=lines)
    assert side.scores.select("n", "correct").rows() == [(2, 1)]
    assert any("1 lines are earlier outputs of a session" in remark for remark in side.remarks)
    with pytest.raises(InputError, match="line 4: uid a_1_0 stands in line 3 already"):
        sides(_10=[*lines, lines[-1]])


def test_steps_that_repeat_are_refused(sides):
    again = [*STEPS["_10"], line(step=11), line()]
    with pytest.raises(InputError, match=r"10.jsonl: line 5: step 10 of run stands in .* line 1"):
        sides(_10=again)
    with pytest.raises(InputError, match=r"11.jsonl: line 1: step 10 of run stands in .*10.jsonl"):
        sides(_10=STEPS["_10"], _11=[line(1)])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"step": "10"}, "line 2: step is '10'"),
        ({"score": "1"}, "line 2: score is '1', and should be a number"),
        ({"output": None}, "line 2: output is None"),
        ({"input": " "}, "line 2: input is empty"),
        ({"gts": 2.0**60}, "line 2: the gold answer"),
    ],
)
def test_a_bad_line_is_told(sides, wrong, told):
    with pytest.raises(InputError, match=told):
        sides(_10=[line(), line(1, **wrong) if "input" not in wrong else {**line(), **wrong}])


def test_another_version_is_told_with_those_that_are_known(sides):
    other = line()
    other["reward"] = other.pop("score")
    with pytest.raises(
        InputError, match=r"line 2: has the keys \['gts', .*'reward', .*the first: "
    ):
        sides(_10=[line(), other])


def test_mutants(tmp_path):
    files = {
        f"run/{name[1:]}.jsonl": "".join(json.dumps(each) + "\n" for each in lines).encode()
        for name, lines in STEPS.items()
    }
    survive(lambda path: read_side(path, Reading(), path.parent / "w"), files, tmp_path, 8)
