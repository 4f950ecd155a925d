"""Problems given beside responses: which is which, by text, id or function."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from benchmark_files import benchmark_file, load
from boundary.errors import InputError, MachineError
from boundary.importers.given import given_problems
from boundary.importers.identified import Identified
from boundary.importers.problems import write_problems
from boundary.importers.record import Request, Tally
from boundary.importers.responses.read import read
from boundary.importers.sides import Reading
from boundary.importers.source import Source
from harness import HAND_MADE, without_sandbox

QUESTIONS = ("What is two and three, taken together?", "How many legs has a spider in all?", "Who?")


@pytest.fixture
def given(tmp_path: Path) -> Reading:
    table = pl.DataFrame(
        {
            "benchmark": "sums",
            "problem_id": ["000", "001", "002"],
            "question": list(QUESTIONS),
            "answer": ["5", "8", "12"],
            "kind": "math",
            "tests": None,
            "metadata": ['{"unique_id": "a/b"}', None, None],
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    path = tmp_path / "problems.parquet"
    write_problems(table, path)
    return Reading(problems=path)


def answers(column, values, response="it is \\boxed{5}"):
    return [{column: value, "response": response} for value in values]


def rows(side):
    return side.scores.sort("problem_id").select("problem_id", "n", "correct").rows()


@pytest.mark.parametrize("ids", [[0, 1], ["000", "001"], ["a/b", "1"]])
def test_by_id(side, given, ids):
    (one,) = side(answers("id", ids * 2), reading=given)
    assert rows(one) == [("000", 2, 2), ("001", 2, 0)]
    assert one.judged_by == {"sums": "ours"}
    assert any(remark.endswith("problems.parquet: 2 by their id") for remark in one.remarks)
    assert any(remark.startswith("1 problems of") for remark in one.remarks)
    assert one.problems.rows() == [
        ("sums", "000", QUESTIONS[0], "5"),
        ("sums", "001", QUESTIONS[1], "8"),
    ]


def test_by_text_whatever_the_ids_are(side, given):
    asked = answers("prompt", [QUESTIONS[1], QUESTIONS[0]])
    (one,) = side([each | {"id": i} for i, each in enumerate(asked)], reading=given)
    assert rows(one) == [("000", 1, 1), ("001", 1, 0)]
    (one,) = side(asked, "bare.jsonl", reading=given)
    assert rows(one) == [("000", 1, 1), ("001", 1, 0)]


def test_a_template_around_the_question_is_no_other_question(side, given):
    prompt = f"<|im_start|>user\n{QUESTIONS[0]} Think.<|im_end|>"
    (one,) = side([{"id": 0, "prompt": prompt, "response": "\\boxed{5}"}], reading=given)
    assert rows(one) == [("000", 1, 1)]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (answers("id", [0, 7]), r"line 2: problem 7 is none of the 3 problems .*\(such as 000\)"),
        (answers("prompt", ["Why?"]), "line 1: problem .* is none of the 3"),
        ([{"id": 0, "prompt": "Why is the sky blue at noon?", "response": ""}],
         "line 1: problem 0 asks something else than problem 000 of"),
        (answers("id", ["0", "000"]), "line 2: problem 000 is 000 of .*, and so is problem 0"),
        ([{"id": 0, "benchmark": name, "response": ""} for name in "ab"], r"several benchmarks"),
    ],
)  # fmt: skip
def test_other_problems(side, given, lines, message):
    with pytest.raises(InputError, match=message):
        side(lines, reading=given)


def test_no_such_file(side, tmp_path):
    with pytest.raises(InputError, match=r"--problems .*none.parquet: no such file"):
        side(answers("id", [0]), reading=Reading(problems=tmp_path / "none.parquet"))


def test_what_a_file_is_of(shared_data):
    for name, file in {"humaneval_plus": None, "math500": "math500", "amc23": "amc23"}.items():
        path = benchmark_file(shared_data, file or name)
        assert given_problems(path, None, None)["benchmark"].unique().to_list() == [name]


def test_plain_rows_are_problems_of_a_kind(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"problem_id": "p", "question": "Who?", "answer": "Ada"}\n')
    table = given_problems(path, None, "text")
    assert table.select("benchmark", "kind", "answer").rows() == [("mine", "text", "Ada")]


def programs(tmp_path: Path) -> Path:
    path = tmp_path / "programs.parquet"
    write_problems(load(HAND_MADE, "humaneval_plus")[0], path)
    return path


BODIES = {
    "HumanEval/202": [
        "    return {c: text.lower().count(c) for c in text.lower() if c.isalpha()}\n",
        "    return {c: text.count(c) for c in text if c.isalpha()}\n",
    ]
}


def test_programs_are_run(side, tmp_path):
    """A continuation of the prompt, of EvalPlus by id, and of any tool by function."""
    reading = Reading(problems=programs(tmp_path))
    samples = [{"task_id": task, "completion": text} for task in BODIES for text in BODIES[task]]
    shortened = 'def letters(text: str):\n    """Count the letters of a text, without case."""\n'
    asked = [{"prompt": shortened, "samples": BODIES["HumanEval/202"]}]
    for lines, how in ((samples, "their id"), (asked, "the function that they ask for")):
        try:
            (one,) = side(lines, reading=reading)
        except MachineError as error:
            without_sandbox(error)
        assert rows(one) == [("HumanEval/202", 2, 1)]
        assert any(remark.endswith(f": 1 by {how}") for remark in one.remarks)


def test_published_raw_samples(shared_data):
    """Prompts lack the examples of the benchmark's and have no id; two pairs share a signature."""
    path = shared_data / "formats/codet/HumanEval_codegen16B_temp0.8_num100.jsonl"
    problems = benchmark_file(shared_data, "humaneval_plus")
    batches = Identified(problems, given_problems(problems, None, None), tally := Tally()).batches(
        read([Source(path)], Request(), Tally())
    )
    rows = pl.concat([batch.rows for batch in batches], how="diagonal")
    assert rows["problem_id"].value_counts()["count"].to_list() == [100] * 164
    assert tally.remarks() == (
        f"problems are those of {problems}: 160 by the function that they ask for, 4 by their text",
    )
    named = dict(rows.select("line", "problem_id").unique().iter_rows())
    twins = {40: "133", 50: "142", 117: "056", 123: "061"}
    assert {line: named[line] for line in twins} == {
        line: f"HumanEval/{number}" for line, number in twins.items()
    }
