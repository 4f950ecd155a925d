"""Mutants of files: a careless reader does not survive them, a careful one does."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from boundary.comparison.side import Side
from boundary.errors import InputError
from file_mutants import EACH, mutants, survive, zipped

ROWS = [{"id": name, "right": right} for name in "abcd" for right in (0, 1, 1)]
LINES = "\n".join(map(json.dumps, ROWS)).encode()


def side(path: Path, careful: bool) -> Side:
    counts: dict[str, list[int]] = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            row = json.loads(line)
            right = row["right"]
            if careful and type(right) is not int:
                raise TypeError
            counts.setdefault(row["id"], []).append(int(right))
        except (ValueError, TypeError, KeyError):
            if careful:
                raise InputError(f"{path}: line {number} is none") from None
    rows = [("m", "b", str(name), len(each), sum(each)) for name, each in counts.items()]
    scores = pl.DataFrame(
        rows, schema=["model", "benchmark", "problem_id", "n", "correct"], orient="row"
    )
    return Side(path, "lines", "", "m", scores, {"b": "theirs"})


def test_a_careful_reader_survives(tmp_path: Path) -> None:
    ends = survive(lambda path: [side(path, True)], {"rows.jsonl": LINES}, tmp_path, 1)
    assert ends.total() == 3 * EACH
    assert ends["refused"] > EACH


def test_a_traceback_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"rows.jsonl: .*: ZeroDivisionError"):
        survive(
            lambda path: [side(path, True)] if path.parent.name == "whole" else [1 // 0],
            {"rows.jsonl": LINES},
            tmp_path,
            1,
        )


def test_a_verdict_that_is_gone_must_not_pass_for_wrong(tmp_path: Path) -> None:
    def careless(path: Path) -> list[Side]:
        text = path.read_bytes().replace(b'{"id": "d"}', b'{"id": "d", "right": 0}')
        path.write_bytes(text)
        return [side(path, True)]

    with pytest.raises(AssertionError, match="'right' is gone"):
        for seed in range(20):
            survive(careless, {"rows.jsonl": LINES}, tmp_path / str(seed), seed)


def test_mutants_are_the_same_for_a_seed() -> None:
    files = {"a.csv": b"model,n\nm,1\n", "b.zip": zipped({"c.json": b'{"k": [1, {"l": "x"}]}'})}
    first, again = (
        [(one.kind, one.about, one.files) for one in mutants(files, 3)] for _ in range(2)
    )
    assert first == again
    assert {kind for kind, _, _ in first} == {"cut", "deleted", "retyped"}
    assert all(changed != files for _, _, changed in first if changed)
