"""Every Eval Ever: versions, metrics and evaluations told apart, repeats, agents, errors.

The fixtures are written by hand after the schema; its own demonstration record is read last.
"""

from __future__ import annotations

import pytest

from boundary.errors import InputError
from boundary.importers.registry import choose
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import EXAMPLES, every_eval_ever

THEIRS = Reading(trust="theirs")
ROWS = [every_eval_ever(i, i % 2 == 0) for i in range(4)]


def test_samples_are_graded_by_ours(side):
    (read,) = side(ROWS)
    assert (read.label, read.judged_by) == ("org/model", {"sums": "ours"})
    assert read.scores.select("problem_id", "correct", "correct_theirs").rows() == [
        (f"s{i}", 1 - i % 2, 1 - i % 2) for i in range(4)
    ]


def test_a_sample_that_stands_twice_is_two_trials_and_the_same_response_is_told(side):
    again = every_eval_ever(0, False)
    (read,) = side([*ROWS, again, ROWS[1]], reading=THEIRS)
    assert read.scores.select("n", "correct").rows() == [(2, 1), (2, 0), (1, 1), (1, 0)]
    assert any(
        each.startswith("1 lines repeat a response to their sample") for each in read.remarks
    )


def test_an_aggregate_says_what_to_give_in_its_place(tmp_path):
    file = tmp_path / "aggregate.json"
    file.write_text('{"schema_version": "0.3.0", "evaluation_id": "e", "evaluation_results": []}')
    with pytest.raises(
        InputError, match=r"aggregate\.json: is an aggregate .* instance-level files"
    ):
        choose(file)


def test_choices_and_several_references(side):
    asked = {"raw": "Which?", "reference": ["B"], "choices": ["one", "two"]}
    rows = [every_eval_ever(0, input=asked, output={"raw": ["Answer: B"]})]
    (read,) = side(rows)
    assert read.scores.select("correct").item() == 1
    several = {"raw": "Who?", "reference": ["Ann", "Anna"]}
    rows = [every_eval_ever(0, input=several, output={"raw": ["The answer is Anna"]})]
    (read,) = side(rows)
    assert read.problems["answer"].item() == "Ann"


def test_other_metrics_of_a_sample_are_left_out(side):
    other = every_eval_ever(0, False, evaluation_result_id="sums.f1")
    (read,) = side([*ROWS, other], reading=THEIRS)
    assert read.scores["n"].to_list() == [1] * 4
    assert any("1 lines of the metric sums.f1 are left out" in each for each in read.remarks)
    asked = Reading(trust="theirs", fields={"result": "sums.f1"})
    (read,) = side([*ROWS, other], reading=asked)
    assert read.scores.select("n", "correct").rows() == [(1, 0)]
    with pytest.raises(InputError, match="no line of result=f2"):
        side(ROWS, reading=Reading(fields={"result": "f2"}))


def test_two_evaluations_are_not_joined(side):
    rows = [*ROWS, every_eval_ever(0, evaluation_id="second")]
    with pytest.raises(InputError, match=r"line 5: is of the evaluation second, and .* line 1 is"):
        side(rows)
    (read,) = side(rows, reading=Reading(trust="theirs", fields={"evaluation": "second"}))
    assert read.scores.height == 1


def test_agents_count_by_their_verdict(side):
    judged = {"score": 1.0, "is_correct": True, "num_turns": 3}
    agent = every_eval_ever(
        0, interaction_type="agentic", output=None, messages=[], evaluation=judged
    )
    (read,) = side([agent, agent])
    assert read.scores["n"].item() == 2 and not any(
        "repeat a resp" in each for each in read.remarks
    )
    (read,) = side([agent])
    assert (read.judged_by, read.scores["correct"].item()) == ({"sums": "theirs"}, 1)
    chat = [{"turn_idx": 0, "role": "user", "content": "?"}]
    chat += [{"turn_idx": i, "role": "assistant", "content": f"\\boxed{{{i}}}"} for i in (1, 0)]
    (read,) = side([every_eval_ever(0, interaction_type="multi_turn", output=None, messages=chat)])
    assert (read.judged_by, read.scores["correct"].item()) == ({"sums": "ours"}, 1)


def test_errors_without_a_response_have_no_outcome(side):
    rows = [*ROWS, every_eval_ever(0, False, error="API", output={"raw": []})]
    rows += [every_eval_ever(1, False, error="late")]
    (read,) = side(rows, reading=THEIRS)
    assert read.scores.select("n", "n_unset", "correct").rows()[:2] == [(2, 1, 1), (2, 0, 0)]
    assert any("1 samples with an error have no outcome" in each for each in read.remarks)
    assert any("1 samples with an error count by their verdict" in each for each in read.remarks)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": "1.0.0"}, "schema '1.0.0'; versions 0.2 and 0.3 are read"),
        ({"schema_version": None}, "schema None; versions"),
        ({"model_id": " "}, "'model_id' should be text"),
        ({"evaluation_name": 3}, "'evaluation_name' should be text, found 3"),
        ({"sample_id": None}, "the problem's id should be text"),
        ({"evaluation": {"score": 1.0}}, "'evaluation' has no is_correct of true or false"),
        ({"evaluation": {"score": 1.0, "is_correct": 1}}, "'evaluation' has no is_correct"),
        ({"input": {"reference": []}}, "'input' has no text under raw"),
        ({"input": {"raw": "?", "reference": [3]}}, "'input.reference' should be a text or a list"),
        ({"output": {"raw": [3]}}, "'output.raw' should be a text or a list of texts"),
        ({"interaction_type": "batch"}, "'interaction_type' should be single_turn"),
        ({"sample_id": 0}, "the problem's id 0 is a number here and text elsewhere"),
        ({"sample_id": "s1"}, "problem s1 has another question here than before"),
    ],
)
def test_faults(side, change, message):
    rows = [every_eval_ever(0, sample_id="0"), *ROWS[1:3], ROWS[3] | change]
    with pytest.raises(InputError, match=f"line 4: .*{message}"):
        side(rows)


def test_older_versions_write_a_name_before_their_number(side):
    rows = [row | {"schema_version": "instance_level_eval_0.2.1"} for row in ROWS]
    (read,) = side(rows, reading=THEIRS)
    assert read.scores.height == 4


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    assert survive(read, EXAMPLES["every_eval_ever"], tmp_path, 7)["refused"] > 15


def test_published(shared_data, tmp_path):
    path = shared_data / "formats/every_eval_ever/demo_samples.jsonl"
    (side,) = read_side(path, THEIRS, tmp_path)
    assert (side.label, side.scores.select("n", "correct").row(0)) == (
        "demo-org/demo-model",
        (1, 1),
    )
