"""Programs that try to do harm, run through the real pool to see that they fail.

A tier counts as working when every canary that it must hold is held; that a
binary is there says nothing.  The programs are harmless where nothing holds
them: they signal only a process that was made to be killed, and write only
files that are looked for afterwards.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundary.verify.sandbox import wire
from boundary.verify.sandbox.jobs import Job, Outcome
from boundary.verify.sandbox.limits import Limits

#: Name of the environment variable that no program may see.
VARIABLE = "BOUNDARY_CANARY"
_EVERY, _ISOLATED = ("bubblewrap", "namespaces", "reduced"), ("bubblewrap", "namespaces")
_LIMITS = Limits(cpu_seconds=10.0, wall_seconds=30.0)
_MIB = 1 << 20


@dataclass(frozen=True)
class Bait:
    """What the canaries reach for.

    Attributes
    ----------
    secret : str
        Stands in `file` and in the environment of this process.
    file, folder : str
        A file that any user of the machine can read; a folder that any can write in.
    port : int
        Where this process listens, on 127.0.0.1.
    sockets : tuple of str
        Names of sockets it listens at: a path, and an abstract one.
    victim : int
        Number of a process that may be killed.
    """

    secret: str
    file: str
    folder: str
    port: int
    sockets: tuple[str, ...]
    victim: int

    def arguments(self) -> dict[str, Any]:
        """Return what a program needs to know to try; the secret is not told."""
        return {
            "file": self.file,
            "folder": self.folder,
            "port": self.port,
            "sockets": self.sockets,
            "victim": self.victim,
            "home": os.path.expanduser("~"),  # noqa: PTH111  which asks for no home to be there
        }


@dataclass(frozen=True)
class Canary:
    """One program, and what must come of it.

    Attributes
    ----------
    name : str
        In words.
    program : str
        Defines ``f(bait)``; or a script, in stdio style.
    held : callable
        Takes the outcome, the value returned (None when there is none) and the
        bait; returns why it is not held, or None.
    tiers : tuple of str
        Those that must hold it.
    style : str
    """

    name: str
    program: str
    held: Callable[[Outcome, Any, Bait], str | None]
    tiers: tuple[str, ...] = _EVERY
    style: str = "function"

    def job(self, bait: Bait) -> Job:
        """Return the job that tries it."""
        if self.style == "stdio":
            return Job(self.program, "stdio", None, (b"20 22\n",), _LIMITS)
        given = wire.encode((bait.arguments(),), ordered=True)
        return Job(self.program, "function", "f", (given,), _LIMITS)

    def verdict(self, outcome: Outcome, bait: Bait) -> str | None:
        """Return why it is not held, or None."""
        value = None
        if outcome.records and outcome.records[0].kind == "returned":
            value = wire.decode(outcome.records[0].payload)
        return self.held(outcome, value, bait)


@contextmanager
def set_out() -> Iterator[Bait]:
    """Set out what the canaries reach for."""
    if not Path("/proc/self/fd").is_dir():
        raise OSError("/proc is not mounted")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="boundary-bait-")))
        folder.chmod(0o755)
        secret, open_to_all = secrets.token_hex(16), folder / "open"
        (folder / "secret").write_text(secret)
        (folder / "secret").chmod(0o644)
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        names = (str(folder / "socket"), "\0" + secret[:8])
        above = os.open(folder, os.O_PATH)
        stack.callback(os.close, above)
        # By the descriptor, as a socket's own path may have 107 bytes and TMPDIR more.
        for name in (f"/proc/self/fd/{above}/socket", names[1]):
            unix = stack.enter_context(socket.socket(socket.AF_UNIX))
            unix.bind(name)
            unix.listen()
        Path(names[0]).chmod(0o777)
        victim = subprocess.Popen(
            [sys.executable, "-S", "-c", "import time; time.sleep(600)"], stdin=subprocess.DEVNULL
        )
        stack.callback(victim.wait)
        stack.callback(victim.kill)
        yield Bait(
            secret,
            str(folder / "secret"),
            str(open_to_all),
            tcp.getsockname()[1],
            names,
            victim.pid,
        )


def _equals(expected: Any) -> Callable[[Outcome, Any, Bait], str | None]:
    def held(outcome: Outcome, value: Any, _: Bait) -> str | None:
        if outcome.end != "finished":
            return f"ended as {outcome.end}: {outcome.detail}"
        return None if value == expected else f"got {str(value)[:200]}"

    return held


def _printed(outcome: Outcome, _: Any, __: Bait) -> str | None:
    record = outcome.records[0] if outcome.records else None
    fine = record is not None and (record.payload, record.status) == (b"42\n", 3)
    return None if fine else f"printed {record}, ended as {outcome.end}: {outcome.detail}"


def _no_secret(outcome: Outcome, value: Any, bait: Bait) -> str | None:
    if outcome.end != "finished" or type(value) is not list:
        return f"ended as {outcome.end}: {outcome.detail}"
    leaks = [place for place, text in value if bait.secret in text]
    return f"read the secret from {', '.join(leaks)}" if leaks else None


def _nothing_written(outcome: Outcome, value: Any, bait: Bait) -> str | None:
    if list(Path(bait.folder).iterdir()):
        return "wrote a file of this machine"
    return _equals([])(outcome, value, bait)


def _at_most(most: int, what: str) -> Callable[[Outcome, Any, Bait], str | None]:
    def held(outcome: Outcome, value: Any, _: Bait) -> str | None:
        if outcome.end == "resource":
            return None
        if outcome.end != "finished" or type(value) is not int:
            return f"ended as {outcome.end}: {outcome.detail}"
        return None if value <= most else f"{value} {what}, allowed are {most}"

    return held


def _violates(outcome: Outcome, _: Any, __: Bait) -> str | None:
    return None if outcome.end == "violation" else f"ended as {outcome.end}: {outcome.detail}"


def _read(name: str) -> str:
    return (Path(__file__).parent / "attempts" / f"{name}.txt").read_text()


CANARIES = (
    Canary("an honest function passes", _read("honest"), _equals([(1, {2}, 3.0), 10**30])),
    Canary("an honest script passes", _read("script"), _printed, style="stdio"),
    Canary("secrets of this machine are unreadable", _read("secrets"), _no_secret),
    Canary("no network and no socket", _read("connect"), _equals([])),
    Canary("no other process can be signalled", _read("kill"), _equals([])),
    Canary("nothing is written outside", _read("outside"), _nothing_written),
    Canary("forged records are noticed", _read("forge"), _violates),
    Canary("dangerous system calls are refused", _read("calls"), _equals([])),
    Canary("memory is limited", _read("memory"), _equals("MemoryError")),
    Canary("1,000 forks are stopped", _read("forks"), _at_most(_LIMITS.processes, "processes")),
    Canary(
        "what is written is limited",
        _read("fill"),
        _at_most(_LIMITS.tmpfs_bytes // _MIB, "MiB written"),
        _ISOLATED,
    ),
    Canary("nothing is left for the next program", _read("leftover"), _equals([])),
    Canary("nothing was left by the last program", _read("leftover"), _equals([])),
)
