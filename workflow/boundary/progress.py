"""Progress of long work: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

LINE_EVERY = 10.0  # seconds between lines of a log


class Meter:
    """Counts finished units of work and shows their rate.

    Parameters
    ----------
    what : str
        What is being done, such as ``sample base short``.
    total : int
        Units in all.
    unit : str
        Name of a unit, in the plural.
    brief : bool
        Work that seldom takes long: a log gets no line of what took less than
        the time between two.
    """

    def __init__(self, what: str, total: int, unit: str, *, brief: bool = False) -> None:
        self.what, self.total, self.unit, self.brief = what, total, unit, brief
        self.done = self.fresh = self.tokens = 0
        self.began = self.last = time.monotonic()
        self._bar: Progress | None = None

    def advance(self, units: int, tokens: int = 0, *, fresh: bool = True) -> None:
        """Count finished units; ``fresh=False`` for those found on disk."""
        self.done += units
        if fresh:
            self.fresh += units
            self.tokens += tokens
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], advance=units, rate=self._rate())
            return
        now = time.monotonic()
        ended = self.done >= self.total and not (self.brief and now - self.began < LINE_EVERY)
        if ended or now - self.last > LINE_EVERY:
            self.last = now
            print(self._line(), file=sys.stderr, flush=True)

    def _rate(self) -> str:
        """Return the speed of what was done here; what an earlier job did took no time."""
        elapsed = max(time.monotonic() - self.began, 1e-9)
        tokens = f", {self.tokens / elapsed:,.0f} tokens/s" if self.tokens else ""
        return f"{self.fresh / elapsed:,.1f} {self.unit}/s{tokens}"

    def _line(self) -> str:
        elapsed = time.monotonic() - self.began
        line = f"{self.what}: {self.done:,} of {self.total:,} {self.unit}"
        if not self.fresh:
            return f"{line}, all found on disk"
        left = elapsed / self.fresh * (self.total - self.done)
        return f"{line}, {self._rate()}, {elapsed:.0f} s gone, {left:.0f} s left"


@contextmanager
def meter(what: str, total: int, unit: str, *, brief: bool = False) -> Iterator[Meter]:
    """Show progress on stderr while the block runs; see `Meter`."""
    counter = Meter(what, total, unit, brief=brief)
    if not sys.stderr.isatty():
        yield counter
        return
    # A log needs none of these, and they take a tenth of a second to load.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,} {task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        bar.add_task(what, total=total, rate="")
        counter._bar = bar
        yield counter
