"""Which importer takes which file: of all forms each its own, and no other."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from boundary.importers.head import head_of
from boundary.importers.registry import choose, importers
from boundary.importers.source import Source, sources_of
from importer_files import EXAMPLES, lines

#: Folders of real files, and what reads their files where it is not of the folder's name;
#: None where no form fits.
REAL = {
    "evalplus": "evalplus",
    "evalscope": "evalscope",
    "human_eval": "evalplus",
    "inspect": "inspect",
    "livecodebench": "livecodebench",
    "lm_eval": "lm_eval",
    "nemo_skills": "nemo_skills",
    "qwen_math_eval": "qwen_math",
    "reasoning_gym": "reasoning_gym",
    "terminal_bench": "terminal_bench",
}
#: Ungraded, with keys of no tool's own.
OTHERWISE = {"code-output.jsonl": "responses"}


def claims(source: Source) -> set[str]:
    """Return who takes a file before those that take what is left."""
    head = head_of(source)
    return {
        name
        for name, entry in importers().items()
        if not entry.fallback and entry.detect(head) is not None
    }


def test_every_importer_has_an_example() -> None:
    assert EXAMPLES.keys() == importers().keys()


@pytest.mark.parametrize("name", importers())
def test_a_file_is_taken_by_its_own_form_alone(name: str, tmp_path: Path) -> None:
    for file, content in EXAMPLES[name].items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    fallback = importers()[name].fallback
    for source in sources_of(tmp_path):
        assert claims(source) == (set() if fallback else {name}), source.where
        assert choose(source.path).importer.name == name
        packed = tmp_path / "packed" / f"{source.path.name}.gz"
        packed.parent.mkdir(exist_ok=True)
        packed.write_bytes(gzip.compress(source.path.read_bytes()))
        if name not in ("inspect", "matrix"):  # which are not read when packed again
            assert claims(Source(packed)) == (set() if fallback else {name}), source.where


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("output.jsonl", {"id": 1, "response": "2", "passed": True}),
        ("output.jsonl", {"id": 1, "generation": "2", "correct": True}),
        ("x.jsonl", {"id": 1, "generation": "2", "expected_answer": "2", "is_correct": True}),
        ("x.jsonl", {"index": 1, "model_output": "2", "target": "2"}),
        ("x.jsonl", {"sample_id": 1, "id": 1, "prediction": "2", "response": "2", "gold": "2"}),
        ("0.jsonl", {"idx": 0, "origin_prompt": "?", "response": "2", "gold": "2"}),
    ],
)
def test_keys_that_many_tools_write_are_of_no_one_tool(
    name: str, row: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(lines([row]))
    assert claims(Source(tmp_path / name)) == set()
    assert choose(tmp_path / name).importer.name == "responses"


@pytest.mark.parametrize("folder", REAL)
def test_real_files(folder: str, shared_data: Path) -> None:
    for source in sources_of(shared_data / "formats" / folder):
        expected = OTHERWISE.get(source.name, REAL[folder])
        taken = claims(source)
        assert taken == ({expected} if expected != "responses" else set()), source.where
