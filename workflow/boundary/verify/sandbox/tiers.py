"""Which tier works on this machine."""

from __future__ import annotations

import functools

from boundary.errors import MachineError
from boundary.verify.sandbox.launch import TIERS, WorkerFailed
from boundary.verify.sandbox.pool import Pool


@functools.cache
def choose(*, reduced: bool) -> str:
    """Return the best tier that works."""
    for tier in TIERS[: 3 if reduced else 2]:
        try:
            Pool(tier, 1).close()
        except WorkerFailed:
            continue
        return tier
    raise MachineError("no tier")
