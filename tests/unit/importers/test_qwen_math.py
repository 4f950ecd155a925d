"""The evaluation of Qwen2.5-Math and its heirs: seeds, shards, doubled lines, metrics."""

from __future__ import annotations

import json

import pytest

from boundary.errors import InputError
from boundary.importers.qwen_math.names import name_of
from boundary.importers.sides import Reading, read_side
from boundary.importers.source import Source
from file_mutants import survive

THEIRS = Reading(trust="theirs")


def row(idx, seed=1, n=2, **change):
    scores = [(idx + seed + i) % 2 == 0 for i in range(n)]
    return {
        "idx": idx,
        "question": f"What is {idx} + 0?",
        "gt_cot": None,
        "gt": str(idx),
        "code": [f"seed {seed}, {i}: \\boxed{{{idx if s else -1}}}" for i, s in enumerate(scores)],
        "pred": [str(idx) if s else "-1" for s in scores],
        "report": [None] * n,
        "finish_reason": ["stop"] * (n - 1) + ["length"],
        "score": scores,
        **change,
    }


def lines(rows):
    return "".join(json.dumps(each) + "\n" for each in rows)


def name(seed=1, start=0, end=-1, temperature="0.6", template="qwen-boxed"):
    return f"test_{template}_-1_seed{seed}_t{temperature}_s{start}_e{end}"


ROWS = [row(idx) for idx in range(4)]
METRICS = {"num_samples": 4, "num_scores": 8, "timeout_samples": 0, "empty_samples": 0, "acc": 50.0}


@pytest.fixture
def sides(tmp_path):
    def read(files, reading=THEIRS):
        folder = tmp_path / "run"
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        return read_side(folder, reading, tmp_path / "work")

    return read


def test_graded_by_ours(sides):
    (side,) = sides({f"rl/math500/{name()}.jsonl": lines(ROWS)}, Reading())
    assert (side.label, side.format, side.judged_by) == ("rl", "qwen_math", {"math500": "ours"})
    columns = ("problem_id", "n", "correct", "correct_theirs", "truncated")
    assert side.scores.select(columns).rows() == [(str(i), 2, 1, 1, 1) for i in range(4)]
    assert any("agree on all 8 responses" in remark for remark in side.remarks)


def test_a_wrong_verdict_of_the_file_is_counted(sides):
    rows = [*ROWS[:3], row(3, score=[False, False])]
    (side,) = sides({f"rl/math500/{name()}.jsonl": lines(rows)}, Reading())
    assert any("differ on 1 of 8 responses" in r for r in side.remarks)


def test_seeds_are_joined_and_repeated_lines_count_once(sides):
    folder = "run/eval_results/global_step_8/aime24"
    later = [*ROWS[2:], *ROWS[:2]]  # a second shard holds the lines of the first again
    (side,) = sides(
        {
            f"{folder}/{name(end=2)}.jsonl": lines(ROWS[:2]),
            f"{folder}/{name(start=2)}.jsonl": lines(later),
            f"{folder}/{name(seed=2)}.jsonl": lines(row(idx, 2, n=3) for idx in range(4)),
        }
    )
    assert side.label == "run-global_step_8"
    assert side.scores.select("benchmark", "n").unique().rows() == [("aime24", 5)]
    assert any(each.startswith("2 lines repeat a problem under its seed") for each in side.remarks)
    assert any(each.endswith("2 seeds joined as one model's") for each in side.remarks)


def test_a_problem_twice_under_one_seed_with_other_responses(sides):
    files = {
        f"rl/math/{name()}.jsonl": lines(ROWS),
        f"rl/math/{name(end=4)}.jsonl": lines([row(2, seed=7)]),
    }
    with pytest.raises(
        InputError, match=r"line 1: problem 2 has other responses .*_s0_e-1.jsonl: "
    ):
        sides(files)


