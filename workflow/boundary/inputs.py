"""The files that a command reads, which it must not replace with what it writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from boundary.errors import InputError

#: The inputs of the command that runs, by device and inode.
_READ: ContextVar[dict[tuple[int, int], Path] | None] = ContextVar("read", default=None)


@contextmanager
def keeping(paths: Iterable[Path]) -> Iterator[None]:
    """Refuse, as long as this lasts, to write over given files and over what is read."""
    token = _READ.set({})
    try:
        for path in paths:
            note_input(path)
        yield
    finally:
        _READ.reset(token)


def note_input(path: Path) -> None:
    """Note a file or folder that is read; of no effect outside of `keeping`."""
    read, place = _READ.get(), _identity(path)
    if read is not None and place is not None:
        read.setdefault(place, path)


def refuse_input(path: Path) -> None:
    """Refuse to write a file, or a whole folder, that is an input or holds one.

    Links, hard links and other spellings of a path are the same file.

    Raises
    ------
    InputError
        Names both.
    """
    read, place = _READ.get(), _identity(path)
    if not read or place is None:
        return
    noted = [read[place]] if place in read else []
    if path.is_dir():
        noted += [each for each in read.values() if path.resolve() in each.resolve().parents]
    for each in noted:
        # The number of a file that is gone may be that of another by now.
        if each.exists():
            raise InputError(
                f"{path}: is an input of this command ({each}), and would be overwritten. Nothing "
                f"was changed; give another --output."
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
