"""What is written is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from boundary.atomic import whole_file, whole_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "f"
    with whole_file(path) as partial:
        partial.write_text("new")
        assert names(path.parent) == [".f.partial"]
    assert path.read_text() == "new"
    assert names(path.parent) == ["f"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, shared: bool) -> None:
    (tmp_path / "f").write_text("old")
    with pytest.raises(ValueError), whole_file(tmp_path / "f", shared=shared) as partial:
        partial.write_text("half")
        raise ValueError
    assert (tmp_path / "f").read_text() == "old"
    assert names(tmp_path) == ["f"]


def test_two_may_write_a_shared_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "f"
    with whole_file(path, shared=True) as one, whole_file(path, shared=True) as two:
        one.write_text("one")
        two.write_text("two")
    assert path.read_text() == "one"  # the last to end
    assert names(tmp_path) == ["f"]


def test_a_shared_file_can_be_read_by_whom_the_mask_lets(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        with whole_file(tmp_path / "f", shared=True) as partial:
            partial.write_text("x")
    finally:
        os.umask(mask)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("old", ["nothing", "folder", "link"])
def test_a_folder_replaces_what_stands_there(tmp_path: Path, old: str) -> None:
    folder, elsewhere = tmp_path / "m", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".m.partial").mkdir()
    (tmp_path / ".m.partial" / "left").touch()
    if old == "folder":
        folder.mkdir()
        (folder / "old").touch()
    elif old == "link":
        folder.symlink_to(elsewhere, target_is_directory=True)
    with whole_folder(folder) as partial:
        (partial / "new").touch()
    assert not folder.is_symlink()
    assert names(folder) == ["new"]
    assert names(tmp_path) == ["elsewhere", "m"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "old").touch()
    with pytest.raises(ValueError), whole_folder(tmp_path / "m") as partial:
        (partial / "new").touch()
        raise ValueError
    assert names(tmp_path / "m") == ["old"]
    assert names(tmp_path) == ["m"]
