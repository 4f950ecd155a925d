"""Outcomes that wait for their turn: they are given in the order of the jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future

from boundary.verify.sandbox.jobs import Outcome

#: Jobs that run or wait to, per worker.
AHEAD = 8
#: Most bytes of outcomes that wait for an earlier job's.
MOST_HELD = 64 << 20
#: What an outcome takes beside what was returned, and what a record does, in bytes.
_OUTCOME, _RECORD = 1000, 300


class Window:
    """Futures in the order of their jobs.

    Parameters
    ----------
    most : int
        How many of them may be without an outcome.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._futures: deque[Future[Outcome]] = deque()
        self._changed = threading.Condition()
        self._unfinished = self._held = 0

    def add(self, future: Future[Outcome]) -> None:
        """Put a future behind the others."""
        with self._changed:
            self._unfinished += 1
        self._futures.append(future)
        future.add_done_callback(self._done)

    def _done(self, future: Future[Outcome]) -> None:
        with self._changed:
            self._unfinished -= 1
            self._held += _size(future)
            self._changed.notify()

    def taken(self, *, everything: bool = False) -> Iterator[Outcome]:
        """Yield the outcomes whose turn it is, until there is room for another job.

        Parameters
        ----------
        everything : bool
            Whether to go on until none is left.
        """
        while self._futures:
            first = self._futures[0]
            with self._changed:
                self._changed.wait_for(lambda: first.done() or not (everything or self._full()))  # noqa: B023
                if not first.done():
                    return
                self._held -= _size(first)
            self._futures.popleft()
            yield first.result()

    def _full(self) -> bool:
        return self._unfinished > self._most or self._held > MOST_HELD

    def cancel(self) -> None:
        """Give up what is left."""
        for future in self._futures:
            future.cancel()


def _size(future: Future[Outcome]) -> int:
    if future.cancelled() or future.exception() is not None:
        return _OUTCOME
    records = future.result().records
    return _OUTCOME + sum(_RECORD + len(record.payload) for record in records)
