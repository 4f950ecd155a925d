"""A verifier of the user's: what a study must say of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"kind": "custom"}, "verifier: missing; kind: custom is judged by a 'file:PATH.py' of"),
        ({"verifier": "file:x.py"}, "verifier: only goes with kind: custom."),
        ({"kind": "math", "verifier": "file:x.py"}, "verifier: only goes with kind: custom."),
        (
            {"kind": "custom", "verifier": "file:none.py"},
            "verifier: none.py: no such verifier; paths are relative to the working directory.",
        ),
        ({"kind": "custom", "verifier": "x.py"}, "verifier: verifier 'x.py': should be 'file:"),
        ({"kind": "custom", "verifier": 3}, "verifier: input should be a valid string (found 3)"),
        ({"kind": "lab"}, "kind: input should be 'choice', 'code', 'custom', 'math' or 'text'"),
    ],
)
def test_what_is_wrong_is_told(entry: Raw, expected: str, edit: Edit, problems: Problems) -> None:
    edits = {f"benchmarks.short.{key}": value for key, value in entry.items()}
    lines = problems(edit(edits))
    assert [line for line in lines if line.startswith(f"benchmarks.short.{expected}")], lines


def test_a_file_that_is_there_is_in_order(tmp_path: Path, edit: Edit) -> None:
    path = tmp_path / "mine.py"
    path.touch()
    edits = {"benchmarks.short.kind": "custom", "benchmarks.short.verifier": f"file:{path}"}
    study = parse_study(edit(edits), "study.yaml")
    assert study.benchmarks["short"].verifier == f"file:{path}"
