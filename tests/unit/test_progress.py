"""Progress: lines in a log, a bar on a terminal, and honest speeds."""

from __future__ import annotations

import io
import re
import sys

import pytest

from boundary import progress
from boundary.progress import meter


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock of the test's own in place."""
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


def test_a_log_gets_a_line_now_and_then(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with meter("sample m b", 100, "samples") as bar:
        for _ in range(10):
            clock.now += 4
            bar.advance(10, 50)
    out, err = capsys.readouterr()
    assert out == ""
    counts = [re.search(r": (\d+) of 100", line) for line in err.splitlines()]
    assert [int(found.group(1)) for found in counts if found] == [30, 60, 90, 100]


def test_speed_and_time_left(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with meter("x", 1000, "samples") as bar:
        clock.now += 20
        bar.advance(250, 4000)
    assert capsys.readouterr().err == (
        "x: 250 of 1,000 samples, 12.5 samples/s, 200 tokens/s, 20 s gone, 60 s left\n"
    )


def test_what_was_found_on_disk_took_no_time(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    """A resumed job must not promise to end in a moment."""
    with meter("x", 1000, "samples") as bar:
        bar.advance(800, 9999, fresh=False)
        clock.now += 20
        bar.advance(100, 400)
    assert capsys.readouterr().err == (
        "x: 900 of 1,000 samples, 5.0 samples/s, 20 tokens/s, 20 s gone, 20 s left\n"
    )


def test_everything_found_on_disk(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with meter("x", 4, "samples") as bar:
        bar.advance(4, fresh=False)
    assert capsys.readouterr().err == "x: 4 of 4 samples, all found on disk\n"


def test_units_without_tokens(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with meter("x", 10, "problems") as bar:
        clock.now += 2
        bar.advance(10)
    assert capsys.readouterr().err == ("x: 10 of 10 problems, 5.0 problems/s, 2 s gone, 0 s left\n")


def test_no_time_at_all(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with meter("x", 1, "samples") as bar:
        bar.advance(1)
    assert "1 of 1 samples" in capsys.readouterr().err


def test_an_error_goes_through(clock: Clock) -> None:
    with pytest.raises(KeyError), meter("x", 1, "samples"):
        raise KeyError


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with meter("sample", 8, "samples") as bar:
        bar.advance(4, 40)
        bar.advance(4, 40)
    shown = screen.getvalue()
    assert "8/8" in shown
    assert "samples/s" in shown
    assert "tokens/s" in shown


@pytest.mark.parametrize(("seconds", "lines"), [(1, 0), (20, 5)])
def test_brief_work_that_takes_no_time_is_not_told(
    clock: Clock, capsys: pytest.CaptureFixture[str], seconds: float, lines: int
) -> None:
    with meter("x", 10, "k", brief=True) as bar:
        for _ in range(10):
            clock.now += seconds / 2
            bar.advance(1)
    assert len(capsys.readouterr().err.splitlines()) == lines
