"""What a study says of responses that another tool made, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.imports import graded_by_benchmark, import_source
from imported_files import rows, study, write

Raw = dict[str, Any]
Problems = Callable[[Raw], list[str]]


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Raw:
    """Return a study of two files, in a folder that holds them."""
    monkeypatch.chdir(tmp_path)
    for name in ("base", "rl"):
        write(Path(f"{name}.jsonl"), rows(name))
    Path("counts.csv").write_text("problem,n,correct\np0,4,1\n", encoding="utf-8")
    return study(base={"source": "import:base.jsonl"}, rl={"source": "import:rl.jsonl"})


def test_nothing_of_sampling_is_asked_for(two: Raw) -> None:
    read = parse_study(two, "study.yaml")
    assert read.comparisons[0].protocol == "imported"
    assert read.protocols["imported"].max_tokens is None


def test_beside_counts_the_protocol_is_that_of_counts(two: Raw) -> None:
    two["models"]["base"]["source"] = "counts:counts.csv"
    assert parse_study(two, "study.yaml").comparisons[0].protocol == "published"


def test_what_is_stated_of_a_source(two: Raw) -> None:
    two["models"]["rl"] |= {"citation": "c", "settings": {"temperature": 0.6}, "caution": "d"}
    assert parse_study(two, "study.yaml").models["rl"].caution == "d"


WRONG = {
    "no such file": (
        {"source": "import:none.jsonl"},
        "models.rl.source: none.jsonl: no such file or folder; paths are relative to the working "
        "folder.",
    ),
    "no such file, that is cited": (
        {"source": "import:none.jsonl", "reading": {"trust": "theirs"}, "citation": "A, b.org."},
        "models.rl.source: none.jsonl: no such file or folder; paths are relative to the working "
        "folder. It cites: A, b.org.",
    ),
    "of no form": (
        {"source": "import:note.txt"},
        "models.rl.source: note.txt: is text, and of no form that is read here; there are bigcode ",
    ),
    "no such form": (
        {"reading": {"format": "spss"}},
        "models.rl.source: reading.format spss: there is no such importer; there are bigcode ",
    ),
    "no such field": (
        {"reading": {"fields": {"colour": "red"}}},
        "models.rl.source: reading.fields colour: files of the form responses, such as rl.jsonl, "
        "have no such field; there are: ",
    ),
    "no such benchmark": (
        {"reading": {"benchmarks": {"sum": "s"}}},
        "models.rl.reading.benchmarks: no benchmark is called 'sum'; there are: sums. Did you "
        "mean 'sums'?",
    ),
    "read as": ({"reading": {"trust": "mine"}}, "models.rl.reading.trust: input should be 'ours'"),
    "nothing named": ({"source": "import:"}, "models.rl.source: 'import:' names nothing after"),
    "a brace": ({"source": "import:{rl}.jsonl"}, "models.rl.source: Snakemake takes no path with"),
    "a revision": (
        {"revision": "a" * 40},
        "models.rl.revision: only goes with hf:, file: and pypi: sources.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_imported(case: str, two: Raw, problems: Problems) -> None:
    change, message = WRONG[case]
    Path("note.txt").write_text("Nothing.\n", encoding="utf-8")
    two["models"]["rl"] |= change
    (line,) = problems(two)
    assert line.startswith(message)


def test_how_files_are_read_is_said_of_files_alone(two: Raw, problems: Problems) -> None:
    two["models"]["rl"] = {"source": "counts:counts.csv", "role": "rl", "reading": {}}
    assert problems(two) == ["models.rl.reading: only goes with import: sources."]


def test_what_is_graded_needs_a_kind(two: Raw, problems: Problems) -> None:
    two["benchmarks"]["sums"] = {}
    lines = problems(two)
    assert [line.partition(":")[0] for line in lines] == ["benchmarks.sums.kind"] * 2
    assert "the responses of 'base' are graded" in lines[0]
    for model in two["models"].values():
        model["reading"] = {"trust": "theirs"}
    parse_study(two, "study.yaml")


def test_counts_need_no_kind(two: Raw) -> None:
    two["benchmarks"]["sums"] = {}
    for model in two["models"].values():
        model["source"] = "import:counts.csv"
    parse_study(two, "study.yaml")


def test_whose_problems_grade(two: Raw) -> None:
    assert not graded_by_benchmark(two, "rl", "sums")
    two["models"]["rl"]["reading"] = {"problems": "benchmark"}
    assert graded_by_benchmark(two, "rl", "sums")
    assert not graded_by_benchmark(two, "base", "sums")
    two["benchmarks"]["sums"]["source"] = "file:sums.jsonl"
    assert graded_by_benchmark(two, "base", "sums")
    two["models"]["base"]["reading"] = {"problems": "file"}
    assert not graded_by_benchmark(two, "base", "sums")


def test_the_benchmarks_own_problems_must_be_had(two: Raw, problems: Problems) -> None:
    two["models"]["rl"]["reading"] = {"problems": "benchmark"}
    (line,) = problems(two)
    assert line.startswith("benchmarks.sums.source: missing, its problems are needed")


def test_a_model_that_is_sampled_grades_both_by_its_problems(two: Raw) -> None:
    two["models"]["drawn"] = {"source": "lab:pre", "role": "base"}
    two["comparisons"].append(
        {"base": "drawn", "other": "rl", "benchmarks": ["sums"], "protocol": "t1"}
    )
    assert graded_by_benchmark(two, "rl", "sums")


def test_nothing_scores_imported_responses(two: Raw, problems: Problems) -> None:
    two["analyses"] = {
        "likelihood": {"models": ["rl"], "benchmarks": ["sums"], "protocol": "imported"}
    }
    assert any("the responses of 'rl' are imported" in line for line in problems(two))


def test_a_path_may_hold_the_mark(two: Raw) -> None:
    assert import_source("import:rl.jsonl#a#b") == ("rl.jsonl", "a#b")
    Path("rl.jsonl").rename("rl#1.jsonl")
    assert import_source("import:rl#1.jsonl") == ("rl#1.jsonl", None)
    assert import_source("import:rl#1.jsonl#qwen") == ("rl#1.jsonl", "qwen")
