"""What a run says of its jobs: how far they are while they run, and why they failed."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from boundary.running import watch
from boundary.running.watch import Watcher, wanted

LINE = "sample m b: {} of 9 samples, 1.0 samples/s, 1 s gone, 8 s left"


class Run:
    """A watcher, what it says, and a logger as Snakemake's."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.watcher = Watcher(self.lines.append)
        self.logger = logging.Logger("snakemake")
        self.logger.addHandler(self.watcher)

    def tell(self, event: str, log: Path | None = None, number: int = 1) -> None:
        """Log what Snakemake does of a job."""
        extra: dict[str, Any] = {"event": event, "rule_name": "sample_block", "log": [str(log)]}
        self.logger.info(None, extra=extra | {"job_id": number, "jobid": number})

    def wait_for(self, count: int) -> None:
        """Wait until so many lines were said."""
        until = time.monotonic() + 20
        while len(self.lines) < count and time.monotonic() < until:
            time.sleep(0.01)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(watch, "EVERY", 0.02)
    monkeypatch.setattr(watch, "A_LINE", 0.0)
    return Run()


def test_a_running_job_tells_each_line_once_until_it_ends(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    before = threading.active_count()
    run.tell("job_info", log)
    run.watcher.start()
    for i in (1, 2):
        log.write_text(LINE.format(i) + "\n")
        run.wait_for(i)
    run.tell("job_finished", log)
    log.write_text(LINE.format(3) + "\n")
    time.sleep(0.1)
    assert run.lines == [LINE.format(1), LINE.format(2)]
    run.watcher.stop()
    time.sleep(0.1)
    assert threading.active_count() == before
    assert run.watcher.faults() == []


def test_a_log_of_an_earlier_try_says_nothing(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text(LINE.format(1) + "\nError: of the try before.\n")
    os.utime(log, (1, 1))
    run.tell("job_info", log)
    run.watcher.start()
    time.sleep(0.1)
    run.watcher.stop()
    run.tell("job_error", log)
    assert run.lines == []
    (fault,) = run.watcher.faults()
    assert "before" not in fault and str(log) in fault


def test_a_job_that_failed_tells_its_error_and_one_that_then_succeeds_none(
    run: Run, tmp_path: Path
) -> None:
    logs = [tmp_path / f"{i}.log" for i in range(3)]
    for i, log in enumerate(logs):
        run.tell("job_info", log, i)
        log.write_text(f"Warning: x\nError: job {i} cannot.\n")
        run.tell("job_error", log, i)
    run.tell("job_info", logs[1], 1)
    assert run.watcher.faults() == [
        f"sample_block failed: Error: job {i} cannot.\nLog: {logs[i]}" for i in (0, 2)
    ]


def test_many_jobs_say_a_line_in_five_seconds_on_average(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "A_LINE", 100.0)
    logs = [tmp_path / f"{i}.log" for i in range(50)]
    for i, log in enumerate(logs):
        log.write_text(LINE.format(1) + "\n")
        run.tell("job_info", log, i)
    run.watcher.start()
    run.wait_for(50)
    for log in logs:
        log.write_text(LINE.format(2) + "\n")
    time.sleep(0.2)
    run.watcher.stop()
    assert len(run.lines) == 50


@pytest.mark.parametrize(
    ("asked", "terminal", "shown"),
    [("", True, True), ("", False, False), ("1", False, True), ("0", True, False)],
)
def test_progress_is_for_terminals_unless_asked(
    monkeypatch: pytest.MonkeyPatch, asked: str, terminal: bool, shown: bool
) -> None:
    monkeypatch.setenv(watch.ASKED, asked)
    monkeypatch.setattr("sys.stderr", type("Screen", (), {"isatty": lambda self: terminal})())
    assert wanted() is shown
