"""What the kernel tells a worker of the processes of its programs.

Runs inside the sandbox: standard library only.
"""

from __future__ import annotations

import contextlib
import os

#: Share of the time without a core from which on a wall timeout tells nothing.
STARVED = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")
_MOST = 1 << 16


class Processes:
    """The processes that a worker can see, by way of a descriptor of /proc.

    Parameters
    ----------
    proc : int or None
        None where the machine shows none; sums are then 0.
    """

    def __init__(self, proc: int | None) -> None:
        self.proc = proc
        self.own = self._numbers()
        self.shared = self._resident(str(os.getpid())) if proc is None else self._largest()
        self.ooms = self._oom_count()

    def _numbers(self) -> set[str]:
        return set() if self.proc is None else set(filter(str.isdigit, os.listdir(self.proc)))  # noqa: PTH208  of a descriptor

    def _largest(self) -> int:
        return max(map(self._resident, self.own), default=0)

    def _fields(self, number: str) -> list[str]:
        """Return the fields of ``stat`` after the name, which may hold anything."""
        with contextlib.suppress(OSError):
            text = self._read(f"{number}/stat")
            return text.rpartition(")")[2].split()
        return []

    def _read(self, path: str) -> str:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.proc)
        try:
            return os.read(descriptor, _MOST).decode(errors="replace")
        finally:
            os.close(descriptor)

    def _resident(self, number: str) -> int:
        if self.proc is None:
            return 0
        fields = self._fields(number)
        return int(fields[21]) * _PAGE if fields else 0

    def sums(self) -> tuple[float, int]:
        """Return processor seconds and own resident bytes of the programs' processes.

        Memory that they still share with the worker does not count.
        """
        seconds, memory = 0.0, 0
        for number in self._numbers() - self.own:
            fields = self._fields(number)
            if fields:
                seconds += sum(map(int, fields[11:15])) / _TICK
                memory += max(int(fields[21]) * _PAGE - self.shared, 0)
        return seconds, memory

    def starved(self, seconds: float) -> bool:
        """Return whether the programs' processes lacked a core for much of a time.

        True where the kernel does not tell.
        """
        if self.proc is None:
            return True
        waited = 0.0
        try:
            for number in self._numbers() - self.own:
                # Nanoseconds on a core, and in a queue for one.
                waited += int(self._read(f"{number}/schedstat").split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return True
        return waited > STARVED * seconds

    def ran_out(self) -> bool:
        """Return whether the machine ran out of memory since this was asked last."""
        before, self.ooms = self.ooms, self._oom_count()
        return self.ooms > before

    def _oom_count(self) -> int:
        if self.proc is None:
            return 0
        with contextlib.suppress(OSError):
            for line in self._read("vmstat").splitlines():
                name, _, value = line.partition(" ")
                if name == "oom_kill":
                    return int(value)
        return 0
