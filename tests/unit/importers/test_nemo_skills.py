"""NeMo-Skills: seeds joined by id or line, missing and copied seeds, verdicts of each evaluator.

The fixtures are written by hand after the tool's own source; its own outputs are read last.
"""

from __future__ import annotations

import shutil

import pytest

from boundary.errors import InputError
from boundary.importers.record import Request, Tally
from boundary.importers.registry import choose
from boundary.importers.sides import Reading, read_side
from file_mutants import survive
from importer_files import lines, nemo_skills

THEIRS = Reading(trust="theirs")


def outputs(*seeds, **change):
    return {f"output-rs{seed}.jsonl": lines(nemo_skills(seed, **change)) for seed in seeds}


def without(rows, *keys):
    return [{key: value for key, value in row.items() if key not in keys} for row in rows]


def test_seeds_are_joined_by_id(sides):
    (side,) = sides(outputs(0, 1), Reading())
    assert (side.label, side.format) == ("run", "nemo_skills")
    columns = ("problem_id", "n", "correct", "correct_theirs")
    assert side.scores.select(columns).rows() == [(f"p{i}", 2, 1, 1) for i in range(4)]
    assert any(each.endswith("2 outputs joined by id") for each in side.remarks)
    assert any("agree on all 8 responses" in each for each in side.remarks)


def test_seeds_without_ids_are_joined_by_line(sides):
    files = {name: lines(without(nemo_skills(s), "id")) for s, name in enumerate(outputs(0, 1))}
    (side,) = sides(files)
    assert side.scores["problem_id"].to_list() == ["1", "2", "3", "4"]
    assert any("joined by line, as none has an id" in each for each in side.remarks)
    short = files | {"output-rs1.jsonl": lines(without(nemo_skills(1, 3), "id"))}
    with pytest.raises(
        InputError, match=r"output-rs1.jsonl: has 3 lines and others 4, which are j"
    ):
        sides(short)
    moved = files | {"output-rs1.jsonl": lines(without(nemo_skills(1)[::-1], "id"))}
    with pytest.raises(InputError, match="problem 1 has another question here than before"):
        sides(moved)


def test_a_missing_seed_is_named(sides):
    (side,) = sides(outputs(0, 1, 3))
    assert any("outputs of the seeds rs2 are missing" in each for each in side.remarks)
    assert side.scores["n"].to_list() == [3] * 4


def test_a_problem_that_a_seed_lacks_is_counted(sides):
    (side,) = sides(outputs(0) | {"output-rs1.jsonl": lines(nemo_skills(1, 3))})
    assert side.scores["n"].to_list() == [2, 2, 2, 1]
    assert any(each.startswith("1 problems lack an output under a seed") for each in side.remarks)


def test_a_copied_seed(sides):
    copy = lines(nemo_skills(0, generation_time=2.5))
    with pytest.raises(InputError, match=r"seed output-rs1.jsonl has the same responses as seed"):
        sides(outputs(0) | {"output-rs1.jsonl": copy})


def test_output_beside_seeds_and_chunks(sides):
    with pytest.raises(InputError, match=r"holds output.jsonl and outputs of seeds"):
        sides(outputs(0, 1) | {"output.jsonl": lines(nemo_skills(2))})
    with pytest.raises(InputError, match="is a chunk of a run that was not merged"):
        sides({"output-rs0_chunk_1.jsonl": lines(nemo_skills(0))})


def test_folders_of_results_name_model_and_benchmark(sides):
    files = {f"m/eval-results/aime24/{name}": text for name, text in outputs(0, 1).items()}
    (side,) = sides(files)
    assert (side.label, side.scores["benchmark"].unique().to_list()) == ("m", ["aime24"])


@pytest.mark.parametrize(
    ("verdict", "correct"),
    [
        ({"is_correct": True, "is_correct-plus": False}, 0),
        ({"is_correct": True}, 4),
        ({"graded_list": [True]}, 4),
        ({"proof_status": "timeout"}, 0),
        ({"proof_status": "completed"}, 4),
        ({"judgement": "Judgement: Yes\n\nBoth are 3."}, 4),
        ({"judgement": "**Judgement**: **Yes**"}, 4),
        ({"judgement": "Is it Judgement: No? They agree.\nJudgement: Yes"}, 4),
        ({"judgement": "Judgement: Yes\nOn reflection, Judgement: No"}, 0),
        ({"symbolic_correct": False, "judgement": "Judgement: Yes"}, 0),
    ],
)
def test_verdicts_of_each_evaluator(side, verdict, correct):
    rows = [row | verdict for row in without(nemo_skills(), "symbolic_correct")]
    (read,) = side(rows, "output.jsonl", reading=THEIRS)
    assert read.scores["correct"].sum() == correct
    key = next(iter({**verdict} if "is_correct-plus" not in verdict else ["is_correct-plus"]))
    assert any(f"verdicts are those of {key}" in each for each in read.remarks)


