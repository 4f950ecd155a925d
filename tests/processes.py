"""The processes below a test's own, as the kernel lists them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def descendants() -> Iterator[int]:
    """Return the processes below this one, the deepest last, and the ended ones too.

    A process may call itself anything, half a letter as well, and any on the machine is read.
    """
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_bytes().rpartition(b")")[2].split()[1]
        except OSError:  # it ended while it was looked at
            continue
        children.setdefault(int(parent), []).append(int(stat.parent.name))
    waiting = [os.getpid()]
    while waiting:
        for child in children.get(waiting.pop(0), ()):
            yield child
            waiting.append(child)
