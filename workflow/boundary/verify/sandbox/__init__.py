"""Runs programs that nobody trusts, and brings back plain data.

`Sandbox` is all that other packages use.  Expected values and verdicts never
enter it: what a program returned is compared in the parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

from boundary.errors import MachineError
from boundary.verify.sandbox.jobs import Job, Outcome
from boundary.verify.sandbox.launch import WorkerFailed
from boundary.verify.sandbox.limits import Limits
from boundary.verify.sandbox.pool import Pool
from boundary.verify.sandbox.records import Record
from boundary.verify.sandbox.window import AHEAD, Window

__all__ = ["Job", "Limits", "Outcome", "Record", "Sandbox"]


class Sandbox:
    """A pool of pre-warmed workers, each of which runs one program at a time.

    Parameters
    ----------
    workers : int
        How many programs run at a time.
    reduced : bool
        Allow the tier without namespaces, where no better one works.

    Attributes
    ----------
    tier : str
        ``bubblewrap``, ``namespaces`` or ``reduced``.

    Raises
    ------
    MachineError
        When no tier works on this machine; it says why for each.
    """

    def __init__(self, workers: int, *, reduced: bool = False) -> None:
        if workers < 1:
            raise ValueError(f"workers is {workers}")
        from boundary.verify.sandbox.tiers import choose

        self.tier = choose(reduced=reduced)
        self.workers = workers
        self._pool: Pool | None = None

    def __enter__(self) -> Self:
        try:
            self._pool = Pool(self.tier, self.workers)
        except WorkerFailed as error:  # it worked when the tier was chosen
            raise MachineError(
                f"A worker of the sandbox ({self.tier}) does not start: {error}. Look for full "
                f"disks and for a lack of memory or processes, run `python -m boundary doctor`, "
                f"and start again."
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Run jobs and yield their outcomes in the order of the jobs.

        Jobs are taken as there is room, so the iterable may be endless.  While one runs
        long, later ones go on, as far as their outcomes find room (`window`).

        Raises
        ------
        MachineError
            When the machine spoils a program three times.
        """
        pool = self._opened()
        window = Window(AHEAD * self.workers)
        try:
            for job in jobs:
                window.add(pool.submit(job))
                yield from window.taken()
            yield from window.taken(everything=True)
        finally:
            window.cancel()

    def pids(self) -> list[int]:
        """Return the process numbers of the workers, for tests and diagnosis."""
        return self._opened().pids()

    def _opened(self) -> Pool:
        if self._pool is None:
            raise RuntimeError("use the sandbox in a with statement")
        return self._pool
