"""What became of a program: from its records and what the worker tells, to an outcome.

No input or output here.  `Again` says that this run settles nothing.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any

from boundary.verify.sandbox.jobs import Job, Outcome
from boundary.verify.sandbox.records import Forged, Record, RecordParser
from boundary.wording import reveal

MOST_DETAIL = 300
#: A program that SIGKILL ended and that held as much was ended for its memory.
MUCH_MEMORY = 1 << 30
#: Runs of a program that is killed where it could be its own doing (no PID namespace).
RUNS = 3


@dataclass(frozen=True)
class Again:
    """A run that does not count.

    Attributes
    ----------
    why : str
    fault : bool
        Whether the machine failed, and not the program.
    alone : bool
        Whether it should run next while nothing else does.
    """

    why: str
    fault: bool
    alone: bool = False


@dataclass
class Run:
    """One run of a job, over and done.

    Attributes
    ----------
    job : Job
    records : list of Record
        All that came.
    parser : RecordParser
        In its state at the end of the stream.
    forged : Forged or None
        What was wrong with the stream, if anything.
    stopped : bool
        Whether ``accept`` said to stop.
    told : dict
        What the worker says of the run; trusted.
    tries : int
        How many runs before it settled nothing by the program's own doing.
    """

    job: Job
    records: list[Record]
    parser: RecordParser
    forged: Forged | None
    stopped: bool
    told: dict[str, Any]
    tries: int

    def outcome(self, end: str, name: str | None = None, detail: str | None = None) -> Outcome:
        """Return an outcome with what is known of the run."""
        shown = None if detail is None else tell(detail)
        return Outcome(tuple(self.records), end, name, shown, float(self.told.get("cpu", 0.0)))


def judge(run: Run) -> Outcome | Again:
    """Return what became of a program that is gone."""
    if "fault" in run.told:
        return Again(run.told["fault"], fault=True)
    breach = _breach(run)
    if breach is not None:
        if breach.name == "oversize":
            return run.outcome("resource", "output", _limit(run.job, "output"))
        return run.outcome("violation", breach.name, breach.detail)
    if run.stopped:
        return run.outcome("stopped", None, run.told.get("note") or None)
    why = run.told["end"]
    if why != "exited":
        return _ended(run, why)
    return run.outcome("finished") if run.parser.complete else _cut_short(run)


def _breach(run: Run) -> Forged | None:
    """Return what was wrong with the stream; a crash within a record is no breach."""
    if run.forged is not None or run.stopped:
        return run.forged
    if run.told["end"] == "exited" and run.told["status"] == 0:
        try:
            run.parser.finish()
        except Forged as error:
            return error
    return None


def _ended(run: Run, why: str) -> Outcome | Again:
    """Judge a program that the worker ended."""
    if why == "wall" and run.told["starved"] and run.tries == 0:
        return Again("it took too long for want of a core", fault=False, alone=True)
    end = "timeout" if why in ("cpu", "wall") else "resource"
    return run.outcome(end, why, _limit(run.job, why))


def _cut_short(run: Run) -> Outcome | Again:
    """Judge a program that ended by itself before all records were there."""
    note, status = run.told["note"], run.told["status"]
    if status == -signal.SIGKILL:
        return _killed(run)
    if note.startswith("MemoryError"):
        return run.outcome("resource", "memory", note)
    how = f"by signal {-status}" if status < 0 else f"with exit status {status}"
    ended = f"ended {how} after {len(run.records)} of {len(run.job.inputs)} tests"
    return run.outcome("error", None, f"{note}; {ended}" if note else ended)


def _killed(run: Run) -> Outcome | Again:
    """Judge a program that was killed, and not by the worker.

    Nothing within a namespace can kill its process 1: it was the machine, which
    does so when memory runs out.  Without a namespace a program can do it itself.
    """
    if run.told["oom"] or run.told["peak"] >= MUCH_MEMORY:
        if run.tries == 0:
            return Again("ended by the machine for want of memory", fault=False, alone=True)
        return run.outcome("resource", "memory", "ended by the machine for its memory, twice")
    if run.told["alone"]:
        return Again("something outside the sandbox killed a program", fault=True)
    if run.tries + 1 < RUNS:
        return Again("it was killed, perhaps by itself", fault=False)
    return run.outcome("error", None, f"killed in each of {RUNS} runs")


def tell(text: str) -> str:
    """Return a text that a program may have made: one short line, nothing hidden."""
    return reveal(" ".join(text[:MOST_DETAIL].split()))


def _limit(job: Job, kind: str) -> str:
    limits = job.limits
    own = (
        "" if limits.test_seconds is None else f", of which a test may take {limits.test_seconds:g}"
    )
    return {
        "memory": f"above {limits.memory_bytes} bytes of memory",
        "output": f"returned or printed above {limits.output_bytes} bytes",
        "cpu": f"above {limits.cpu_seconds:g} s of processor time{own}",
        "wall": f"not done after {limits.wall_seconds:g} s{own}",
    }[kind]
