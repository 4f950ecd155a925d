"""What a program has used so far, and whether that is too much.

Runs inside the sandbox: standard library and neighbours only.  Time is taken by
the worker and the kernel, never by the program.

Elapsed time counts as far as the program used it: on a core, or asleep.  While it
was ready to run and had no core, or waited for a disk, the machine was busy, and a
verdict must not depend on that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .processes import Processes

LOOK_EVERY = 0.1
#: Elapsed time of a test, as a multiple of its processor time.
WAITING = 3.0
#: After so many times the elapsed time that is allowed a program is ended, however busy
#: the machine, to be run again while nothing else of the pool runs.
MOST_TURNS = 5
#: How long a program may wait for a slow parent, in seconds.
PATIENCE = 600.0


class Account:
    """The account of one process of a job with all that it makes.

    In function style one process runs all tests, and only the parent knows when one of
    them is over: it marks each record as it comes.  A program that seems to be above the
    limit of a test is ended when the parent has confirmed that no record came meanwhile,
    so that a parent that is slow to read takes no time from a program.

    Parameters
    ----------
    processes : Processes
    limits : dict
        The fields of `Limits`.
    process : int
        Number of the process.
    cpu, wall : float
        Seconds on a core that the job used before, and elapsed seconds that it has left.
    unread : callable
        Whether records wait to be read, so that the program may wait for the parent.
    ask : callable or None
        Asks the parent whether more than so many records came; None where the process
        runs one test.

    Attributes
    ----------
    cpu : float
        Seconds on a core of the job so far.
    used : float
        Elapsed seconds of this process that count.
    asleep : float
        Of these, those in which none of its threads could run.
    starved : bool
        Whether it had far too little of a core, or the kernel does not tell.
    """

    def __init__(
        self,
        processes: Processes,
        limits: dict[str, Any],
        process: int,
        cpu: float,
        wall: float,
        unread: Callable[[], bool],
        ask: Callable[[int], None] | None,
    ) -> None:
        self._processes, self._limits, self._unread, self._ask = processes, limits, unread, ask
        self._clock = (~process << 3) | 2  # see clock_getcpuclockid
        self._before, self.cpu, self._wall = cpu, cpu, wall
        self.used = self.asleep = self._spared = 0.0
        self.starved = False
        self._began = self._last = time.monotonic()
        self._records, self._marked, self._sure = 0, False, False
        self._asked: str | None = None  # what was too much when the parent was asked
        self._test = (cpu, 0.0, 0.0)

    @property
    def most(self) -> float:
        """Return what the kernel lets the process bring the time of the job to."""
        most, own = float(self._limits["cpu_seconds"]), self._limits["test_seconds"]
        return most if own is None or self._ask is not None else min(most, self._before + own)

    def mark(self, records: int, final: bool) -> None:
        """Take from the parent how many records came, and whether that answers a question."""
        if records > self._records:
            self._records, self._marked = records, True
        elif final and self._asked is not None:
            self._sure = True

    def look(self) -> str | None:
        """Look at the process, and return of what it used too much."""
        now = time.monotonic()
        try:
            first = time.clock_gettime(self._clock)
        except OSError:  # it is gone
            return None
        seen = self._processes.look()
        # If this process had no core itself, it does not know what happened meanwhile.
        gap, self._last = min(now - self._last, 2 * LOOK_EVERY), now
        if self._unread() and self._spared < PATIENCE:
            self._spared += gap
        elif seen.asleep:
            self.asleep += gap
        self.cpu = max(self.cpu, self._before + max(first, seen.seconds))
        elapsed = now - self._began - self._spared
        tells = self._processes.proc is not None
        self.used = min(elapsed, self.cpu - self._before + self.asleep) if tells else elapsed
        if self.cpu > self._limits["cpu_seconds"]:
            return "cpu"
        if seen.memory > self._limits["memory_bytes"]:
            return "memory"
        return self._too_long(self.used, elapsed, self._wall) or self._of_test(elapsed)

    def _too_long(self, used: float, elapsed: float, most: float) -> str | None:
        self.starved = self._processes.proc is None or used < most
        return "wall" if max(used, elapsed / MOST_TURNS) >= most else None

    def _of_test(self, elapsed: float) -> str | None:
        own = self._limits["test_seconds"]
        if own is None:
            return None
        if self._marked:  # its test began before this look
            self._test, self._marked, self._asked = (self.cpu, self.used, elapsed), False, None
        cpu, used, began = self._test
        why = self._too_long(self.used - used, elapsed - began, WAITING * own)
        why = "cpu" if self.cpu - cpu > own else why
        if self._ask is None or self._sure:
            return why
        if why is not None:
            self._asked = why
            self._ask(self._records)
        return None
