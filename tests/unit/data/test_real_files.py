"""The benchmarks' own files, where they are at hand, and hand-made ones of their formats."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from benchmark_files import benchmark_file, load
from boundary.config.benchmarks import SHIPPED, read_registry
from boundary.digests import file_digest
from boundary.tagged import decode
from harness import HAND_MADE

ENTRIES = read_registry(SHIPPED)
FILES = {
    "aime24": (30, ["60", "61"], ["204", "113"]),
    "amc23": (40, ["00", "01"], ["27", "36"]),
    "math500": (
        500,
        ["000", "001"],
        ["\\left( 3, \\frac{\\pi}{2} \\right)", "p - q"],
    ),
    "gsm8k": (1319, ["0000", "0001"], ["18", "3"]),
    "minerva_math": (272, ["000", "001"], ["1.6", "4.5 \\times 10^{33}"]),
    "olympiadbench": (675, ["1606", "1610"], ["2", "\\frac{1}{2 n+2}"]),
    "humaneval_plus": (164, ["HumanEval/000", "HumanEval/001"], None),
    "mbpp_plus": (378, ["Mbpp/002", "Mbpp/003"], None),
}
#: The same of the hand-made files.
INVENTED = {
    "aime24": (3, ["03", "04"], ["7", "125"]),
    "amc23": (2, ["00", "01"], ["45", "-4"]),
    "math500": (2, ["000", "001"], ["\\left( \\frac{\\pi}{2}, \\pi \\right)", "u - v"]),
    "gsm8k": (3, ["0000", "0001"], ["1313", "5"]),
    "minerva_math": (2, ["000", "001"], ["3.6", "7.5 \\times 10^{32}"]),
    "olympiadbench": (3, ["0021", "0408"], ["6", "\\frac{1}{2 n+1}"]),
    "humaneval_plus": (4, ["HumanEval/008", "HumanEval/032"], None),
    "mbpp_plus": (11, ["Mbpp/002", "Mbpp/007"], None),
}


@pytest.mark.parametrize("name", FILES)
def test_rows_ids_questions_and_answers(data: Path, name: str) -> None:
    rows, ids, answers = INVENTED[name] if data == HAND_MADE else FILES[name]
    frame, details = load(data, name)
    assert details["rows"] == frame.height == rows
    assert data == HAND_MADE or rows == ENTRIES[name].rows
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
def test_the_file_is_one_that_the_registry_pins_or_is_told_to_be_none(
    data: Path, name: str
) -> None:
    entry = ENTRIES[name]
    known = {file.sha256 for copy in (entry, *entry.copies) for file in copy.files}
    assert (file_digest(benchmark_file(data, name)) in known) is (data != HAND_MADE)
    assert load(data, name)[1]["files"][0]["pinned"] is (data != HAND_MADE)


@pytest.mark.parametrize("name", ["aime24", "amc23", "gsm8k"])
def test_answers_are_whole_numbers(data: Path, name: str) -> None:
    answers = load(data, name)[0]["answer"]
    assert answers.str.contains(r"^-?[0-9]+$").all()


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name][2]])
def test_no_answer_has_wrappers_or_pythons_notation(data: Path, name: str) -> None:
    answers = load(data, name)[0]["answer"]
    assert not answers.str.contains(r"(^|[^\\])\$|\\boxed|np\.|^[-0-9.]+e[-0-9]+$").any()
    assert not answers.str.contains(r"(^|[^\\])%").any()


#: Cases in all and those of the benchmark before its additions: real, and hand-made.
CASES = {
    "humaneval_plus": ((124_253, 1570), (24, 9)),
    "mbpp_plus": ((41_015, 1174), (47, 20)),
}


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@pytest.mark.parametrize("name", CASES)
def test_cases_of_programs(data: Path, name: str) -> None:
    tests = [json.loads(text) for text in load(data, name)[0]["tests"]]
    counted = sum(len(test["cases"]) for test in tests), sum(test["base"] for test in tests)
    assert counted == CASES[name][data == HAND_MADE]
    for test in tests:
        program = ast.parse(test["reference"]["program"])  # which runs nothing of it
        functions = {item.name for item in program.body if isinstance(item, ast.FunctionDef)}
        assert test["entry_point"] in functions
        assert "expected" not in test["cases"][0]


#: First arguments as Python has them: real, and hand-made.
ARGUMENTS = {
    "Mbpp/002": ([(3, 4, 5, 6), (5, 7, 4, 10)], [(1, 2, 3), (3, 2, 8)]),
    "Mbpp/124": ([0.0, 1j], [0.5, 2j]),
    "Mbpp/580": ([(4, 5, (7, 6, (2, 4)), 6, 8)], [(1, 2, (3, (4,)))]),
}


def test_arguments_of_mbpp_come_back_as_python_has_them(data: Path) -> None:
    frame, _ = load(data, "mbpp_plus")
    tests = dict(zip(frame["problem_id"], map(json.loads, frame["tests"]), strict=True))

    def first(task: str) -> list:
        return [decode(arg) for arg in tests[task]["cases"][0]["args"]]

    for task, arguments in ARGUMENTS.items():
        assert repr(first(task)) == repr(arguments[data == HAND_MADE])
    people = first("Mbpp/722")[0]
    if data == HAND_MADE:
        assert people == {"Ann Example": (6.5, 70), "Bob Example": (5.5, 80)}
    else:
        assert list(people) == ["Cierra Vega", "Alden Cantrell", "Kierra Gentry", "Pierre Cox"]
    assert tests["Mbpp/404"]["compare"]["rule"] == "equal"
    assert tests["Mbpp/002"]["compare"]["rule"] == "set"
