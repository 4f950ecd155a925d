"""Problems under a benchmark's name are held against what the registry knows of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study
from boundary.config.benchmarks import registry
from boundary.config.labels import Label, check_label, known_ids, plain_id
from boundary.config.published import label_notes
from boundary.data.adapters import ADAPTERS
from boundary.errors import InputError
from harness import ROOT

Raw = dict[str, Any]
Edit = Callable[[Raw], Raw]
Problems = Callable[[Raw], list[str]]
REAL = ROOT.parent / "shared/data"
FIVE_HUNDRED = [str(i) for i in range(500)]


def test_counts_of_something_else_are_not_those_of_a_benchmark() -> None:
    assert check_label("math500", [f"q{i}" for i in range(1060)]) == Label(
        fault="1,060 problems, and math500 has 500 (config/benchmarks.yaml)"
    )


def test_the_whole_benchmark_is_in_order_with_or_without_zeros() -> None:
    assert check_label("math500", FIVE_HUNDRED) == Label()
    assert check_label("math500", [*FIVE_HUNDRED, *FIVE_HUNDRED]) == Label()
    assert check_label("math500", [f"{i:03}" for i in range(500)]) == Label()
    assert check_label("humaneval_plus", [f"HumanEval/{i}" for i in range(164)]) == Label()
    assert check_label("aime24", [f"any {i}" for i in range(30)]) == Label()


def test_fewer_problems_and_other_ids_are_told() -> None:
    found = check_label("math500", ["a", "7", "8"])
    assert found.fault is None
    assert found.fewer == "3 of the 500 problems that math500 has (config/benchmarks.yaml)"
    assert found.note == (
        "1 of 3 problems have other ids than math500 in config/benchmarks.yaml, such as 'a', so "
        "that which they are was not checked"
    )


@pytest.mark.parametrize(("name", "like"), [("MATH-500", " (it has 'math500')"), ("chess", "")])
def test_an_unknown_benchmark_is_noted(name: str, like: str) -> None:
    assert check_label(name, ["1"]) == Label(
        note=f"config/benchmarks.yaml has no benchmark {name!r}{like}, so its problems were not "
        f"checked"
    )


def test_an_entry_of_another_name() -> None:
    assert check_label("mine", FIVE_HUNDRED, "math500") == Label()
    assert check_label("mine", FIVE_HUNDRED, "aime24").fault
    with pytest.raises(InputError, match="'none' is no entry"):
        check_label("mine", FIVE_HUNDRED, "none")


@pytest.mark.skipif(not (REAL / "benchmarks").is_dir(), reason="the benchmarks are not here")
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gsm8k", "gsm8k.jsonl"),
        ("math500", "math500.jsonl"),
        ("minerva_math", "minerva_math.jsonl"),
        ("humaneval_plus", "HumanEvalPlus.jsonl.gz"),
    ],
)
def test_known_ids_are_those_that_the_adapter_makes(name: str, file: str) -> None:
    content = (REAL / "benchmarks" / file).read_bytes()
    lines = (gzip.decompress(content) if file.endswith("gz") else content).splitlines()
    made = [
        ADAPTERS[registry()[name].adapter](json.loads(line), i)["problem_id"]
        for i, line in enumerate(lines)
    ]
    assert known_ids(registry()[name]) == made


def test_ids_that_stand_in_the_data_alone() -> None:
    assert [known_ids(registry()[name]) for name in ("mbpp_plus", "aime24")] == [[], []]
    assert plain_id("HumanEval/003") == plain_id("HumanEval/3") == "HumanEval/3"


# --- in a study -----------------------------------------------------------------


@pytest.fixture
def counts_of(raw: Raw) -> Callable[..., Raw]:
    """Return a function that gives both models of a study counts of so many problems."""

    def study(benchmark: str, problems: int, **entry: Any) -> Raw:
        rows = [f"{m},{i},8,{i % 3}" for m in ("a", "b") for i in range(problems)]
        Path("c.csv").write_text("\n".join(["model,id,n,c", *rows]))
        raw.clear()
        raw.update(
            study="s",
            models={
                name: {"source": "counts:c.csv", "role": role}
                for name, role in (("a", "base"), ("b", "rl"))
            },
            benchmarks={benchmark: entry},
            comparisons=[{"base": "a", "other": "b", "benchmarks": [benchmark]}],
        )
        return raw

    return study


def test_a_study_with_too_many_problems(counts_of: Callable[..., Raw], problems: Problems) -> None:
    assert problems(counts_of("math500", 1060)) == [
        f"benchmarks.math500: the counts of {name!r} in c.csv are of 1,060 problems, and math500 "
        "has 500 (config/benchmarks.yaml). They are of something else: name the benchmark "
        "otherwise, here and where it is compared."
        for name in ("a", "b")
    ]


def test_a_study_with_too_few(counts_of: Callable[..., Raw], problems: Problems) -> None:
    assert problems(counts_of("gsm8k", 30))[0] == (
        "benchmarks.gsm8k: the counts of 'a' in c.csv are of 30 of the 1,319 problems that gsm8k "
        "has (config/benchmarks.yaml). Where that is meant, write 'limit: 30' under "
        "benchmarks.gsm8k, or name the benchmark otherwise, here and where it is compared."
    )
    assert problems(counts_of("gsm8k", 30, limit=31))[0].startswith("benchmarks.gsm8k: the counts")
    parse_study(counts_of("gsm8k", 30, limit=30), "s.yaml")
    parse_study(counts_of("gsm8k", 1319, limit=30), "s.yaml")


def test_a_study_of_what_the_registry_knows_or_not(
    counts_of: Callable[..., Raw], problems: Problems
) -> None:
    assert label_notes(parse_study(counts_of("math500", 500), "s.yaml")) == []
    assert label_notes(parse_study(counts_of("mine", 9), "s.yaml")) == [
        "benchmarks.mine: config/benchmarks.yaml has no benchmark 'mine', so its problems were not "
        "checked"
    ]
    assert "aime24 has 30" in problems(counts_of("mine", 31, registry="aime24"))[0]
    (line,) = problems(counts_of("mine", 31, registry="aime"))
    assert line.startswith("benchmarks.mine.registry: 'aime' is no entry")


def test_counts_beside_samples_name_problems_as_these(
    counts_of: Callable[..., Raw], edit: Edit, problems: Problems
) -> None:
    counts_of("math500", 500)
    sampled = {
        "models.b": {"source": "hf:a/b", "revision": None, "unverified": True, "role": "rl"},
        "protocols": {
            "p": {
                **{"engine": "vllm", "prompt": "raw"},
                **{"n": 8, "max_tokens": 9, "samples_per_shard": 8},
            }
        },
        "comparisons.0.protocol": "p",
    }
    assert problems(edit(sampled)) == [
        "comparisons[0]: 100 of 500 problems in the counts of 'a' on 'math500' have other ids than "
        "those of the samples, such as '0', and would be left out. Name them '000' to '499', in "
        "the order of the benchmark."
    ]
    padded = "".join(f"a,{i:03},8,1\n" for i in range(500))
    Path("c.csv").write_text("model,id,n,c\n" + padded)
    parse_study(edit({}), "s.yaml")
