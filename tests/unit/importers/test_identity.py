"""What files are is told by content; large ones are read once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from boundary.errors import InputError
from boundary.importers import identity
from boundary.importers.identity import identify
from imported_files import rows, write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list to which each reading of content is added."""
    seen: list[Path] = []
    before = identity._read

    def read(path, form, fields):
        seen.append(path)
        return before(path, form, fields)

    monkeypatch.setattr(identity, "_read", read)
    return seen


def test_of_one_file_it_is_its_digest() -> None:
    path = write(Path("a.jsonl"), rows("a"))
    found = identify(path)
    assert (found.importer, found.offers) == ("responses", "trials")
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_touched_file_is_the_same_and_an_edited_one_another() -> None:
    path = write(Path("a.jsonl"), rows("a"))
    first = identify(path)
    os.utime(path, (1, 1))
    assert identify(path) == first
    write(path, rows("b"))
    assert identify(path) != first


def test_names_within_a_folder_count_and_that_of_the_folder_does_not() -> None:
    for name in ("one", "two"):
        write(Path(name) / "x/a.jsonl", rows("a"))
        write(Path(name) / "x/b.jsonl", rows("b"))
    first = identify(Path("one"))
    assert identify(Path("two")) == first
    Path("two/x").rename("two/y")
    assert identify(Path("two")) != first


def test_large_files_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SMALL_BYTES", 10)
    path, seen = write(Path("a.jsonl"), rows("a")), reads(monkeypatch)
    first = identify(path)
    for _ in range(2):
        identity._identify.cache_clear()  # as in another process
        assert identify(path) == first
    assert len(seen) == 1
    write(path, rows("b"))
    assert identify(path) != first and len(seen) == 2


def test_what_was_kept_and_is_damaged_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "SMALL_BYTES", 10)
    path, seen = write(Path("a.jsonl"), rows("a")), reads(monkeypatch)
    first = identify(path)
    (kept,) = identity.CACHE.glob("*.json")
    for text in ("{", "[]", "{}", '{"state": 1}'):
        kept.write_text(text, encoding="utf-8")
        identity._identify.cache_clear()
        assert identify(path) == first
    assert len(seen) == 5


def test_small_files_leave_nothing() -> None:
    identify(write(Path("a.jsonl"), rows("a")))
    assert not Path("results").exists()


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: no such file or folder"):
        identify(Path("none.jsonl"))
