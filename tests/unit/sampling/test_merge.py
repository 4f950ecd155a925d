"""The shard follows from its rows alone, whatever parts they came in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.errors import StorageError, TableError
from boundary.sampling import merge as module
from boundary.sampling.merge import merge
from boundary.store import read_provenance, read_table, write_table
from boundary.tables import SAMPLES

SAMPLES_EACH = 6
#: Unicode, spaces, what is a pattern or a path elsewhere, the empty name, a long one.
NAMES = ["a", "ä/0", "数学 7", "x[1]*", "../up", 'it\'s "quoted"\n', "", "Z" * 3000]
WANTED = dict.fromkeys(NAMES, SAMPLES_EACH)
BY = {"engine": "none"}


def row(problem: str, index: int, **more: Any) -> dict[str, Any]:
    """Return a sample whose response is as long as its index says."""
    return {
        "model": "m",
        "benchmark": "b",
        "protocol": "p",
        "problem_id": problem,
        "sample_index": index,
        "seed": 1,
        "response": f"{problem[:9]} {index} é</script>\x00 " * (1 + 7 * index),
        "n_tokens": index,
        "finish_reason": "stop",
        "logprob_sum": None if index == 2 else -0.5 * index,
        **more,
    }


ROWS = [row(name, index) for name in NAMES for index in range(40, 40 + SAMPLES_EACH)]


def write_parts(folder: Path, cuts: Sequence[Sequence[dict[str, Any]]]) -> list[Path]:
    """Write rows as parts."""
    types = {name: column.dtype.type for name, column in SAMPLES.schema.columns.items()}
    (folder / "parts").mkdir(parents=True)
    parts = []
    for i, rows in enumerate(cuts):
        parts.append(folder / "parts" / f"{i:05d}.parquet")
        schema = {name: kind for name, kind in types.items() if name in rows[0]}
        pl.DataFrame(rows, schema=schema).write_parquet(parts[-1])
    return parts


def shuffled(rows: Sequence[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    return random.Random(seed).sample(rows, len(rows))


def sliced(rows: Sequence[dict[str, Any]], size: int) -> list[Sequence[dict[str, Any]]]:
    return [rows[i : i + size] for i in range(0, len(rows), size)]


CUTS = {
    "one part": [ROWS],
    "one part, shuffled": [shuffled(ROWS, 0)],
    "by problem": sliced(ROWS, SAMPLES_EACH),
    "by sample": [ROWS[i::SAMPLES_EACH] for i in range(SAMPLES_EACH)],
    "a row each": sliced(shuffled(ROWS, 1), 1),
    "uneven": [ROWS[:1], shuffled(ROWS[1:40], 2), ROWS[40:]],
}


def merged(tmp_path: Path, cuts: Sequence[Sequence[dict[str, Any]]]) -> Path:
    shard = tmp_path / "s.parquet"
    merge(write_parts(tmp_path, cuts), shard, WANTED, tmp_path / "scratch", BY)
    assert not (tmp_path / "scratch").exists()
    return shard


@pytest.mark.parametrize("group", [1, 20_000, 10**9])
def test_the_same_rows_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(module, "GROUP_BYTES", group)
    found = {name: merged(tmp_path / name, cuts).read_bytes() for name, cuts in CUTS.items()}
    assert len(set(found.values())) == 1, {name: len(content) for name, content in found.items()}


@pytest.mark.parametrize("group", [1, 20_000, 10**9])
def test_a_shard_holds_every_row_sorted_and_says_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr(module, "GROUP_BYTES", group)
    shard = merged(tmp_path, CUTS["a row each"])
    expected = sorted(ROWS, key=lambda each: (each["problem_id"], each["sample_index"]))
    assert read_table(shard, SAMPLES).rows(named=True) == expected
    assert read_provenance(shard) == BY


def test_hundreds_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GROUP_BYTES", 50_000)
    rows = [row(f"x{i:03d}", j) for i in range(100) for j in range(4)]
    wanted = {f"x{i:03d}": 4 for i in range(100)}
    shards = []
    for name, cuts in {"many": sliced(shuffled(rows, 3), 1), "one": [rows]}.items():
        parts = write_parts(tmp_path / name, cuts)
        shards.append(tmp_path / f"{name}.parquet")
        merge(parts, shards[-1], wanted, tmp_path / "scratch", BY)
    assert shards[0].read_bytes() == shards[1].read_bytes()
    assert read_table(shards[0], SAMPLES).height == 400


def test_lists_of_tokens_are_kept_as_they_were(tmp_path: Path) -> None:
    tokens = [((), ()), ((5,), (-0.25,)), ((7, 8, 9), (-1.0, -2.0, -3.0))]
    rows = [
        row("a", i, token_ids=list(ids), logprobs=list(logprobs))
        for i, (ids, logprobs) in enumerate(tokens)
    ]
    shards = []
    for name, cuts in {"each": sliced(rows, 1), "one": [rows]}.items():
        parts = write_parts(tmp_path / name, cuts)
        shards.append(tmp_path / f"{name}.parquet")
        merge(parts, shards[-1], {"a": 3}, tmp_path / "scratch", BY)
    assert shards[0].read_bytes() == shards[1].read_bytes()
    assert read_table(shards[0], SAMPLES).rows(named=True) == rows


WRONG = {
    "a problem is missing": (ROWS[:-SAMPLES_EACH], f"'{'Z' * 3000}' has 0 of 6"),
    "a row is missing": (ROWS[1:], "'a' has 5 of 6"),
    "a row too many": ([*ROWS, row("a", 90)], "'a' has 7 of 6"),
    "another problem": ([*ROWS, row("b", 40)], "'b' has 1 of 0"),
    "a row twice instead of another": (
        [row("a", 41), *ROWS[1:]],
        "duplicate rows for .*: 1 key.* first m, b, p, a, 41",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_row_too_few_or_too_many_is_no_shard(tmp_path: Path, name: str) -> None:
    rows, told = WRONG[name]
    parts = write_parts(tmp_path, sliced(rows, 1))
    with pytest.raises(TableError, match=told):
        merge(parts, tmp_path / "s.parquet", WANTED, tmp_path / "scratch", BY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts"]
    assert all(part.exists() for part in parts)


def test_many_wrong_problems_are_counted(tmp_path: Path) -> None:
    parts = write_parts(tmp_path, [ROWS])
    wanted = {f"y{i}": 1 for i in range(9)} | WANTED
    with pytest.raises(TableError, match=r"'y0' has 0 of 1, .* and 4 more"):
        merge(parts, tmp_path / "s.parquet", wanted, tmp_path / "scratch", BY)


@pytest.mark.parametrize("damage", ["truncated", "gone", "pages"])
def test_a_part_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    parts = write_parts(tmp_path, sliced(ROWS, 6))
    content = parts[2].read_bytes()
    if damage == "truncated":
        parts[2].write_bytes(content[:-9])
    elif damage == "gone":
        parts[2].unlink()
    else:
        parts[2].write_bytes(content[:4] + bytes(len(content) // 2) + content[len(content) // 2 :])
    with pytest.raises(StorageError, match=r"00002\.parquet: .*cannot be read.*same command again"):
        merge(parts, tmp_path / "s.parquet", WANTED, tmp_path / "scratch", BY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts"]


@pytest.mark.parametrize("with_ids", [(True, True), (True, False), (False, True)])
def test_token_ids_that_a_part_lacks_are_left_out(
    tmp_path: Path, with_ids: tuple[bool, bool]
) -> None:
    """As a killed job kept none, and the one that goes on does."""
    rows = [row("a", i, **({"token_ids": [i]} if kept else {})) for i, kept in enumerate(with_ids)]
    parts = write_parts(tmp_path, sliced(rows, 1))
    merge(parts, tmp_path / "s.parquet", {"a": 2}, tmp_path / "scratch", BY)
    frame = read_table(tmp_path / "s.parquet", SAMPLES)
    assert frame["sample_index"].to_list() == [0, 1]
    assert ("token_ids" in frame.columns) == all(with_ids)


def test_what_a_killed_merge_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "000000.parquet").write_bytes(b"half")
    (tmp_path / "scratch" / "999999.parquet").write_bytes(b"of other settings")
    (tmp_path / ".s.parquet.partial").write_bytes(b"half")
    again = merged(tmp_path, CUTS["uneven"]).read_bytes()
    assert again == merged(tmp_path / "fresh", CUTS["uneven"]).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "parts", "s.parquet"]


def test_a_full_disk_leaves_the_parts_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = write_parts(tmp_path, CUTS["by problem"])
    written = []

    def refuse(frame: pl.DataFrame, path: Path, table: Any) -> None:
        if written:
            raise StorageError("the disk is full")
        written.append(write_table(frame, path, table))

    monkeypatch.setattr(module, "GROUP_BYTES", 1)
    monkeypatch.setattr(module, "write_table", refuse)
    with pytest.raises(StorageError, match="the disk is full"):
        merge(parts, tmp_path / "s.parquet", WANTED, tmp_path / "scratch", BY)
    assert len(written) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts"]
