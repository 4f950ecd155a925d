"""What a run of Snakemake says beside Snakemake: how far long jobs are, and why jobs failed.

Snakemake's logger tells which jobs start, end and fail, at every level of ``--quiet``, as a
handler sees records before another one's filter drops them.  How far a job is stands in its
log.  A logger plugin would have to be installed and asked for; a handler is there by itself.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boundary.running.logs import ending, last_progress, tail

#: Whether jobs tell how far they are where no terminal looks (1), or nowhere (0).
ASKED = "BOUNDARY_PROGRESS"
#: Seconds between two looks at logs, to which jobs add a line as often.
EVERY = 10.0
#: Seconds between two lines on average, however many jobs run.
A_LINE = 5.0
#: Seconds by which the clock of a file server may be behind.
SKEW = 5.0


@dataclass
class _Job:
    """A job that runs or has failed: its rule, its logs, when it began, what was said last."""

    rule: str
    logs: list[Path]
    began: float
    shown: str | None = None


class Watcher(logging.Handler):
    """Follow the jobs of one run.

    Parameters
    ----------
    say : callable
        Takes a line of progress.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say
        self._running: dict[int, _Job] = {}
        self._failed: dict[int, _Job] = {}
        self._ended = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of a job that starts, ends or fails.  The handler's lock is held."""
        job, event = vars(record), str(getattr(record, "event", ""))
        if event == "job_info":
            self._failed.pop(job["jobid"], None)  # it is tried once more
            self._running[job["jobid"]] = _job_of(job)
        elif event == "job_finished":
            self._running.pop(job["job_id"], None)
        elif event == "job_error":
            failed = _job_of(job)
            if begun := self._running.pop(job["jobid"], None):
                failed.began = begun.began
            self._failed[job["jobid"]] = failed

    def start(self) -> None:
        """Say how far jobs are until `stop`, or until the process ends."""
        threading.Thread(target=self._watch, name="progress of jobs", daemon=True).start()

    def stop(self) -> None:
        """Say no more."""
        self._ended.set()

    def _watch(self) -> None:
        pause = EVERY
        while not self._ended.wait(pause):
            self.acquire()
            running = list(self._running.values())
            self.release()
            lines = list(_news(running))
            for line in lines:
                self._say(line)
            pause = max(EVERY, A_LINE * len(lines))

    def faults(self) -> list[str]:
        """Return of each job that failed its rule, the error in its log, and the log's path."""
        return [_fault(job) for job in self._failed.values()]


class Hearing(logging.Handler):
    """Do something when a text is logged.

    Parameters
    ----------
    text : str
        The whole message.
    then : callable
        What is done, before the logger goes on.
    """

    def __init__(self, text: str, then: Callable[[], object]) -> None:
        super().__init__()
        self._text, self._then = text, then

    def emit(self, record: logging.LogRecord) -> None:
        """Act where the message is the text."""
        if record.getMessage() == self._text:
            self._then()


def _job_of(record: dict[str, Any]) -> _Job:
    return _Job(record["rule_name"], [Path(log) for log in record["log"]], time.time())


def _news(jobs: Iterable[_Job]) -> Iterable[str]:
    """Yield what logs say that was not said before."""
    for job in jobs:
        for log in job.logs:
            line = last_progress(_said(log, job))
            if line is not None and line != job.shown:
                job.shown = line
                yield line


def _said(log: Path, job: _Job) -> str:
    """Return the end of a log; empty where it is of an earlier try, or not there."""
    try:
        return tail(log) if log.stat().st_mtime > job.began - SKEW else ""
    except OSError:
        return ""


def _fault(job: _Job) -> str:
    """Return what became of a job; Snakemake lists logs of a cluster behind those of the rule."""
    paths = ", ".join(str(log.absolute()) for log in job.logs)
    text = next(filter(None, (_said(log, job) for log in job.logs)), "")
    return f"{job.rule} failed: {ending(text)}\nLog: {paths or 'none'}"


def wanted() -> bool:
    """Whether progress is to be said: where a terminal looks, unless `ASKED` says otherwise."""
    return {"0": False, "1": True}.get(os.environ.get(ASKED, ""), sys.stderr.isatty())
