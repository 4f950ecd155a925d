"""Limits hold inside C code; a lost worker is never a result."""

import importlib
import multiprocessing
import os
import sys
import time
from pathlib import Path

import pytest

from boundary.errors import MachineError
from boundary.verify.killable import KillablePool, Limits, OutOfTime

LIMITS = Limits(cpu_seconds=1, wall_seconds=20, memory_bytes=600 * 2**20)


def run_killable(function, tasks, *, limits, workers=1):
    with KillablePool(limits=limits, workers=workers) as pool:
        return pool.run(function, tasks)


@pytest.fixture(scope="module")
def tasks():
    """Import the tasks under a name that workers can import too."""
    folder = str(Path(__file__).parent)
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("killable_tasks")
    finally:
        sys.path.remove(folder)


def test_results_keep_their_order(tasks):
    found = run_killable(tasks.double, [(i,) for i in range(50)], limits=LIMITS, workers=3)
    assert found == [2 * i for i in range(50)]


def test_no_task_starts_no_process(tasks):
    before = multiprocessing.active_children()
    assert run_killable(tasks.double, [], limits=LIMITS) == []
    assert multiprocessing.active_children() == before


def test_processor_time_ends_a_long_c_call_and_spares_the_others(tasks):
    start = time.monotonic()
    found = run_killable(tasks.power, [(2, 10), (3, 10**9), (2, 11)], limits=LIMITS, workers=1)
    assert found[0] == 11
    assert isinstance(found[1], OutOfTime)
    assert found[2] == 12
    assert time.monotonic() - start < 15


def test_no_signal_handler_saves_a_task(tasks):
    (found,) = run_killable(tasks.ignore_signals_and_spin, [()], limits=LIMITS)
    assert isinstance(found, OutOfTime)


def test_memory_is_limited(tasks):
    found = run_killable(tasks.allocate, [(1000,), (10**9,)], limits=LIMITS)
    assert found == [1000, "out of memory"]


def test_a_worker_that_dies_once_is_tried_again(tasks, tmp_path):
    found = run_killable(tasks.die_once, [(str(tmp_path / "mark"),)], limits=LIMITS)
    assert found == ["second life"]


def test_a_worker_that_dies_twice_is_the_machines_fault(tasks):
    with pytest.raises(MachineError, match=r"lost twice .* exit code -9.*no verdict") as caught:
        run_killable(tasks.die, [("x" * 1000,)], limits=LIMITS)
    assert len(str(caught.value)) < 800
    assert caught.value.exit_code == 3


def test_a_machine_that_stands_still_gives_no_verdict(tasks):
    limits = Limits(cpu_seconds=1, wall_seconds=0.5)
    with pytest.raises(MachineError, match=r"did not come to 1 s of processor time in 0\.5 s"):
        run_killable(tasks.sleep, [()], limits=limits)


def test_a_fault_of_the_function_is_raised(tasks):
    with pytest.raises(ValueError, match="a fault of the function"):
        run_killable(tasks.fail, [()], limits=LIMITS)


def test_hashing_is_fixed_in_workers_and_untouched_here(tasks):
    before = os.environ.get("PYTHONHASHSEED")
    found = run_killable(tasks.set_order, [()] * 4, limits=LIMITS, workers=2)
    assert all(order == found[0] for order in found)
    assert os.environ.get("PYTHONHASHSEED") == before


def test_processes_live_from_call_to_call_and_a_killed_one_is_replaced(tasks):
    with KillablePool(limits=LIMITS, workers=1) as pool:
        first = pool.run(tasks.process, [()])
        assert pool.run(tasks.process, [()]) == first
        (found,) = pool.run(tasks.ignore_signals_and_spin, [()])
        assert isinstance(found, OutOfTime)
        assert pool.run(tasks.process, [()]) != first
        assert pool.run(tasks.double, [(4,)]) == [8]
    assert not Path(f"/proc/{first[0]}").exists()


def test_a_pool_with_nothing_to_do_starts_no_process():
    with KillablePool(limits=LIMITS, workers=2):
        assert multiprocessing.active_children() == []


def test_a_pool_that_lost_a_worker_goes_on(tasks, tmp_path):
    with KillablePool(limits=LIMITS, workers=2) as pool:
        found = pool.run(tasks.die_once, [(str(tmp_path / "mark"),)])
        assert found == ["second life"]
        assert pool.run(tasks.double, [(1,), (2,)]) == [2, 4]
