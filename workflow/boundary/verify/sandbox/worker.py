"""The fork server: takes jobs from the parent and runs each in its own namespace.

Runs inside the sandbox: standard library and neighbours only.  Trusted, single
threaded, without secrets.  It never reads what a function returns: the program
writes records straight into a pipe of the parent's.  Standard output of stdio
programs is read here, since the program must not say itself what it printed.

No program, input or output is ever in the memory that is forked for the next
program, which could search it: those of a better sample, or of the reference.
Programs are read by the process that runs them, inputs copied by the kernel,
and outputs lie in a map that is gone before the next program begins.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from typing import Any, NoReturn

from . import candidate, isolation, kernel, preload, records, rootfs
from .processes import Processes
from .watch import End, Watch

MOST_MESSAGE = 1 << 16
_OPENED = (
    ("stdin", os.O_RDWR | os.O_CREAT | os.O_EXCL),
    ("stdout", os.O_RDONLY | os.O_NONBLOCK),
    ("stdout", os.O_WRONLY),
)
_OTHER_NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)


def main() -> None:
    """Confine this process as its configuration says, then serve until the parent is gone."""
    # A parent that ignores it would pass that on, and no end of a child could be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    config = json.loads(sys.argv[1])
    control = socket.socket(fileno=config["control"])
    try:
        server = Server(config, control, enter(config))
        version = sys.modules["numpy"].__version__
        control.send(json.dumps({"hello": sys.version, "numpy": version}).encode())
    except Exception as error:  # whatever it is, the parent has to know
        control.send(json.dumps({"fault": f"{type(error).__name__}: {error}"}).encode())
        os._exit(1)
    server.serve()


def enter(config: dict[str, Any]) -> isolation.Cage:
    """Enter the worker's own namespaces; returns in a child where that is needed."""
    tier, root = config["tier"], os.geteuid() == 0
    if tier == "namespaces":
        if not root:
            kernel.new_user_namespace(isolation.INSIDE)
        isolation.first_process(_OTHER_NAMESPACES)
        rootfs.build(config)
        rootfs.follow(config["shown"])
    sys.path[:1] = []  # the code of this process is loaded
    sys.path += config["sites"]  # and nothing there hides the standard library
    sys.path_importer_cache.clear()
    preload.preload()
    os.environ.pop("PYTHONPATH", None)
    sys.argv[:] = sys.orig_argv[:] = [candidate.FILE]
    rules = isolation.file_rules(
        config, required=tier == "reduced"
    )  # of paths that another user may not see
    isolation.become_nobody()
    if tier == "reduced":
        return isolation.cage(tier, rules, None)
    if tier == "bubblewrap" or root:
        kernel.new_user_namespace(isolation.INSIDE)
        isolation.first_process(_OTHER_NAMESPACES)
    socket.sethostname("sandbox")
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    return isolation.cage(tier, rules, isolation.hide_proc())