def test_judgements_that_are_none_are_wrong_but_not_all(side):
    said = ["Judgement: Yes", "Judgement: Yes\nJudgement: unclear", "CORRECT", "A"]
    rows = [row | {"judgement": each} for row, each in zip(nemo_skills(), said, strict=True)]
    rows = without(rows, "symbolic_correct")
    (read,) = side(rows, "output.jsonl", reading=THEIRS)
    assert read.scores["correct"].to_list() == [1, 0, 0, 0]
    assert any("3 judgements are neither yes nor no" in each for each in read.remarks)
    with pytest.raises(InputError, match="no judgement is yes or no"):
        side(rows[2:], "output.jsonl", reading=THEIRS)


@pytest.mark.parametrize("name", ["output.jsonl", "output-rs0.jsonl"])
def test_a_row_that_stands_twice_is_no_second_trial(side, name):
    again = dict(reversed(nemo_skills()[0].items()))
    with pytest.raises(InputError, match=r"line 5: problem p0 stands in .*: line 1 already"):
        side([*nemo_skills(), again], name, reading=THEIRS)


def test_rewards_that_are_no_numbers_rank_nothing(tmp_path):
    rewards = [0.5, 1, float("nan"), float("inf"), 10**400, "2", True]
    rows = [
        row | {"reward_model_score": each}
        for row, each in zip(nemo_skills(problems=7), rewards, strict=True)
    ]
    file = tmp_path / "output.jsonl"
    file.write_bytes(lines(rows))
    (batch,) = choose(file).read(Request(), Tally())
    assert batch.rows["score"].to_list() == [0.5, 1.0, *[None] * 5]


def test_another_verdict_by_name(side):
    rows = [row | {"judgement": "Judgement: Yes"} for row in nemo_skills()]
    asked = Reading(trust="theirs", fields={"verdict": "judgement"})
    (read,) = side(rows, "output.jsonl", reading=asked)
    assert read.scores["correct"].sum() == 4
    with pytest.raises(InputError, match="has no reward; there are: generation"):
        side(rows, "output.jsonl", reading=Reading(fields={"verdict": "reward"}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generation": 3}, "'generation' should be text, found 3"),
        ({"symbolic_correct": "yes"}, "'symbolic_correct' should be true or false, found 'yes'"),
        ({"symbolic_correct": None}, "'symbolic_correct' should be true or false, found None"),
        ({"id": 0}, "the problem's id 0 is a number here and text elsewhere"),
        ({"id": None}, "the problem's id should be text or a whole number"),
        ({"id": "p1"}, "problem p1 stands in .*: line 2 already"),
        ({"expected_answer": [1]}, "'expected_answer' should be text"),
    ],
)
def test_faults(side, change, message):
    rows = [nemo_skills()[0] | {"id": "0"}, *nemo_skills()[1:3], nemo_skills()[3] | change]
    with pytest.raises(InputError, match=f"line 4: {message}"):
        side(rows, "output-rs0.jsonl", reading=THEIRS)


def test_an_evaluator_that_changed_its_key_is_named_beside_the_known(side):
    rows = [*nemo_skills()[:3], *without(nemo_skills()[3:], "symbolic_correct")]
    rows[3]["is_right"] = True
    with pytest.raises(InputError, match=r"no symbolic_correct, .*is_right. Versions that are"):
        side(rows, "output-rs0.jsonl", reading=THEIRS)


def test_verdicts_that_contradict(side):
    rows = [row | {"is_correct": False, "is_correct-plus": True} for row in nemo_skills()]
    rows = without(rows, "symbolic_correct")
    with pytest.raises(InputError, match="'is_correct-plus' is true and 'is_correct' false"):
        side(rows, "output-rs0.jsonl", reading=THEIRS)


def test_mutants(tmp_path):
    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    files = {f"m/{name}": content for name, content in outputs(0, 1, 2).items()}
    assert survive(read, files, tmp_path, 3)["refused"] > 10


def test_published(shared_data, tmp_path):
    place = tmp_path / "math"
    place.mkdir()
    for path in (shared_data / "formats/nemo_skills").glob("output-rs*.jsonl"):
        shutil.copy(path, place)
    (side,) = read_side(place, THEIRS, tmp_path / "work")
    assert side.scores.select("n", "correct").sum().row(0) == (150, 107)
    assert side.scores.height == 50
