"""What the kernel tells a worker of the processes of its programs.

Runs inside the sandbox: standard library only.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import NamedTuple

_TICK = os.sysconf("SC_CLK_TCK")
_MOST = 1 << 16
#: Memory that is a process's own, and goes with it: none of it lies in a file that is
#: shown, and none in the program's folder, which has a size of its own.
_MEMORY = re.compile(r"^(?:RssAnon|VmSwap|HugetlbPages):\s*(\d+) kB$", re.MULTILINE)
#: States of a thread that waits for something else than a core or a disk.
_WAITING = frozenset("STtZXI")


class Look(NamedTuple):
    """What was seen of the processes of a program at one time.

    Attributes
    ----------
    seconds : float
        Processor time of those that live, with that of the children they waited for.
    memory : int
        Bytes.
    asleep : bool
        Whether no thread was on a core, or ready for one, or waited for a disk.
    """

    seconds: float
    memory: int
    asleep: bool


class Processes:
    """The processes that a worker can see, by way of a descriptor of /proc.

    Parameters
    ----------
    proc : int or None
        None where the machine shows none; a look then sees nothing.
    """

    def __init__(self, proc: int | None) -> None:
        self.proc = proc
        self.own = self._numbers()
        self.shared = max(map(self._memory, self.own), default=0)
        self.ooms = self._oom_count()

    def _numbers(self) -> set[str]:
        return set() if self.proc is None else set(self._listed("."))

    def _listed(self, path: str) -> list[str]:
        """Return the numbers in a folder; none when its process is gone."""
        with contextlib.suppress(OSError):
            folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.proc)
            try:
                return list(filter(str.isdigit, os.listdir(folder)))  # noqa: PTH208  a descriptor
            finally:
                os.close(folder)
        return []

    def _fields(self, path: str) -> list[str]:
        """Return the fields of ``stat`` after the name, which may hold anything."""
        with contextlib.suppress(OSError):
            text = self._read(f"{path}/stat")
            return text.rpartition(")")[2].split()
        return []

    def _read(self, path: str) -> str:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.proc)
        try:
            return os.read(descriptor, _MOST).decode(errors="replace")
        finally:
            os.close(descriptor)

    def _memory(self, number: str) -> int:
        """Return the bytes that a process holds; by a later thread when the first is gone."""
        with contextlib.suppress(OSError):
            if sizes := _MEMORY.findall(self._read(f"{number}/status")):
                return 1024 * sum(map(int, sizes))
        for thread in self._listed(f"{number}/task") if "/" not in number else ():
            if size := self._memory(f"{number}/task/{thread}"):
                return size
        return 0

    def look(self) -> Look:
        """Look at the programs' processes.

        What they still share with the worker counts once for each of them but one, as
        the kernel does not tell who wrote to it and so has a copy.
        """
        seconds, memory, asleep = 0.0, 0, self.proc is not None
        for number in self._numbers() - self.own:
            fields = self._fields(number)
            if not fields:
                continue
            seconds += sum(map(int, fields[11:15])) / _TICK
            memory += self._memory(number)
            states = fields[0]
            if asleep and int(fields[17]) > 1:
                threads = self._listed(f"{number}/task")
                states += "".join("".join(self._fields(f"{number}/task/{t}")[:1]) for t in threads)
            asleep = asleep and _WAITING.issuperset(states)
        return Look(seconds, max(memory - self.shared, 0), asleep)

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
