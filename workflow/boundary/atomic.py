"""Files and folders that appear under their names only when they are whole.

Each is written beside its place under a hidden name, flushed to disk and renamed.  A
crash leaves at most that ``.partial`` neighbour.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: Files of a folder that are flushed at a time.
FLUSHED = 16


@contextlib.contextmanager
def whole_file(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """Give the hidden neighbour of a file, which takes its place when the block ends.

    Parameters
    ----------
    path : Path
        The file; folders above it are made.
    shared : bool
        Whether several processes may write it at the same time.  Each then has a
        neighbour of its own, and the last to end wins; otherwise the neighbour that a
        killed process left is written over.

    Raises
    ------
    OSError
        When the file cannot be written; its neighbour is removed, and what stood
        there stays.
    """
    name = f"{path.name}.{os.getpid()}-{secrets.token_hex(8)}" if shared else path.name
    partial = path.with_name(f".{name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        _flush(partial)
        partial.replace(path)
    except BaseException:
        # Where its folder cannot be entered, there is nothing to remove, and the error
        # that is on its way says more than this one would.
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty hidden neighbour of a folder, which replaces it when the block ends.

    Raises
    ------
    OSError
        When it cannot be written; its neighbour is removed.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        yield partial
        with ThreadPoolExecutor(FLUSHED) as pool:  # a disk writes many as fast as one
            list(pool.map(_flush, filter(Path.is_file, partial.rglob("*"))))
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
        partial.replace(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _flush(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
