"""Landlock: which files a process may touch, beside what the mounts show.

Standard library only: runs inside the sandbox.  Numbers and structures are
those of ``linux/landlock.h``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from . import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
#: Rights that each version of the interface knows, from the first bit on.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_FROM_5 = 16
#: Of files: execute, write, read, truncate, ioctl of devices.
_OF_FILES = 1 | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15
_NO_TCP = 0b11
_NO_ABSTRACT_SOCKETS_NOR_SIGNALS = 0b11


def abi() -> int:
    """Return the version of the interface that the kernel has; 0 when none."""
    with contextlib.suppress(OSError):
        return kernel.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    return 0


def ruleset(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Return the descriptor of a rule set; nothing else is allowed by it.

    Parameters
    ----------
    readable, writable : iterable of str
        Files, or folders with all beneath them.  In a writable folder files
        can be made and removed; nothing can be executed anywhere.

    Raises
    ------
    OSError
        When the kernel has no Landlock, or a path is not there.
    """
    version = abi()
    known = (1 << _RIGHTS.get(version, _RIGHTS_FROM_5)) - 1
    attributes = struct.pack("=Q", known)
    if version >= 4:
        attributes += struct.pack("=Q", _NO_TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _NO_ABSTRACT_SOCKETS_NOR_SIGNALS)
    size = ctypes.c_size_t(len(attributes))
    found = kernel.syscall(_CREATE, attributes, size, ctypes.c_uint32(0))
    reading = _READ_FILE | _READ_DIR
    writing = known & ~1  # all but execution
    for paths, rights in ((readable, reading), (writable, writing)):
        for path in paths:
            _allow(found, path, rights & known)
    return found


def _allow(rules: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        kernel.syscall(
            _ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)
        )
    finally:
        os.close(descriptor)


def restrict(rules: int) -> None:
    """Hold the calling thread, and all that it makes, to a rule set, for good."""
    kernel.syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0))
