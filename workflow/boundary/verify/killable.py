"""Run small functions on hostile input, in processes that can be killed.

The time limit is processor time, measured by the kernel and enforced by a
signal that ends the process even inside a long C call.  So a verdict depends
on the input and not on how busy the machine is.  A task that a worker did not
survive for another reason is tried once more, alone; if that fails too, it is
the machine that failed, which is an error and never a result.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as WallTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver
from typing import Any, Final, TypeVar

from boundary.errors import MachineError

#: A worker is replaced after so many tasks, so that what it caches stays small.
TASKS_PER_WORKER = 1000
SHOWN = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one task may use.

    Attributes
    ----------
    cpu_seconds : float
        Processor time, in seconds.
    wall_seconds : float
        Elapsed time, in seconds; far above the processor time, it catches
        only a machine that does not let the worker run.
    memory_bytes : int
        Address space of the worker process.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 300.0
    memory_bytes: int = 2 * 2**30


class OutOfTime:
    """The type of `OUT_OF_TIME`."""


#: What stands in the place of a result when the processor time ran out.
OUT_OF_TIME: Final = OutOfTime()


@dataclass(frozen=True)
class _Lost:
    """A worker died or stood still, for a reason outside the task's limits."""

    reason: str


class KillablePool:
    """Processes that live from call to call, until the context ends.

    They start at the first task.  A process that a limit has killed is replaced.

    Parameters
    ----------
    limits : Limits
        Of each task.
    workers : int
        Processes.
    preload : sequence of str
        Modules that workers have imported before they start.
    """

    def __init__(self, *, limits: Limits, workers: int = 1, preload: Sequence[str] = ()) -> None:
        self._limits = limits
        self._workers = max(workers, 1)
        self._preload = preload
        self._pool: Any = None

    def __enter__(self) -> KillablePool:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def start(self) -> None:
        """Start the processes before there is a task, and wait until one works."""
        self.run(_nothing, [()])

    def run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]], share: float = 1.0
    ) -> list[T | OutOfTime]:
        """Call a function once for each task, each within the limits.

        Parameters
        ----------
        function : callable
            A function at the top level of an importable module.
        tasks : sequence of tuple
            The arguments of each call.
        share : float, default 1.0
            The part of the processor time that each of these calls may use.

        Returns
        -------
        list
            For each task, in order, what the function returned, or `OUT_OF_TIME`.

        Raises
        ------
        MachineError
            When a worker died twice on the same task, or got no processor time.
        """
        results = self._run(function, tasks, share)
        return [
            self._retry(function, task, result, share) if isinstance(result, _Lost) else result
            for task, result in zip(tasks, results, strict=True)
        ]

    def _run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]], share: float
    ) -> list[T | OutOfTime | _Lost]:
        if not tasks:
            return []
        pool = self._started()
        limits = self._limits
        seconds = share * limits.cpu_seconds
        futures = [
            pool.schedule(_within, args=(seconds, function, task), timeout=limits.wall_seconds)
            for task in tasks
        ]
        results = []
        try:
            for future in futures:
                results.append(_result(future, limits))
        except BaseException:
            self._stop()
            raise
        if any(isinstance(result, _Lost) for result in results):
            self._stop()  # whatever is wrong with it, the next call gets a fresh one
        return results

    def _retry(
        self, function: Callable[..., T], task: tuple[Any, ...], lost: _Lost, share: float
    ) -> T | OutOfTime:
        with KillablePool(limits=self._limits, preload=self._preload) as alone:
            (again,) = alone._run(function, [task], share)
        if isinstance(again, _Lost):
            text = repr(task)
            shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
            raise MachineError(
                f"A verification worker was lost twice on the same task: it {lost.reason}, and "
                f"alone in a fresh pool it {again.reason}. This is no verdict on the answer. Give "
                f"the job more memory or a less busy machine and run the same command again. "
                f"The task: {shown}"
            )
        return again

    def _started(self) -> Any:
        if self._pool is None:
            from pebble import ProcessPool

            _start_fork_server(self._preload)
            self._pool = ProcessPool(
                max_workers=self._workers,
                max_tasks=TASKS_PER_WORKER,
                initializer=_limit_process,
                initargs=(self._limits.memory_bytes,),
                context=multiprocessing.get_context("forkserver"),
            )
        return self._pool

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None


def _nothing() -> None:
    """Return nothing: the task that shows that a process works."""


def _result(future: Any, limits: Limits) -> Any:
    from pebble import ProcessExpired

    try:
        return future.result()
    except ProcessExpired as error:
        if error.exitcode == -signal.SIGPROF:
            return OUT_OF_TIME
        return _Lost(f"died with exit code {error.exitcode}")
    except WallTimeout:
        return _Lost(
            f"did not come to {limits.cpu_seconds:g} s of processor time "
            f"in {limits.wall_seconds:g} s"
        )
    except BrokenProcessPool as error:
        return _Lost(f"broke the pool ({error})")


def _within(cpu_seconds: float, function: Callable[..., T], task: tuple[Any, ...]) -> T:
    """Call in the worker, with a timer that kills it when processor time runs out."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        return function(*task)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _limit_process(memory_bytes: int) -> None:
    """Set up a worker: memory limit, no core file."""
    # With no handler in Python, the signal ends the process even inside C code.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _start_fork_server(preload: Sequence[str]) -> None:
    """Start the fork server with fixed string hashing, as set order can reach a result."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(preload))
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before
