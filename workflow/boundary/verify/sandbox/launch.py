"""Starts a worker of a tier, with an empty environment and one descriptor."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from boundary.verify.sandbox.interpreter import Interpreter, interpreter
from boundary.verify.sandbox.isolation import DEVICES, JOBS, STREAMS, WORK

TIERS = ("bubblewrap", "namespaces", "reduced")
START_SECONDS = 60.0
_CODE = "/box/code"
_SMALL = str(1 << 20)
_STANDARD = (f"{STREAMS}/stdin", f"{STREAMS}/stdout", "/dev/null")
_LINKS = {
    **{"/tmp": WORK, "/dev/shm": WORK},  # noqa: S108
    **dict(zip(("/dev/stdin", "/dev/stdout", "/dev/stderr"), _STANDARD, strict=True)),
    **{f"/dev/fd/{number}": target for number, target in enumerate(_STANDARD)},
}
#: What the sandbox fills itself, and where it shows what of this machine lies there.
_FILLED, _ELSEWHERE = ("/tmp/", "/dev/", "/proc/", "/box/"), "/box/machine"  # noqa: S108
_INSIDE = (
    "account",
    "candidate",
    "isolation",
    "kernel",
    "landlock",
    "plain",
    "preload",
    "processes",
    "records",
    "rootfs",
    "seccomp",
    "watch",
    "wire",
    "worker",
)
_CREDENTIALS = struct.Struct("@iII")
_MAIN = "from box.worker import main; main()"


class Kit:
    """The code of the worker, copied to where any user can read it, and nothing else.

    A context manager; the folder is removed at its end.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="boundary-box-")
        self.root = Path(self._folder.name)
        self.root.chmod(0o755)  # the worker may be another user
        self.code, self.jobs = self.root / "code", self.root / "jobs"
        for folder in (self.code, self.code / "box", self.jobs):
            folder.mkdir()
            folder.chmod(0o755)
        here = Path(__file__).parent
        for name in _INSIDE:
            copy = self.code / "box" / f"{name}.py"
            copy.write_bytes((here / f"{name}.py").read_bytes())
            copy.chmod(0o644)
        if os.geteuid() == 0:
            self.jobs.chmod(0o1777)
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


class WorkerFailed(Exception):
    """A worker did not start; says why."""


class Worker:
    """A worker that was started; it can be used when `wait` has returned.

    Attributes
    ----------
    control : socket.socket
        Messages to and from it.
    pid : int
        Process number on this machine; 0 until it is known.

    Raises
    ------
    WorkerFailed
        When there is nothing to start.
    """

    def __init__(self, tier: str, kit: Kit) -> None:
        self.tier = tier
        self.pid = 0
        self._handle: int | None = None
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Before the worker can send: the kernel then says from which process it came.
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with the worker
        try:
            with theirs:
                command, environment = _command(tier, kit, theirs.fileno())
                self.process = subprocess.Popen(
                    command,
                    env=environment,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self.errors,
                    start_new_session=True,
                    cwd="/",
                )
        except OSError as error:
            self.control.close()
            self.errors.close()
            raise WorkerFailed(str(error)) from None

    def wait(self) -> Self:
        """Wait until the worker is confined and can take jobs.

        Raises
        ------
        WorkerFailed
            When it cannot be; it is ended then.
        """
        try:
            self.pid = self._hello()
            self._handle = os.pidfd_open(self.pid)
        except (OSError, WorkerFailed) as error:
            why = self._why(str(error))
            self.process.kill()
            self.close()
            raise WorkerFailed(why) from None
        self.control.setblocking(False)
        return self

    def _hello(self) -> int:
        """Wait until the worker is confined and return its process number here."""
        self.control.settimeout(START_SECONDS)
        data, extra, _, _ = self.control.recvmsg(1 << 16, socket.CMSG_SPACE(_CREDENTIALS.size))
        message = json.loads(data) if data else {"fault": "it ended before it was ready"}
        if "fault" in message:
            raise WorkerFailed(message["fault"])
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        pid: int = _CREDENTIALS.unpack(extra[0][2][: _CREDENTIALS.size])[0]
        return pid

    def _why(self, error: str) -> str:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        self.errors.seek(0)
        lines = self.errors.read(1 << 16).decode(errors="replace").strip().splitlines()
        return f"{error} ({lines[-1]})" if lines else error

    def kill(self) -> None:
        """End the worker and all that runs in it, at once."""
        if self._handle is not None:
            with suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def close(self) -> None:
        """End the worker, wait for its processes, and free what it held; once is enough."""
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self.errors.close()


