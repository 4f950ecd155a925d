"""Has the sandbox look for tricks in the source of programs (`tricks` runs there)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from boundary.verify.code.suite import Suite
from boundary.verify.code.together import ask_together
from boundary.verify.sandbox import Job, Limits, Record, Sandbox, wire

SCANNER = Path(__file__).with_name("tricks.py")
#: Programs that one process looks through; alone when one of them spoils it.
TOGETHER = 32
MOST_SOURCE = 1 << 20
#: Visible inputs that are looked for, and bytes of one.
MOST_VISIBLE, MOST_INPUT = 64, 1 << 14
_LIMITS = Limits(cpu_seconds=10.0, wall_seconds=30.0, memory_bytes=2 << 30)
_ALONE = Limits(cpu_seconds=2.0, wall_seconds=10.0, memory_bytes=1 << 30)


@dataclass(frozen=True)
class Scan:
    """What stands in a source.

    Attributes
    ----------
    tricks : tuple of str
        Names, sorted.
    literals : int
        How many of the visible inputs stand in it.
    remark : str or None
        That it could not be looked through.
    """

    tricks: tuple[str, ...] = ()
    literals: int = 0
    remark: str | None = None


def scan(sandbox: Sandbox, wanted: Sequence[tuple[Suite, str]]) -> list[Scan]:
    """Look through programs, each as it is run, in order."""
    scanner = SCANNER.read_text(encoding="utf-8")
    job = partial(_job, scanner)
    records = ask_together(sandbox, wanted, TOGETHER, (_LIMITS, _ALONE), job)
    return [_read(record) for record in records]


def visible_inputs(suite: Suite) -> list[tuple[object, ...]]:
    """Return the arguments that a solver could know, those of a sensible size."""
    if suite.style != "function":
        return []
    first = suite.inputs[: min(suite.base, MOST_VISIBLE)]
    return [wire.decode(data) for data in first if len(data) <= MOST_INPUT]


def _job(scanner: str, batch: Sequence[tuple[Suite, str]], limits: Limits) -> Job:
    inputs = tuple(
        wire.encode((program[:MOST_SOURCE], suite.style == "function", visible_inputs(suite)))
        for suite, program in batch
    )
    return Job(scanner, "function", "scan", inputs, limits)


def _read(record: Record | str) -> Scan:
    if isinstance(record, str):
        return Scan(remark=f"source not looked through ({record})")
    value = wire.decode(record.payload) if record.kind == "returned" else None
    if value is None:
        return Scan(remark="source not parsed")
    tricks, literals = value
    return Scan(tuple(tricks), literals)
