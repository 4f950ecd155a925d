"""What is done of a study, runs, has failed and is left, by the files that are there alone.

So it works beside a run, after it, and for jobs of a cluster.
"""

from __future__ import annotations

import fcntl
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from boundary.estimate.stages import RuleJob, stages
from boundary.plan import Plan
from boundary.running.logs import last_error, last_progress, tail
from boundary.sampling.lock import ended_here

#: Seconds after which a job without a sign of life is not called running; logs get a line
#: in ten, where a job counts what it does.
FRESH = 120.0

State = Literal["running", "failed", "silent"]


@dataclass(frozen=True)
class Begun:
    """A job that was begun and has not made what it should.

    Attributes
    ----------
    rule, output, log : str
        Its rule, its first output, its log.
    state : str
        ``failed``: its log ends in an error; ``running``: it holds its lock, or gave a sign of
        life within `FRESH` seconds; ``silent``: neither, or it ended on this machine without its
        output, so that it was killed or says nothing.
    seconds : float
        Since its last sign of life.
    text : str or None
        The error, or its last line of progress.
    """

    rule: str
    output: str
    log: str
    state: State
    seconds: float
    text: str | None


@dataclass(frozen=True)
class RuleStatus:
    """How many jobs of a rule are in which state; ``left`` are those that were not begun."""

    all: int
    done: int
    running: int
    failed: int
    silent: int
    left: int


@dataclass(frozen=True)
class Status:
    """How far a study is.

    Attributes
    ----------
    study : str
        Its name.
    rules : dict
        By rule, in the order in which data flow.
    begun : list of Begun
        Jobs that run, have failed or fell silent.
    """

    study: str
    rules: dict[str, RuleStatus]
    begun: list[Begun]


def status_of(plan: Plan, now: float | None = None) -> Status:
    """Return how far a study is.

    Parameters
    ----------
    plan : Plan
        The study's plan.
    now : float, optional
        Seconds since the epoch; default: the clock.

    Notes
    -----
    Files that are there count as up to date, as in `boundary.estimate.stages.stages`.
    """
    jobs = stages(plan)
    begun = list(_begun(jobs.to_run, time.time() if now is None else now))
    states = Counter((each.rule, each.state) for each in begun)
    rules = {}
    for rule, count in jobs.counts.items():
        running, failed, silent = (states[rule, s] for s in ("running", "failed", "silent"))
        left = count.left - running - failed - silent
        done = count.all - count.left
        rules[rule] = RuleStatus(count.all, done, running, failed, silent, left)
    return Status(plan.study.study, rules, begun)


def _begun(jobs: tuple[RuleJob, ...], now: float) -> Iterator[Begun]:
    for job in jobs:
        parts = _parts(job)
        signs = [moment for path in (Path(job.log), parts) if (moment := _changed(path))]
        if not signs:
            continue
        text, age = tail(Path(job.log)), max(0.0, now - max(signs))
        error, progress, lock = last_error(text), last_progress(text), parts / "lock"
        # A job that tells how far it is has had its lock; one that was just begun has not.
        killed = progress is not None and ended_here(lock)
        state: State = "running" if (age < FRESH and not killed) or _held(lock) else "silent"
        if error is not None:
            state = "failed"
        yield Begun(job.rule, job.outputs[0], job.log, state, age, error or progress)


def _parts(job: RuleJob) -> Path:
    """Return the folder of what a sampling job has finished of a shard."""
    shard = Path(job.outputs[0])
    return shard.with_name(f".{shard.name}.parts")


def _changed(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def _held(path: Path) -> bool:
    """Whether a process holds a lock, as far as its file system tells."""
    try:
        with path.open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
