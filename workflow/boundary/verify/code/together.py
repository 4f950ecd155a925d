"""Small questions to the sandbox, many in one process, and alone where one spoils it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from boundary.verify.sandbox import Job, Limits, Record, Sandbox

T = TypeVar("T")


def ask_together(
    sandbox: Sandbox,
    asked: Sequence[T],
    size: int,
    limits: tuple[Limits, Limits],
    job: Callable[[Sequence[T], Limits], Job],
) -> Iterator[Record | str]:
    """Yield what came of each item, in order: its record, or how its own process ended.

    Parameters
    ----------
    sandbox : Sandbox
    asked : sequence
    size : int
        Items that one process takes.
    limits : pair of Limits
        Of a process with many items, and of one with a single item.
    job : callable
        From items and limits to a job with one test an item.
    """
    many, single = limits
    batches = [asked[at : at + size] for at in range(0, len(asked), size)]
    outcomes = sandbox.run(job(batch, many) for batch in batches)
    for batch, outcome in zip(batches, outcomes, strict=True):
        if outcome.end == "finished":
            yield from outcome.records
            continue
        for alone in sandbox.run(job([item], single) for item in batch):
            if alone.end == "finished":
                yield from alone.records
            else:
                yield alone.end
