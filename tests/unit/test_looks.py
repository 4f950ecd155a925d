"""The record of looks: what enters it, and what a crash, an edit or two runs do to it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from boundary.errors import InputError, StorageError
from boundary.looks import Look, read_looks, record_looks

LOOK = Look("c", "b", "base-1/b-1/p-1", "rl-1/b-1/p-1", "aaa", 64, "undetermined", None)
RAISED = replace(LOOK, n=128, verdict="crossover")


def test_a_look_enters_once_until_another_follows(tmp_path: Path) -> None:
    path = tmp_path / "s/looks.jsonl"
    for look in (LOOK, LOOK, RAISED, RAISED, LOOK):
        record_looks(path, [look, replace(look, comparison="d")])
    assert [look for look in read_looks(path) if look.comparison == "c"] == [LOOK, RAISED, LOOK]
    assert path.read_text() == "".join(
        json.dumps(asdict(replace(look, comparison=name))) + "\n"
        for look in (LOOK, RAISED, LOOK)
        for name in "cd"
    )


@pytest.mark.parametrize("change", [{"graders": "bbb"}, {"base": "base-2/b-1/p-1"}, {"plan": "n"}])
def test_other_graders_files_and_plans_are_other_looks(
    change: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "looks.jsonl"
    for look in (LOOK, replace(LOOK, **change)):
        record_looks(path, [look])
    assert len(read_looks(path)) == 2


def test_a_record_that_is_gone_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    assert read_looks(path) == []
    record_looks(path, [LOOK])
    path.unlink()
    record_looks(path, [RAISED])
    assert read_looks(path) == [RAISED]


def test_a_line_that_was_cut_short_goes(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    record_looks(path, [LOOK])
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"comparison": "c", "ben')
    assert read_looks(path) == [LOOK]
    record_looks(path, [LOOK])
    assert path.read_bytes() == whole


@pytest.mark.parametrize("line", ["no", "{}", '{"n": 64}', "[]", '"x"', "\\u0000"])
def test_a_line_of_others_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    record_looks(path, [LOOK])
    path.write_text(path.read_text() + line + "\n")
    for act in (lambda: read_looks(path), lambda: record_looks(path, [RAISED])):
        with pytest.raises(InputError, match=r"looks\.jsonl: line 2 is no look"):
            act()


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    for act in (read_looks, lambda path: record_looks(path, [LOOK])):
        with pytest.raises(StorageError, match="cannot be"):
            act(tmp_path)


def test_runs_at_once_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "looks.jsonl"
    looks = [replace(LOOK, comparison=f"c{i}") for i in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda look: record_looks(path, [look]), looks * 2))
    assert sorted(read_looks(path), key=lambda look: int(look.comparison[1:])) == looks
