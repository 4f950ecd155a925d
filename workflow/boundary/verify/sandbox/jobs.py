"""What goes into the sandbox, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from boundary.verify.sandbox.limits import Limits
from boundary.verify.sandbox.records import Record

STYLES = ("function", "stdio")
#: Longest name of an entry point, in characters.
MOST_NAME = 1000


@dataclass(frozen=True)
class Job:
    """A program and what it is run on; expected values are no part of it.

    Attributes
    ----------
    program : str
        Source text; hostile.
    style : str
        ``function``: one process calls the entry point once for each input.
        ``stdio``: one process a test, with the input as its standard input.
    entry_point : str or None
        ``f``, or ``Solution.f`` of an object that is made without arguments
        anew for each test; None in stdio style.
    inputs : tuple of bytes
        One a test: `wire.encode` of the tuple of arguments, or standard input.
    limits : Limits
    digest_above : int
        A returned value whose encoding has more bytes comes as its SHA-256.
    accept : callable or None
        Called in the parent with each record, in order, on a thread of the
        sandbox; False stops the program (end ``stopped``).
    """

    program: str
    style: str
    entry_point: str | None
    inputs: tuple[bytes, ...]
    limits: Limits = field(default_factory=Limits)
    digest_above: int = 1 << 20
    accept: Callable[[Record], bool] | None = None

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"style is {self.style!r}; known are {', '.join(STYLES)}")
        if (self.style == "function") != (self.entry_point is not None):
            raise ValueError("an entry point belongs to function style, and only to it")
        if self.entry_point is not None and len(self.entry_point) > MOST_NAME:
            raise ValueError(f"the entry point has more than {MOST_NAME} characters")
        if not self.inputs:
            raise ValueError("a job without inputs would pass whatever it does")


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes
    ----------
    records : tuple of Record
        One a test, in order, as far as they came.
    end : str
        ``finished`` (every record came), ``stopped`` (by ``accept``), ``timeout``,
        ``resource``, ``error`` (ended before all records) or ``violation``.
    name : str or None
        Of a violation (``forged-record``, ``duplicate-record``, ``record-gap``,
        ``cut-record``, ``surplus-output``) or a resource (``memory``, ``output``),
        and for a timeout ``cpu`` or ``wall``.
    detail : str or None
        In words; short, on one line, with every invisible character escaped.
    cpu_seconds : float
        Processor time of the program.
    """

    records: tuple[Record, ...]
    end: str
    name: str | None
    detail: str | None
    cpu_seconds: float
