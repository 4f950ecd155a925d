"""The pool of workers, run by one thread of the parent."""

from __future__ import annotations

import itertools
import json
import os
import selectors
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any

from boundary.errors import MachineError
from boundary.verify.sandbox.account import MOST_TURNS
from boundary.verify.sandbox.jobs import Job, Outcome
from boundary.verify.sandbox.judge import Again, judge
from boundary.verify.sandbox.launch import Kit, Worker, WorkerFailed
from boundary.verify.sandbox.task import CHUNK, Task

#: Runs that the machine may spoil before it is given up.
MOST_FAULTS = 3
#: Tasks with a worker at a time; the second begins as soon as the first is done.
DEPTH = 2
#: How much longer than a program's own limit a worker may take to end it, in seconds.
GRACE = 30.0
#: How long a program may keep the one behind it waiting, in seconds.
SLOW = 0.2
#: How often at most a worker hears how many records of a program came, in seconds.
MARK_EVERY = 0.05
_TICK = 0.2
_MESSAGE = 1 << 16


class _Slot:
    """A place for a worker, and the tasks with it in their order.

    Attributes
    ----------
    since : float
        When the first of them began.
    parked : bool
        Whether its program sleeps, and so leaves its core to another one.
    marked : float
        When the worker last heard how many records came.
    """

    def __init__(self, worker: Worker | None = None) -> None:
        self.worker = worker
        self.tasks: deque[Task] = deque()
        self.since = self.marked = 0.0
        self.parked = False


