"""One job a shard: a second one would draw the same and undo the first one's files.

Snakemake takes care of that within one run.  But a job of a cluster outlives a killed
Snakemake, and a cancelled job may still be writing when its successor starts.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import platform
import sys
import time
from pathlib import Path
from typing import TextIO

from boundary.errors import StorageError
from boundary.store import storage_error

#: Seconds that a job waits for one that is about to end; a cluster kills within 30.
PATIENCE = 60.0
#: What a file system without locks says.
NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}


def lock(path: Path) -> TextIO:
    """Hold a file for this process alone until it is closed or the process ends.

    Another process that holds it is given `PATIENCE` to end.

    Parameters
    ----------
    path : Path
        The file; it is made, with its folders, and holds the name of this machine.

    Raises
    ------
    StorageError
        When another process keeps it, or it cannot be made.
    """
    until = time.monotonic() + PATIENCE
    while True:
        handle = _open(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise storage_error(path, error) from error
            print(
                f"{path.parent}: this file system has no locks; make sure that no other job "
                f"samples the same.",
                file=sys.stderr,
            )
            return handle
        else:
            if _is_there(handle, path):
                _sign(handle)
                return handle
            handle.close()  # the other job is done and has removed it
            continue
        if time.monotonic() > until:
            raise StorageError(
                f"{path.parent}: another job is sampling this shard. Wait until it has ended or "
                f"cancel it, and run the same command again."
            )
        time.sleep(min(1.0, PATIENCE / 10))


def _open(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise storage_error(path, error) from error


def _sign(handle: TextIO) -> None:
    """Write where the lock is held: there alone does it surely tell when the holder has ended."""
    with contextlib.suppress(OSError):
        handle.truncate(0)
        handle.write(platform.node())
        handle.flush()


def ended_here(path: Path) -> bool:
    """Whether a process of this machine held the lock last, and none does."""
    try:
        with path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return file.read() == platform.node() != ""
    except (OSError, UnicodeDecodeError):
        return False


def _is_there(handle: TextIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False
