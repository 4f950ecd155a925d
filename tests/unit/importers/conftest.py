"""Read a file as a side of a comparison."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from boundary.comparison.side import Side
from boundary.importers.sides import Reading, read_side


def json_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def side(tmp_path: Path) -> Callable[..., list[Side]]:
    """Return a function from text, bytes or rows of JSON to the sides of a file with them."""
    number = itertools.count()

    def read(content: Any, name: str = "base.jsonl", **options: Any) -> list[Side]:
        path = tmp_path / name
        reading = options.pop("reading", None) or Reading()
        if isinstance(content, list):
            content = json_lines(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_side(path, reading, tmp_path / f"work{next(number)}", **options)

    return read


@pytest.fixture
def sides(tmp_path: Path) -> Callable[..., list[Side]]:
    """Return a function from files by name to the sides of a folder with them."""
    number = itertools.count()

    def read(files: Mapping[str, bytes], reading: Reading | None = None) -> list[Side]:
        place = tmp_path / str(next(number))
        for name, content in files.items():
            path = place / "run" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return read_side(place / "run", reading or Reading(trust="theirs"), place / "work")

    return read