class Server:
    """Runs jobs one at a time, in the order they come."""

    def __init__(
        self, config: dict[str, Any], control: socket.socket, held: isolation.Cage
    ) -> None:
        self.config, self.control, self.held = config, control, held
        self.waiting: deque[tuple[dict[str, Any], list[int]]] = deque()
        self.stopped: set[int] = set()
        self.current = -1
        self.watch: Watch | None = None
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.close(null)
        self.processes = Processes(held.proc)
        candidate.rehearse()
        gc.collect()
        gc.freeze()  # a collection within a program would copy these pages

    def serve(self) -> NoReturn:
        """Serve until the parent closes its end."""
        while True:
            while not self.waiting:
                self.receive()
            job, descriptors = self.waiting.popleft()
            self.current = job["id"]
            try:
                answer = self.run(job, descriptors)
            except Exception as error:  # of this machine: the program can run elsewhere
                answer = {"fault": f"{type(error).__name__}: {error}"}
            self.current, self.watch = -1, None
            self.answer(job["id"], descriptors, answer)

    def receive(self) -> None:
        """Take one message; ends the process when the parent is gone."""
        data, descriptors, _, _ = socket.recv_fds(self.control, MOST_MESSAGE, 2)
        if not data:
            os._exit(0)
        message = json.loads(data)
        if "stop" in message:
            self.stop(message["stop"])
        elif "records" in message:
            account = self.watch.account if self.watch is not None else None
            if account is not None and message["of"] == self.current:
                account.mark(message["records"], message["final"])
        else:
            self.waiting.append((message, list(descriptors)))

    def stop(self, number: int) -> None:
        """Stop a job; one that did not begin is given back at once."""
        for waiting in self.waiting:
            job, descriptors = waiting
            if job["id"] == number:
                self.waiting.remove(waiting)
                self.answer(number, descriptors, {"end": "stopped"})
                return
        if number == self.current:  # else it was over already
            self.stopped.add(number)

    def answer(self, number: int, descriptors: list[int], answer: dict[str, Any]) -> None:
        """Tell the parent what became of a job, and let go of it."""
        for descriptor in descriptors:
            os.close(descriptor)
        self.stopped.discard(number)
        self.say(number, answer)

    def say(self, number: int, what: dict[str, Any]) -> None:
        """Tell the parent something of a job."""
        self.control.send(json.dumps({"id": number, **what}).encode())

    def run(self, job: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        """Run one job and return what to tell of it."""
        blob, result = descriptors

        def hear() -> bool:
            self.receive()
            return job["id"] in self.stopped

        watch = self.watch = Watch(
            self.processes,
            job["limits"],
            self.control.fileno(),
            hear,
            lambda what: self.say(job["id"], what),
            result,
        )
        folder = isolation.make_folder(self.config)
        runner = self._function if job["style"] == "function" else self._stdio
        try:
            told = runner(job, blob, result, watch, folder).told()
            return {"alone": self.held.own_pids is not None, **told}
        finally:
            isolation.remove_folder(self.config, folder)

    def _function(
        self,
        job: dict[str, Any],
        blob: int,
        result: int,
        watch: Watch,
        folder: str,
    ) -> End:
        out = job["limits"]["open_files"] - 1
        entry, nonce, above = job["entry_point"], bytes.fromhex(job["nonce"]), job["digest_above"]

        def prepare() -> Callable[[int], int]:
            texts = _texts(blob)
            program = texts.pop(0).decode("utf-8", "surrogatepass")
            return lambda note: candidate.run_function(
                program, entry, texts, nonce, above, out, note
            )

        return self.fork(watch, folder, {out: result}, prepare)

    def _stdio(
        self,
        job: dict[str, Any],
        blob: int,
        result: int,
        watch: Watch,
        folder: str,
    ) -> End:
        """Run one process a test, each in namespaces of its own, and write the records."""

        def prepare() -> Callable[[int], int]:
            program = _texts(blob, most=1)[0].decode("utf-8", "surrogatepass")
            return lambda note: candidate.run_stdio(program, note)

        nonce = bytes.fromhex(job["nonce"])
        failed: bytes | None = None
        for index, (at, size) in enumerate(_places(blob)[1:]):
            with self._streams() as (given, printed, out):
                _copy(blob, at, size, given)
                end = self.fork(watch, folder, {0: given, 1: out}, prepare, printed)
            with end.output as output:
                if end.why is not None or end.status == -signal.SIGKILL or not end.confined:
                    break
                told = {"length": len(output), "status": end.status}
                for piece in records.pieces(nonce, index, "output", output, **told):
                    candidate.write_all(result, piece)
            if failed is None and end.status:
                failed = end.note
        if failed is not None and (end.why is not None or end.confined):
            end.note = failed  # of the first test that failed, which is what is asked for
        return end

    @contextmanager
    def _streams(self) -> Iterator[tuple[int, int, int]]:
        """Make a file for standard input, and a pipe for standard output: its two ends.

        The program can open them by name too, except in the reduced tier; the next one cannot.
        """
        place, opened = self.held.streams, list[int]()
        try:
            if place is None:
                opened += (os.memfd_create("stdin"), *os.pipe())
            else:
                os.mkfifo("stdout", 0o600, dir_fd=place)
                for name, flags in _OPENED:
                    opened.append(os.open(name, flags, 0o600, dir_fd=place))
            yield opened[0], opened[1], opened[2]
        finally:
            for descriptor in opened:
                os.close(descriptor)
            for name in ("stdin", "stdout") if place is not None else ():
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=place)

    def fork(
        self,
        watch: Watch,
        folder: str,
        given: dict[int, int],
        prepare: Callable[[], Callable[[int], int]],
        printed: int | None = None,
    ) -> End:
        """Run one process of a program, and wait until all that it made is gone.

        Parameters
        ----------
        watch : Watch
        folder : str
        given : dict
            The number of each descriptor that the program gets, and its present one.
        prepare : callable
            Reads the program, in the new process and before it is confined, and returns
            what runs it; that takes the descriptor for its note.
        printed : int or None
            Read end of the pipe of its standard output.
        """
        reading, writing = os.pipe()
        note = watch.limits["open_files"] - 2
        try:
            if self.held.own_pids is not None:
                kernel.unshare(kernel.CLONE_NEWPID)
            try:
                child = os.fork()
                if child == 0:
                    self._child(watch.limits, folder, {**given, note: writing}, note, prepare)
            finally:
                if self.held.own_pids is not None:
                    kernel.setns(self.held.own_pids, kernel.CLONE_NEWPID)
            return watch.wait(child, reading, printed)
        finally:
            os.close(reading)
            os.close(writing)

    def _child(
        self,
        limits: dict[str, Any],
        folder: str,
        given: dict[int, int],
        note: int,
        prepare: Callable[[], Callable[[int], int]],
    ) -> NoReturn:
        status = 1
        try:
            try:
                preload.seed()
                body = prepare()
                isolation.confine(self.held, limits, folder)
                _keep_only(given)
                os.write(note, b"R")
            except BaseException as error:  # nothing untrusted has run: it is the machine
                os.write(given[note], f"B{type(error).__name__}: {error}".encode())
                os._exit(1)
            status = body(note)
        finally:
            os._exit(status)


def _keep_only(given: dict[int, int]) -> None:
    """Put descriptors where they belong and close all others but the standard ones."""
    copies = {number: os.dup(source) for number, source in given.items()}
    for number, copy in copies.items():
        os.dup2(copy, number, inheritable=False)
    kept = sorted({0, 1, 2, *given})
    for low, high in zip(kept, [*kept[1:], 1 << 20], strict=True):
        if low + 1 < high:
            kernel.close_range(low + 1, high - 1)


def _places(blob: int) -> list[tuple[int, int]]:
    """Return where the program and each input begin, and their sizes."""
    (count,) = struct.unpack("<Q", os.pread(blob, 8, 0))
    sizes = struct.unpack(f"<{count}Q", os.pread(blob, 8 * count, 8))
    ends = list(accumulate(sizes, initial=8 + 8 * count))
    return list(zip(ends, sizes, strict=False))


def _texts(blob: int, most: int | None = None) -> list[bytes]:
    """Return the program and the inputs, or the first so many of these."""
    return [os.pread(blob, size, at) for at, size in _places(blob)[:most]]


def _copy(blob: int, at: int, size: int, given: int) -> None:
    """Have the kernel copy one input to a file, which is then at its beginning."""
    end = at + size
    while at < end:
        at += os.sendfile(given, blob, at, end - at)
    os.lseek(given, 0, os.SEEK_SET)
