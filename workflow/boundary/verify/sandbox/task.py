"""A job on its way through the pool: the parent's end of one run of it."""

from __future__ import annotations

import array
import fcntl
import json
import os
import secrets
import socket
import struct
import termios
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from boundary.verify.sandbox.jobs import Job, Outcome
from boundary.verify.sandbox.judge import Run
from boundary.verify.sandbox.records import Forged, Record, RecordParser

CHUNK = 1 << 18
_F_ADD_SEALS, _ALL_SEALS = 1033, 0b1111


class Task:
    """A job, its future outcome, and the run that is under way.

    Attributes
    ----------
    faults : int
        Runs that the machine spoiled.
    tries : int
        Runs that did not count by the program's own doing.
    alone : bool
        Whether it is to run while nothing else does.
    revoked : bool
        Whether its worker shall give it back, as the program before it takes long.
    marked : int
        How many records its worker knows to have come.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.future: Future[Outcome] = Future()
        self.faults = self.tries = 0
        self.alone = False
        self.number = -1
        self.reading: int | None = None

    def send(self, control: socket.socket, number: int) -> int:
        """Begin a run: hand program and inputs to a worker, and a pipe for the records.

        Returns
        -------
        int
            The read end of the pipe, which is `reading` until it is closed.

        Raises
        ------
        OSError
            When the worker is gone, or this process may open no more files.
        """
        job = self.job
        self.number = number
        self.records: list[Record] = []
        self.told: dict[str, Any] | None = None
        self.forged: Forged | None = None
        self.stopped = self.revoked = False
        self.marked = 0
        self.error: BaseException | None = None
        nonce = secrets.token_bytes(16)
        most = job.digest_above if job.style == "function" else None
        self.parser = RecordParser(len(job.inputs), nonce, job.limits.output_bytes, most)
        message = {
            "id": number,
            "style": job.style,
            "entry_point": job.entry_point,
            "nonce": nonce.hex(),
            "digest_above": job.digest_above,
            "limits": {**asdict(job.limits), "process_seconds": _of_a_process(job)},
        }
        blob = _blob(job)
        try:
            self.reading, writing = os.pipe()
            try:
                os.set_blocking(self.reading, False)
                socket.send_fds(control, [json.dumps(message).encode()], [blob, writing])
            finally:
                os.close(writing)
        finally:
            os.close(blob)
        return self.reading

    def read(self, descriptor: int) -> bool:
        """Take what the program wrote; return whether it should be stopped now.

        At the end of the stream `reading` is closed and None.
        """
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self.close()
        if not data or self.forged is not None or self.stopped:
            return False  # what comes too late is read, so that nobody waits, and forgotten
        try:
            found = self.parser.feed(data)
        except Forged as error:
            self.forged = error
            return True
        for record in found:
            self.records.append(record)
            if not self._accepted(record):
                self.stopped = True
                return True
        return False

    def _accepted(self, record: Record) -> bool:
        if self.job.accept is None:
            return True
        try:
            return bool(self.job.accept(record))
        except BaseException as error:  # the caller's, and given back to it
            self.error = error
            return False

    @property
    def given_back(self) -> bool:
        """Whether the worker stopped the run only since it was asked for it back."""
        ended = self.told is not None and self.told.get("end") == "stopped"
        return self.revoked and ended and not self.stopped and self.forged is None

    @property
    def timed(self) -> bool:
        """Whether the worker has to hear of each record, as each test has a limit."""
        return self.job.style == "function" and self.job.limits.test_seconds is not None

    def unread(self) -> int:
        """Return how many bytes the program wrote that were not read yet."""
        count = array.array("i", [0])
        if self.reading is not None:
            fcntl.ioctl(self.reading, termios.FIONREAD, count)
        return count[0]

    @property
    def open(self) -> bool:
        """Whether more records can come."""
        return self.reading is not None

    def finished(self, told: dict[str, Any]) -> Run:
        """Return the run, for judgement; ``told`` is what the worker says of it."""
        return Run(self.job, self.records, self.parser, self.forged, self.stopped, told, self.tries)

    def close(self) -> None:
        """Give up the run that is under way."""
        if self.reading is not None:
            os.close(self.reading)
            self.reading = None


def _of_a_process(job: Job) -> float:
    """Return the processor seconds of one process; each runs one test in stdio style."""
    own = job.limits.test_seconds if job.style == "stdio" else None
    return own or job.limits.cpu_seconds


def _blob(job: Job) -> int:
    """Return a sealed file in memory: count, lengths, then program and inputs."""
    parts = [job.program.encode("utf-8", "surrogatepass"), *job.inputs]
    header = struct.pack(f"<{len(parts) + 1}Q", len(parts), *map(len, parts))
    data = memoryview(b"".join([header, *parts]))
    blob = os.memfd_create("job", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        while data:
            data = data[os.write(blob, data) :]
        fcntl.fcntl(blob, _F_ADD_SEALS, _ALL_SEALS)
    except BaseException:
        os.close(blob)
        raise
    return blob
