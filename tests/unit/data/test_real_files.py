"""The benchmarks' own files, where they are at hand: rows, ids, answers, checksums."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import polars as pl
import pytest

from boundary.config.benchmarks import SHIPPED, read_registry
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.digests import file_digest
from boundary.tagged import decode

ENTRIES = read_registry(SHIPPED)
FILES = {
    "aime24": ("aime24.jsonl", 30, ["60", "61"], ["204", "113"]),
    "amc23": ("amc23.jsonl", 40, ["00", "01"], ["27", "36"]),
    "math500": (
        "math500.jsonl",
        500,
        ["000", "001"],
        ["\\left( 3, \\frac{\\pi}{2} \\right)", "p - q"],
    ),
    "gsm8k": ("gsm8k.jsonl", 1319, ["0000", "0001"], ["18", "3"]),
    "minerva_math": ("minerva_math.jsonl", 272, ["000", "001"], ["1.6", "4.5 \\times 10^{33}"]),
    "olympiadbench": ("olympiadbench.jsonl", 675, ["1606", "1610"], ["2", "\\frac{1}{2 n+2}"]),
    "humaneval_plus": ("HumanEvalPlus.jsonl.gz", 164, ["HumanEval/000", "HumanEval/001"], None),
    "mbpp_plus": ("MbppPlus.jsonl.gz", 378, ["Mbpp/002", "Mbpp/003"], None),
}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "benchmarks"


def load(folder: Path, name: str) -> tuple[pl.DataFrame, dict]:
    path = folder / FILES[name][0]
    return benchmark_problems(ProblemRequest(name, f"file:{path}", name))


@pytest.mark.parametrize("name", FILES)
def test_rows_ids_questions_and_answers(folder: Path, name: str) -> None:
    _, rows, ids, answers = FILES[name]
    frame, details = load(folder, name)
    assert details["rows"] == frame.height == rows == ENTRIES[name].rows
    assert frame["problem_id"].n_unique() == rows
    assert frame["problem_id"].head(2).to_list() == ids
    assert frame["question"].str.strip_chars().str.len_chars().min() > 0
    if answers is None:
        assert frame["answer"].null_count() == rows
        assert frame["kind"].unique().to_list() == ["code"]
    else:
        assert frame["answer"].head(2).to_list() == answers
        assert frame["answer"].str.len_chars().min() > 0
        assert frame["kind"].unique().to_list() == ["math"]


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_one_that_the_registry_pins(folder: Path, name: str) -> None:
    entry = ENTRIES[name]
    known = {file.sha256 for copy in (entry, *entry.copies) for file in copy.files}
    assert file_digest(folder / FILES[name][0]) in known
    assert load(folder, name)[1]["files"][0]["pinned"] is True


@pytest.mark.parametrize("name", ["aime24", "amc23", "gsm8k"])
def test_answers_are_whole_numbers(folder: Path, name: str) -> None:
    answers = load(folder, name)[0]["answer"]
    assert answers.str.contains(r"^-?[0-9]+$").all()


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name][3]])
def test_no_answer_has_wrappers_or_pythons_notation(folder: Path, name: str) -> None:
    answers = load(folder, name)[0]["answer"]
    assert not answers.str.contains(r"(^|[^\\])\$|\\boxed|np\.|^[-0-9.]+e[-0-9]+$").any()
    assert not answers.str.contains(r"(^|[^\\])%").any()


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@pytest.mark.parametrize(
    ("name", "cases", "base"), [("humaneval_plus", 124_253, 1570), ("mbpp_plus", 41_015, 1174)]
)
def test_cases_of_programs(folder: Path, name: str, cases: int, base: int) -> None:
    tests = [json.loads(text) for text in load(folder, name)[0]["tests"]]
    assert sum(len(test["cases"]) for test in tests) == cases
    assert sum(test["base"] for test in tests) == base
    for test in tests:
        program = ast.parse(test["reference"]["program"])  # which runs nothing of it
        functions = {item.name for item in program.body if isinstance(item, ast.FunctionDef)}
        assert test["entry_point"] in functions
        assert "expected" not in test["cases"][0]


def test_arguments_of_mbpp_come_back_as_python_has_them(folder: Path) -> None:
    frame, _ = load(folder, "mbpp_plus")
    tests = dict(zip(frame["problem_id"], map(json.loads, frame["tests"]), strict=True))

    def first(task: str) -> list:
        return [decode(arg) for arg in tests[task]["cases"][0]["args"]]

    assert first("Mbpp/002") == [(3, 4, 5, 6), (5, 7, 4, 10)]
    assert first("Mbpp/124") == [0.0, 1j]
    assert first("Mbpp/580") == [(4, 5, (7, 6, (2, 4)), 6, 8)]
    assert list(first("Mbpp/722")[0]) == [
        "Cierra Vega",
        "Alden Cantrell",
        "Kierra Gentry",
        "Pierre Cox",
    ]
    assert tests["Mbpp/404"]["compare"]["rule"] == "equal"
    assert tests["Mbpp/002"]["compare"]["rule"] == "set"