def test_two_seeds_of_the_same_responses(sides):
    files = {f"rl/math/{name()}.jsonl": lines(ROWS), f"rl/math/{name(2)}.jsonl": lines(ROWS[::-1])}
    with pytest.raises(InputError, match="seed 2 has the same responses as seed 1 to all 4"):
        sides(files)


def test_some_equal_responses_of_two_seeds_are_counted(sides):
    other = [ROWS[0], *(row(idx, 2) for idx in range(1, 4))]
    (side,) = sides(
        {f"rl/math/{name()}.jsonl": lines(ROWS), f"rl/math/{name(2)}.jsonl": lines(other)}
    )
    assert any(r.startswith("1 problems have the same responses under two") for r in side.remarks)


def test_two_settings_of_one_model(sides):
    files = {
        f"rl/math/{name()}.jsonl": lines(ROWS),
        f"rl/math/{name(temperature='1.0')}.jsonl": lines([row(idx, 2) for idx in range(4)]),
    }
    with pytest.raises(InputError, match=r"sampled otherwise \(test_qwen-boxed_-1, t = 1.0\)"):
        sides(files)


def test_metrics_tell_whether_a_file_is_whole(sides):
    path = f"rl/math/{name()}"
    files = {f"{path}.jsonl": lines(ROWS), f"{path}_metrics.json": json.dumps(METRICS)}
    (side,) = sides(files)
    assert side.scores.height == 4
    with pytest.raises(InputError, match=r"holds 3 problems and 6 responses, and .* says 4 and 8"):
        sides({**files, f"{path}.jsonl": lines(ROWS[:3])})


def test_metrics_alone(sides):
    with pytest.raises(InputError, match="there are no responses beside it"):
        sides({f"rl/math/{name()}_metrics.json": json.dumps(METRICS)})


def test_null_answers_are_kept_as_wrong(sides):
    empty = row(3, code=["", ""], pred=[None, None], score=[False, False])
    (side,) = sides({f"rl/math500/{name()}.jsonl": lines([*ROWS[:3], empty])}, Reading())
    assert side.scores["correct"].to_list() == [1, 1, 1, 0]
    assert any(
        each.startswith("2 responses of rl have no answer in the file") for each in side.remarks
    )


def test_gold_answers_that_lost_their_spaces(sides):
    solution = r"Hence \boxed{\frac{2 \pi c}{\left(\lambda k T\right)}}."
    lost = row(3) | {"gt": r"\frac{2\pic}{(\lambdakT)}", "gt_cot": solution}
    kept = row(2) | {"gt": r"\frac12", "gt_cot": r"\boxed{\frac13}"}
    (side,) = sides({f"rl/math500/{name()}.jsonl": lines([*ROWS[:2], kept, lost])})
    golds = dict(side.problems.select("problem_id", "answer").iter_rows())
    assert (golds["3"], golds["2"]) == (r"\frac{2 \pi c}{\left(\lambda k T\right)}", r"\frac12")
    assert any(remark.startswith("1 lines lost spaces") for remark in side.remarks)


def test_two_models(sides):
    path = f"math/{name()}.jsonl"
    read = sides({f"base/{path}": lines(ROWS), f"rl/{path}": lines(row(i, 2) for i in range(4))})
    assert [side.label for side in read] == ["base", "rl"]


def test_files_of_a_model_that_is_not_asked_for_are_not_read(tmp_path):
    for model, content in (("base", lines(ROWS[:1]) + "{"), ("rl", lines(ROWS))):
        (tmp_path / f"run/{model}/math").mkdir(parents=True)
        (tmp_path / f"run/{model}/math/{name()}.jsonl").write_text(content)
    (side,) = read_side(tmp_path / "run", THEIRS, tmp_path / "work", model="rl")
    assert (side.label, side.scores.height) == ("rl", 4)
    with pytest.raises(InputError, match=r"run/base/.*line 2: is no JSON"):
        read_side(tmp_path / "run", THEIRS, tmp_path / "again", model="nobody")


