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


@dataclass(frozen=True)
class Again:
    """This run does not count.

    Attributes
    ----------
    why : str
    fault : bool
        Whether the machine failed, and not the program.
    """

    why: str
    fault: bool


def judge(
    job: Job,
    records: list[Record],
    parser: RecordParser,
    forged: Forged | None,
    stopped: bool,
    told: dict[str, Any],
    tries: int,
) -> Outcome | Again:
    """Return what became of a program that is gone.

    Parameters
    ----------
    job : Job
    records : list of Record
        All that came.
    parser : RecordParser
        In the state at the end of the stream.
    forged : Forged or None
        What was wrong with the stream, if anything.
    stopped : bool
        Whether ``accept`` said to stop.
    told : dict
        What the worker says of the run; trusted.
    tries : int
        How many runs of it ended in no verdict by the program's own doing.
    """
    if "fault" in told:
        return Again(told["fault"], fault=True)
    cpu = float(told.get("cpu", 0.0))

    def outcome(end: str, name: str | None = None, detail: str | None = None) -> Outcome:
        return Outcome(tuple(records), end, name, None if detail is None else tell(detail), cpu)

    if forged is None:
        try:
            if told["end"] == "exited":
                parser.finish()
        except Forged as error:
            forged = error
    if forged is not None:
        if forged.name == "oversize":
            return outcome("resource", "output", _limit(job, "output"))
        if not (forged.name == "cut-record" and told.get("status") == -signal.SIGKILL):
            return outcome("violation", forged.name, forged.detail)
    if stopped:
        return outcome("stopped")
    if told["end"] in ("memory", "output"):
        return outcome("resource", told["end"], _limit(job, told["end"]))
    if told["end"] == "cpu":
        return outcome("timeout", "cpu", _limit(job, "cpu"))
    if told["end"] == "wall":
        if tries == 0:
            return Again("it took too long, perhaps for want of a free core", fault=False)
        return outcome("timeout", "wall", _limit(job, "wall"))
    if parser.complete:
        return outcome("finished")
    return _cut_short(job, records, told, tries, outcome)


def _cut_short(
    job: Job, records: list[Record], told: dict[str, Any], tries: int, outcome: Any
) -> Outcome | Again:
    """Judge a program that ended by itself before all records were there."""
    note, status = told["note"], told["status"]
    if status == -signal.SIGKILL:
        # Nothing within a namespace can kill its process 1: it was the machine,
        # which does so when memory runs out.
        if told["oom"] or told["peak"] > MUCH_MEMORY:
            detail = "ended by the machine for its memory"
            again = Again("ended by the machine for want of memory", fault=False)
            return again if tries == 0 else outcome("resource", "memory", detail)
        return Again("something outside the sandbox killed a program", fault=True)
    if note.startswith("MemoryError"):
        return outcome("resource", "memory", note)
    how = f"by signal {-status}" if status < 0 else f"with exit status {status}"
    ended = f"ended {how} after {len(records)} of {len(job.inputs)} tests"
    return outcome("error", None, f"{note}; {ended}" if note else ended)


def tell(text: str) -> str:
    """Return a text that a program may have made: one short line, nothing hidden."""
    return reveal(" ".join(text[:MOST_DETAIL].split(" ")))[: 2 * MOST_DETAIL]


def _limit(job: Job, kind: str) -> str:
    limits = job.limits
    return {
        "memory": f"above {limits.memory_bytes} bytes of memory",
        "output": f"returned or printed above {limits.output_bytes} bytes",
        "cpu": f"above {limits.cpu_seconds:g} s of processor time",
        "wall": f"not done after {limits.wall_seconds:g} s",
    }[kind]
