"""MathVista and MATH-Vision: which rows are problems, and what their answers are."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from boundary.answers import canonical
from boundary.config.benchmarks import SHIPPED, read_registry
from boundary.data.adapters import adapter
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.data.problem import Problem
from boundary.data.rows import read_rows
from boundary.digests import file_digest
from boundary.errors import InputError
from pictures import picture

ENTRIES = read_registry(SHIPPED)
VISTA = {
    "pid": "7",
    "question": "What is the gap?",
    "image": "images/7.jpg",
    "choices": None,
    "unit": None,
    "precision": None,
    "answer": "11",
    "question_type": "free_form",
    "answer_type": "integer",
    "metadata": {"language": "english"},
    "query": "Hint: an integer.",
}
VISION = {
    "id": "4",
    "question": "How many?\n<image1>",
    "options": [],
    "answer": "6",
    "image": "images/4.jpg",
    "level": 1,
    "subject": "counting",
}


def vista(**change: object) -> Problem | None:
    return adapter("mathvista", "x")(VISTA | change, 0)


def vision(**change: object) -> Problem | None:
    return adapter("mathvision", "x")(VISION | change, 0)


def test_a_free_form_question_of_mathvista() -> None:
    problem = vista()
    assert problem is not None
    assert (problem["problem_id"], problem["question"]) == ("0007", "What is the gap?")
    assert (problem["answer"], problem["kind"]) == ("11", "math")
    assert "Hint" not in json.dumps(problem["metadata"])
    (shown,) = problem["pictures"]
    assert (shown.name, shown.true_name) == ("images/7.jpg", False)
    held = vista(decoded_image={"bytes": b"x", "path": "7.jpg"})
    assert held is not None
    assert held["pictures"][0].data == b"x"


@pytest.mark.parametrize(
    ("change", "question", "answer"),
    [
        ({"unit": "years"}, "What is the gap? (Unit: years)", "11"),
        (
            {"precision": 1.0, "answer": "1.2"},
            "What is the gap?\nRound the answer to 1 decimal place.",
            "1.2",
        ),
        (
            {"precision": 2, "answer": "0.50"},
            "What is the gap?\nRound the answer to 2 decimal places.",
            "0.50",
        ),
        ({"answer": "[2014, 2016]"}, "What is the gap?", "2014, 2016"),
        ({"answer": "[0, 2, 0, 6]"}, "What is the gap?", "[0, 2, 0, 6]"),
    ],
)
def test_units_precision_and_lists(change: dict[str, object], question: str, answer: str) -> None:
    problem = vista(**change)
    assert problem is not None
    assert (problem["question"], problem["answer"]) == (question, answer)
    named = {key: value for key, value in change.items() if key != "answer"}
    assert named.items() <= json.loads(problem["metadata"] or "").items()


def test_choices_are_no_problems() -> None:
    assert vista(question_type="multi_choice", choices=["1", "2"]) is None
    assert vision(options=["A", "B"], answer="A") is None
    assert vision(answer="C") is None
    assert vision(answer="(3,-4)") is not None
    with pytest.raises(InputError, match="is 'free_form' and has 'choices'"):
        vista(choices=["1"])
    with pytest.raises(InputError, match="has no image"):
        vision(image=None)


def test_a_table_says_how_many_rows_are_no_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from boundary.data import benchmark

    (tmp_path / "images").mkdir()
    (tmp_path / "images/4.jpg").write_bytes(picture("JPEG"))
    rows = [VISION, VISION | {"id": "59", "answer": "C"}, VISION | {"id": "6", "options": ["A"]}]
    path = tmp_path / "testmini.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    name = "mathvision_testmini"
    small = ENTRIES[name].model_copy(update={"rows": 1})
    monkeypatch.setattr(benchmark, "registry", lambda: {name: small})
    request = ProblemRequest(name, f"file:{path}", name, images=str(tmp_path))
    frame, details = benchmark_problems(request, tmp_path / "out")
    assert (frame["problem_id"].to_list(), details["left_out"]) == (["0004"], 2)


@pytest.fixture
def visual(data: Path) -> Callable[[str], Path]:
    """Give a data set's own file of rows, where it is at hand."""

    def find(name: str) -> Path:
        held = os.environ.get("BOUNDARY_VISUAL_DATA")
        path = (Path(held) if held else data / "visual") / name
        if not path.is_file():
            pytest.skip(f"{path} is not here")
        return path

    return find


@pytest.mark.parametrize(
    ("name", "file", "rows", "odd", "commonest"),
    [
        ("mathvista_testmini", "mathvista.json", 1000, ["0225"], ("2", 45)),
        ("mathvision_testmini", "mathvision.jsonl", 304, ["2955"], ("3", 16)),
    ],
)
def test_the_published_rows(
    visual: Callable[[str], Path],
    name: str,
    file: str,
    rows: int,
    odd: list[str],
    commonest: tuple[str, int],
) -> None:
    path, entry = visual(file), ENTRIES[name]
    pinned = {each.sha256 for copy in (entry, *entry.copies) for each in copy.files}
    assert file_digest(path) in pinned
    read = adapter(entry.adapter, name)
    all_rows = list(read_rows(path))
    problems = [one for i, row in enumerate(all_rows) if (one := read(row, i)) is not None]
    assert (len(all_rows), len(problems)) == (rows, entry.rows)
    golds = Counter(canonical(str(one["answer"])) for one in problems)
    assert golds.most_common(1)[0] == (canonical(commonest[0]), commonest[1])
    bracketed = [one["problem_id"] for one in problems if str(one["answer"])[0] in "[("]
    assert bracketed == odd
    frame = pl.DataFrame(
        [{k: v for k, v in one.items() if k != "pictures"} for one in problems],
        schema_overrides={"tests": pl.String},
    )
    assert frame["problem_id"].n_unique() == entry.rows