def _command(tier: str, kit: Kit, control: int) -> tuple[list[str], dict[str, str]]:
    """Return command line and environment of a worker."""
    python = interpreter()
    isolated = tier != "reduced"
    place = _place if isolated else str
    config: dict[str, Any] = {
        "tier": tier,
        "control": control,
        "code": {str(kit.code): _CODE} if isolated else {},
        "jobs": JOBS if isolated else str(kit.jobs),
        "shown": {path: place(path) for path in python.shown},
        "masks": [place(path) for path in python.masks],
        "sites": [*map(place, python.sites)],
        "links": _LINKS,
    }
    environment = _environment(python, place)
    environment["PYTHONPATH"] = _CODE if tier == "bubblewrap" else str(kit.code)
    run = ["-S", "-s", "-P", "-B", "-c", _MAIN, json.dumps(config)]
    if tier != "bubblewrap":
        return [python.executable, *run], environment
    return [*_bubblewrap(python, kit, environment), "--", place(python.executable), *run], {}


def _place(path: str) -> str:
    """Return where an isolated sandbox shows a path: where it is, if it can be there."""
    return f"{_ELSEWHERE}{path}" if path.startswith(_FILLED) else path


def _environment(python: Interpreter, place: Callable[[str], str]) -> dict[str, str]:
    """Return the whole environment of a worker; hash order, clock and locale are fixed."""
    # Before the file system is built and after it, and in programs that name whole paths.
    searched = [path for path in python.libraries.split(":") if path]
    searched += [str(Path(path).parent) for path in python.others if place(path) != path]
    libraries = ":".join(dict.fromkeys([*searched, *map(place, searched)]))
    threads = ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB_MAXIMUM")
    return {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": WORK,
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        **({"LD_LIBRARY_PATH": libraries} if libraries else {}),
    }


def _bubblewrap(python: Interpreter, kit: Kit, environment: dict[str, str]) -> list[str]:
    """Return the outer command of the first tier.

    The worker has to make namespaces of its own for each program, so nested
    user namespaces stay allowed here and are denied to the programs.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise WorkerFailed("there is no bwrap in PATH; install the package bubblewrap")
    command = [program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--hostname", "sandbox", "--new-session"]
    command += ["--cap-drop", "ALL"]
    if os.geteuid() == 0:
        # For no longer than it takes the worker to become another user.
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    command += ["--clearenv"]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, *_file_system(python, kit), "--chdir", "/"]


def _file_system(python: Interpreter, kit: Kit) -> list[str]:
    """Return the options that show what is needed, and nothing else."""
    # Folders that bubblewrap would make by itself can turn out closed to other users.
    folder = ["--perms", "0755", "--dir"]
    options = ["--perms", "0755", "--size", _SMALL, "--tmpfs", "/", "--proc", "/proc"]
    masks = [_place(path) for path in python.masks]
    for path in _parents([*_LINKS, *map(_place, python.standard), _CODE, WORK]):
        options += [*folder, path]
    for path in DEVICES:
        options += ["--dev-bind-try", path, path]
    for path in python.standard:
        options += ["--ro-bind", path, _place(path)]
    for path in masks:
        options += ["--perms", "0755", "--size", _SMALL, "--tmpfs", path]
    within = tuple(f"{_place(path)}/" for path in python.standard)
    for path in _parents([*map(_place, python.others)]):
        options += [] if path.startswith(within) else [*folder, path]
    for path in python.others:
        options += ["--ro-bind", path, _place(path)]
    for path in masks:
        options += ["--remount-ro", path]
    options += ["--ro-bind", str(kit.code), _CODE, *folder, WORK, *folder, STREAMS]
    for link, target in _LINKS.items():
        options += ["--symlink", target, link]
    return [*options, "--remount-ro", "/"]


def _parents(paths: list[str]) -> list[str]:
    """Return every folder above some paths, the outer ones first."""
    found = {str(parent) for path in paths for parent in Path(path).parents}
    return sorted(found - {"/"})
