"""Jobs for the sandbox, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl

from boundary.verify.sandbox import Job, Limits, Outcome, Record, wire

#: What a verifier of programs is given, one row a response.
ITEMS = {
    "problem_id": pl.String,
    "sample_index": pl.Int64,
    "response": pl.String,
    "finish_reason": pl.String,
    "question": pl.String,
    "answer": pl.String,
    "tests": pl.String,
    "metadata": pl.String,
}
Run = Callable[[Job], Outcome]


def job(program: str, *calls: tuple[Any, ...], entry: str = "f", **rest: Any) -> Job:
    """Return a job in function style; keywords that are no limits are the job's own."""
    own = {name: rest.pop(name) for name in ("accept", "digest_above") if name in rest}
    inputs = tuple(wire.encode(call, ordered=True) for call in calls or ((),))
    return Job(program, "function", entry, inputs, Limits(**rest), **own)


def script(program: str, *texts: str, **rest: Any) -> Job:
    """Return a job in stdio style."""
    own = {name: rest.pop(name) for name in ("accept",) if name in rest}
    inputs = tuple(text.encode() for text in texts or ("",))
    return Job(program, "stdio", None, inputs, Limits(**rest), **own)


def values(outcome: Outcome) -> list[Any]:
    """Return what was returned, one a test; fails when anything else came."""
    assert outcome.end == "finished", outcome
    assert {record.kind for record in outcome.records} == {"returned"}, outcome
    return [wire.decode(record.payload) for record in outcome.records]


class InProcess:
    """Runs jobs in function style here: for the pipeline's own programs, never a candidate."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield an outcome for each job."""
        for job in jobs:
            names: dict[str, Any] = {}
            exec(job.program, names)
            records = []
            for index, data in enumerate(job.inputs):
                payload = wire.encode(names[job.entry_point](*wire.decode(data)))
                records.append(Record(index, "returned", payload, len(payload)))
            yield Outcome(tuple(records), "finished", None, None, 0.0)