class Pool:
    """Runs tasks on workers of one tier.

    While programs sleep, others run on spare workers, which are started when there is
    need of them; the sleepers have at most as many places as all others.

    Parameters
    ----------
    tier : str
    workers : int
        How many programs run at a time, but for those that sleep.

    Raises
    ------
    WorkerFailed
        When the first workers do not start.
    """

    def __init__(self, tier: str, workers: int) -> None:
        self.tier = tier
        self._workers = workers
        self._kit: Kit | None = None
        self._spare: threading.Thread | None = None
        self._spares: list[Worker] = []
        self._numbers = itertools.count()
        self._slots = [_Slot() for _ in range(workers)]
        self._ready: deque[Task] = deque()
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._new: list[Task] = []
        self._closing = False
        self._waking, self._wake = os.pipe()
        os.set_blocking(self._waking, False)
        self._selector.register(self._waking, selectors.EVENT_READ, None)
        try:
            self._start(self._slots)
        except (MachineError, WorkerFailed):
            self._release()
            raise
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Future[Outcome]:
        """Queue a job."""
        task = Task(job)
        with self._lock:
            if self._closing:
                raise RuntimeError("the sandbox is closed")
            self._new.append(task)
            os.write(self._wake, b"x")  # under the lock: nothing closes it meanwhile
        return task.future

    def pids(self) -> list[int]:
        """Return the process numbers of the workers."""
        workers = [slot.worker for slot in self._slots]
        return [worker.pid for worker in workers if worker is not None and worker.pid]

    def close(self) -> None:
        """End all workers; what is under way is given up."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            os.write(self._wake, b"x")
        self._thread.join()

    def _run(self) -> None:
        error: BaseException = RuntimeError("the sandbox was closed")
        try:
            while not self._closing:
                self._turn()
        except BaseException as found:  # of this code; whoever waits has to hear of it
            error = found
        with self._lock:
            self._closing = True
        waiting = [*self._new, *self._ready, *(t for slot in self._slots for t in slot.tasks)]
        self._release()
        for task in waiting:
            task.close()
            if not task.future.done():
                task.future.set_exception(error)

    def _release(self) -> None:
        if self._spare is not None:
            self._spare.join()
        self._slots += map(_Slot, self._spares)
        for slot in self._slots:
            if slot.worker is not None:
                slot.worker.control.close()
        for slot in self._slots:
            if slot.worker is not None:
                slot.worker.close()
                slot.worker = None
        self._selector.close()
        os.close(self._waking)
        os.close(self._wake)
        if self._kit is not None:
            self._kit.__exit__()

    def _turn(self) -> None:
        """Hand out what is ready, then take what has come."""
        with self._lock:
            self._ready.extend(self._new)
            self._new.clear()
            spares, self._spares = self._spares, []
        for worker in spares:
            self._spare = None
            self._slots.append(_Slot(worker))
            self._selector.register(worker.control, selectors.EVENT_READ, self._slots[-1])
        self._hand_out()
        ready = self._selector.select(_TICK)
        begun = time.monotonic()
        for key, _ in ready:
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self._waking, _MESSAGE)
            elif isinstance(key.data, _Slot):
                self._hear(key.data)
            else:
                self._read(*key.data)
        self._look_at_clocks(time.monotonic() - begun)

    def _hand_out(self) -> None:
        while self._ready:
            task = self._ready[0]
            busy = [slot for slot in self._slots if slot.tasks]
            if task.future.cancelled():
                self._ready.popleft()
                continue
            if (task.alone and busy) or any(slot.tasks[0].alone for slot in busy):
                return
            slot = self._place()
            if slot is None:
                return
            self._ready.popleft()
            self._give(slot, task)

    def _place(self) -> _Slot | None:
        """Return where the next task goes: to an idle worker, or behind a quick program."""
        now = time.monotonic()
        free = [slot for slot in self._slots if not slot.tasks]
        awake = [slot for slot in self._slots if slot.tasks and not slot.parked]
        if len(awake) < self._workers:
            if free:
                return min(free, key=lambda slot: slot.worker is None)
            if len(self._slots) < 2 * self._workers and self._spare is None:
                self._spare = threading.Thread(target=self._start_spare, daemon=True)
                self._spare.start()
        quick = [s for s in awake if len(s.tasks) < DEPTH and now < s.since + SLOW]
        return min(quick, key=lambda slot: len(slot.tasks), default=None)

    def _start_spare(self) -> None:
        """Start a worker beside the others; without it sleepers keep their places."""
        try:
            with ExitStack() as stack:
                kit = self._kit or stack.enter_context(Kit())
                worker = Worker(self.tier, kit).wait()
        except (OSError, WorkerFailed):
            return  # and none is tried again
        with self._lock:
            self._spares.append(worker)
            os.write(self._wake, b"x")

    def _give(self, slot: _Slot, task: Task) -> None:
        try:
            worker = slot.worker or self._start([slot])
            reading = task.send(worker.control, next(self._numbers))
        except (OSError, WorkerFailed) as error:
            task.close()
            self._spoiled(task, str(error))
            self._lose(slot, str(error))
            return
        if not slot.tasks:
            slot.since = time.monotonic()
            slot.parked = False
        slot.tasks.append(task)
        self._selector.register(reading, selectors.EVENT_READ, (slot, task))

    def _start(self, slots: list[_Slot]) -> Worker:
        """Start the workers of some slots together, and return the first."""
        try:
            kit = self._kit or Kit().__enter__()
        except OSError as error:
            raise WorkerFailed(f"its code cannot be laid out: {error}") from None
        if self.tier == "reduced":
            self._kit = kit  # programs have their folders in it
        started = []
        try:
            for slot in slots:
                slot.worker = Worker(self.tier, kit)
                started.append(slot.worker)
                self._selector.register(slot.worker.control, selectors.EVENT_READ, slot)
            for worker in started:
                worker.wait()
        finally:
            if self._kit is None:
                kit.__exit__()  # workers have read it, so a kill of this process leaves nothing
        return started[0]

    def _read(self, slot: _Slot, task: Task) -> None:
        descriptor = task.reading
        if descriptor is None:
            return
        stop = task.read(descriptor)
        if not task.open:
            self._selector.unregister(descriptor)
            self._settle(slot, task)
        elif stop:
            self._stop(slot, task)

    def _stop(self, slot: _Slot, task: Task) -> None:
        self._say(slot, {"stop": task.number})

    def _mark(self, slot: _Slot, task: Task, *, final: bool = False) -> None:
        """Tell a worker how many records of a program came."""
        task.marked, slot.marked = len(task.records), time.monotonic()
        self._say(slot, {"records": task.marked, "of": task.number, "final": final})

    def _say(self, slot: _Slot, message: dict[str, Any]) -> None:
        if slot.worker is not None:
            with suppress(OSError):  # a lost worker is noticed where it is heard
                slot.worker.control.send(json.dumps(message).encode())

    def _hear(self, slot: _Slot) -> None:
        """Take a message of a worker, or notice that it is gone."""
        if slot.worker is None:
            return
        try:
            data = slot.worker.control.recv(_MESSAGE)
            message = json.loads(data) if data else None
        except BlockingIOError:
            return
        except (OSError, ValueError):
            message = None
        number = None if message is None else message.get("id")
        task = next((task for task in slot.tasks if task.number == number), None)
        if message is None or task is None:
            self._lose(slot, "a worker of the sandbox was lost")
        elif "parked" in message:
            slot.parked = True
        elif "over" in message:
            for _ in range(0, task.unread(), CHUNK):
                self._read(slot, task)
            if task in slot.tasks:
                self._mark(slot, task, final=message["over"] == len(task.records))
        else:
            task.told = message
            self._settle(slot, task)

    def _settle(self, slot: _Slot, task: Task) -> None:
        """Judge a run when the program is gone and all was read."""
        if task.told is None or task.open or task not in slot.tasks:
            return
        if slot.tasks[0] is task:
            slot.since, slot.parked = time.monotonic(), False
        slot.tasks.remove(task)
        if task.future.cancelled():
            return
        if task.error is not None:
            task.future.set_exception(task.error)
            return
        if task.given_back:
            self._ready.appendleft(task)
            return
        found = judge(task.finished(task.told))
        if isinstance(found, Again):
            if found.fault:
                self._spoiled(task, found.why)
                self._lose(slot, found.why)
            else:
                task.tries += 1
                task.alone = found.alone
                self._ready.appendleft(task)
        else:
            task.future.set_result(found)

    def _spoiled(self, task: Task, why: str) -> None:
        """Try a task again elsewhere, or give the machine up."""
        task.faults += 1
        if task.future.cancelled():
            return
        if task.faults < MOST_FAULTS:
            self._ready.appendleft(task)
            return
        task.future.set_exception(
            MachineError(
                f"The sandbox failed {task.faults} times on one program, last: {why}. This is the "
                f"machine's fault and gave no verdict. Look for processes that were killed for "
                f"memory and for full disks, run `python -m boundary doctor`, and start again; "
                f"verdicts that are there are kept."
            )
        )

    def _lose(self, slot: _Slot, why: str) -> None:
        """Replace a worker; its first task was spoiled, those behind it did not begin."""
        if slot.worker is not None:
            self._selector.unregister(slot.worker.control)
            slot.worker.kill()
            slot.worker.close()
            slot.worker = None
        tasks = list(slot.tasks)
        slot.tasks.clear()
        for task in tasks:
            if task.reading is not None:
                self._selector.unregister(task.reading)
                task.close()
        self._ready.extendleft(reversed(tasks[1:]))
        if tasks:
            self._spoiled(tasks[0], why)

    def _look_at_clocks(self, own: float) -> None:
        """Stop what nobody waits for any more, and workers that keep a program too long.

        The seconds that this thread itself took meanwhile do not count.
        """
        now = time.monotonic()
        for slot in self._slots:
            slot.since += own
            for task in slot.tasks:
                if task.future.cancelled() and not task.stopped:
                    task.stopped = True
                    self._stop(slot, task)
            if not slot.tasks:
                continue
            first, last = slot.tasks[0], slot.tasks[-1]
            if first.timed and first.marked < len(first.records) and now > slot.marked + MARK_EVERY:
                self._mark(slot, first)
            if first is not last and not last.revoked and now > slot.since + SLOW:
                last.revoked = True
                self._stop(slot, last)
            longest = MOST_TURNS * first.job.limits.wall_seconds
            if now > slot.since + longest + GRACE:
                self._lose(slot, "a worker of the sandbox did not answer")
