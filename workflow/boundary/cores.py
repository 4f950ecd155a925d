"""The processors that this process may use."""

from __future__ import annotations

import os


def available_cores() -> int:
    """Return how many cores this process may use; all of them where the system does not tell."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
