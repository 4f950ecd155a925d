"""Watches one program from the worker, and ends it when it uses too much.

Runs inside the sandbox: standard library and neighbours only.  Time is taken
here and by the kernel, never by the program.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import mmap
import os
import select
import signal
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .account import LOOK_EVERY, Account
from .processes import Processes

FIRST_LOOK = 0.02
#: How long a program sleeps before its worker counts as free for another one, in seconds.
PARKED = 1.0
_CHUNK = 1 << 16
_MOST_NOTE = 1000


@dataclass
class End:
    """How one process of a program ended.

    Attributes
    ----------
    why : str or None
        Why the worker ended it: ``cpu``, ``wall``, ``memory``, ``output`` or
        ``stopped``; None when it ended by itself.
    status : int
        Exit status, or minus the number of the signal that ended it.
    cpu_seconds : float
        Of the whole job so far.
    peak : int
        Largest resident memory of one of its processes, in bytes.
    oom : bool
        Whether the machine killed something for memory meanwhile.
    starved : bool
        Whether it took too long for want of a free core.
    note : bytes
        What the process said of itself: ``R`` and an untrusted text, or ``B``
        and why it could not be confined (then nothing untrusted ran).
    output : memoryview
        Of stdio style; its memory is given back when it is released.
    """

    why: str | None
    status: int
    cpu_seconds: float
    peak: int
    oom: bool
    starved: bool
    note: bytes
    output: memoryview

    @property
    def confined(self) -> bool:
        """Whether every layer held before the program began."""
        return self.note.startswith(b"R")

    def told(self) -> dict[str, Any]:
        """Return the message to the parent."""
        if self.why is None and not self.confined:
            text = self.note[1:].decode(errors="replace") or f"ended with status {self.status}"
            return {"fault": f"a program could not be confined: {text}"}
        return {
            "end": self.why or "exited",
            "status": self.status,
            "cpu": self.cpu_seconds,
            "peak": self.peak,
            "oom": self.oom,
            "starved": self.starved,
            "note": self.note[1:].decode(errors="replace"),
        }


class Printed:
    """What a program printed, in memory of its own that is unmapped when it was passed on.

    A later program is forked from this process, and finds nothing of it.

    Parameters
    ----------
    room : int
        Most bytes that are allowed; one chunk more is held.
    """

    def __init__(self, room: int) -> None:
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        self._map = memoryview(mmap.mmap(-1, room + _CHUNK, flags=private))
        self.size = 0

    def read(self, descriptor: int) -> int:
        """Take what there is in a pipe, up to a chunk, and return how much."""
        with self._map[self.size : self.size + _CHUNK] as free:
            count = os.readv(descriptor, [free])
        self.size += count
        return count

    def taken(self) -> memoryview:
        """Return all of it; the map goes when the view is released."""
        with self._map as whole:
            return whole[: self.size]


class Watch:
    """The account of one job, over all of its processes.

    Parameters
    ----------
    processes : Processes
    limits : dict
        The fields of `Limits`.
    control : int
        Descriptor on which the parent may say stop.
    hear : callable
        Reads that descriptor and returns whether this job is to stop.
    say : callable
        Tells the parent something of this job.
    result : int
        Write end of the pipe that the parent reads records from.

    Attributes
    ----------
    account : Account or None
        Of the process that is waited for.
    """

    def __init__(
        self,
        processes: Processes,
        limits: dict[str, Any],
        control: int,
        hear: Callable[[], bool],
        say: Callable[[dict[str, Any]], None],
        result: int,
    ) -> None:
        self.processes, self.limits = processes, limits
        self.control, self.hear, self.say, self.result = control, hear, say, result
        self.cpu, self.wall = 0.0, float(limits["wall_seconds"])
        self.room = int(limits["output_bytes"])
        self.parked = False
        self.account: Account | None = None

    def wait(self, process: int, note: int, output: int | None) -> End:
        """Wait until a process and all that it made are gone.

        Parameters
        ----------
        process : int
            A child; process 1 of its namespace, if it has one.
        note : int
            Read end of the pipe on which it says that it is confined.
        output : int or None
            Read end of the pipe of its standard output.
        """
        handle = os.pidfd_open(process)
        printed = Printed(self.room if output is not None else 0)
        account = self.account = Account(
            self.processes,
            self.limits,
            process,
            self.cpu,
            self.wall,
            lambda: _unread(self.result),
            (lambda records: self.say({"over": records})) if output is None else None,
        )
        try:
            why = self._until(handle, account, output, printed)
        finally:
            # Process 1 is gone only when all of its namespace is; it may be already.
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            _, status, usage = os.wait4(process, 0)
            os.close(handle)
        self.wall -= account.used
        # The kernel keeps no account of those that live when process 1 ends.
        self.cpu = max(self.cpu + usage.ru_utime + usage.ru_stime, account.cpu)
        code = os.waitstatus_to_exitcode(status)
        if why is None and output is not None and not self._drain(output, printed):
            why = "output"
        if why is None and code == -signal.SIGKILL and self.cpu >= account.most:
            why = "cpu"
        killed = why is None and code == -signal.SIGKILL
        self.room -= printed.size
        return End(
            why,
            code,
            self.cpu,
            usage.ru_maxrss * 1024,
            killed and self.processes.ran_out(),
            why == "wall" and account.starved,
            _all_of(note),
            printed.taken(),
        )

    def _until(
        self, handle: int, account: Account, output: int | None, printed: Printed
    ) -> str | None:
        """Wait for the end of a process or a reason to end it, and return the reason."""
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        poller.register(self.control, select.POLLIN)
        if output is not None:
            os.set_blocking(output, False)
            poller.register(output, select.POLLIN)
        look = time.monotonic() + FIRST_LOOK
        while True:
            now = time.monotonic()
            if now >= look:
                look = now + LOOK_EVERY
                if (why := account.look()) is not None:
                    return why
                if account.asleep > PARKED and not self.parked:
                    self.parked = True
                    self.say({"parked": True})
            ready = [f for f, _ in poller.poll(1 + 1000 * (look - now))]
            if output is not None and output in ready and not self._drain(output, printed):
                return "output"
            if self.control in ready and self.hear():
                return "stopped"
            if handle in ready:
                return None

    def _drain(self, output: int, printed: Printed) -> bool:
        """Read what there is; False when it is more than allowed."""
        while True:
            try:
                count = printed.read(output)
            except BlockingIOError:
                return True
            if printed.size > self.room:
                return False
            if not count:
                return True


def _unread(pipe: int) -> bool:
    """Return whether a pipe holds what its reader did not take yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0] > 0


def _all_of(pipe: int) -> bytes:
    """Return what is in a pipe whose writers are gone or are the caller itself."""
    os.set_blocking(pipe, False)
    with contextlib.suppress(BlockingIOError):
        return os.read(pipe, _MOST_NOTE)
    return b""