@pytest.mark.parametrize(
    ("path", "benchmark", "expected"),
    [
        (f"runs/Q-7B/math_eval/amc23/{name()}.jsonl", None, ("Q-7B", "amc23", True)),
        (f"runs/r/eval_results/global_step_9/mine/{name()}.jsonl", None,
         ("r-global_step_9", "mine", False)),
        (f"d/amc23__Q-3B__{name()}.jsonl", None, ("Q-3B", "amc23", True)),
        (f"d/Q-3B__amc23__{name()}.jsonl", "x", ("Q-3B", "amc23", True)),
        (f"base/{name()}.jsonl", "mine", ("base", "mine", False)),
        (f"base/{name()}.jsonl", None, ("x", "base", False)),
    ],
)  # fmt: skip
def test_what_a_path_tells(tmp_path, path, benchmark, expected):
    read = name_of(Source(tmp_path / "x" / path), benchmark)
    assert (read.model, read.benchmark, read.known) == expected
    assert (read.setting, read.seed) == ("test_qwen-boxed_-1, t = 0.6", "1")


def test_a_file_of_another_name(tmp_path):
    read = name_of(Source(tmp_path / "rl/math/all.jsonl"), None)
    assert (read.setting, read.seed) == (None, str(tmp_path / "rl/math/all.jsonl"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pred": ["3"]}, "line 4: 'pred' should be a list of 2, one a response, and is one of 1"),
        ({"score": "yes"}, "line 4: 'score' should be a list of 2"),
        ({"score": [1, "x"]}, "line 4: 'score' should be a list of true and false, and has 1"),
        ({"code": []}, "line 4: 'code' should be a list, and is one of 0"),
        ({"code": [None, "x"]}, "line 4: 'code' should be a list of texts, and has None"),
        ({"idx": None}, "line 4: the problem's id should be"),
        ({"gt": [3]}, r"line 4: 'gt' should be text or a number, found \[3\]"),
    ],
)
def test_faults(sides, change, message):
    rows = [*ROWS[:3], row(3) | change]
    with pytest.raises(InputError, match=message):
        sides({f"rl/math/{name()}.jsonl": lines(rows)})


def test_ids_of_two_types(sides):
    with pytest.raises(InputError, match="line 5: the problem's id 3 is text here and a number"):
        sides({f"rl/math/{name()}.jsonl": lines([*ROWS, row(3) | {"idx": "3"}])})


def test_mutants(tmp_path):
    files = {
        f"math/{name()}.jsonl": lines(ROWS).encode(),
        f"math/{name()}_metrics.json": json.dumps(METRICS).encode(),
    }

    def read(path):
        return read_side(path, THEIRS, path.parent / f"{path.name}.work")

    assert survive(read, files, tmp_path, 14)["refused"] > 20


def test_published(shared_data, tmp_path):
    read = read_side(shared_data / "formats/qwen_math_eval", THEIRS, tmp_path)
    counted = {
        (side.label, benchmark): tuple(rows.select("n", "correct").sum().row(0))
        for side in read
        for (benchmark,), rows in side.scores.group_by("benchmark")
    }
    assert counted == {
        ("Qwen-2.5-3B-rlft", "amc23"): (40, 15),
        ("Qwen-2.5-3B-rlft", "minerva_math"): (272, 83),
        ("Qwen2.5-3B-Instruct", "amc23"): (40, 17),
        ("Qwen2.5-3B-Instruct", "minerva_math"): (272, 70),
    }


def test_published_graded_by_ours(shared_data, tmp_path):
    (path,) = (shared_data / "formats/qwen_math_eval").glob("amc23__Qwen2.5*")
    (side,) = read_side(path, Reading(), tmp_path)
    assert side.scores.select("correct", "correct_theirs").sum().row(0) == (17, 17)
    assert any("agree on all 40 responses" in remark for remark in side.remarks)
