"""What is read of a log: the end alone, and nothing that a terminal would obey."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from boundary.progress import Meter
from boundary.running.logs import TAIL, ending, last_error, last_progress, tail


def test_a_line_of_a_meter_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    meter = Meter("sample m: the 2 of 3 b", 2_000, "samples")
    meter.advance(1_000, 5_000)
    meter.advance(1_000)
    text = capsys.readouterr().err
    assert last_progress(f"loading\r\n{text}Warning: something\n") == text.splitlines()[-1]
    meter = Meter("x", 4, "samples")
    meter.advance(4, fresh=False)
    assert last_progress(capsys.readouterr().err) is None  # no rate is known


def test_the_error_is_the_last_one_to_its_end() -> None:
    text = "Error: of a library\nmore\n\nError: a.csv: row 3: no n.\nGive one.\n"
    assert last_error(text) == ending(text) == "Error: a.csv: row 3: no n.\nGive one."
    assert last_error("ValueError: x\n") is None


def test_a_log_without_an_error_shows_its_last_lines() -> None:
    text = "".join(f"line {i}\n" for i in range(20))
    assert ending(text).splitlines()[1:] == [f"line {i}" for i in range(15, 20)]
    assert "empty" in ending("\n \n")


def test_what_a_terminal_would_obey_is_shown() -> None:
    assert "\x1b" not in ending("\x1b[2J\u202ex") + str(last_error("Error: \x1b]0;x\x07"))
    line = "\x1b[1mx: 1 of 2 samples, 1.0 samples/s, 1 s gone, 1 s left\n"
    assert "\x1b" not in str(last_progress(line))


@pytest.mark.parametrize("unit", ["1 of 2 ", ": 1", "a: 1 of 2 ", "\n\n \n", " s left"])
def test_a_log_of_any_shape_is_read_at_once(unit: str) -> None:
    text = unit * (TAIL // len(unit)) + " s left"
    began = time.process_time()
    for _ in range(10):
        assert last_progress(text) is None
        ending(text)
    assert time.process_time() - began < 2


def test_only_the_end_of_a_log_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(b"\xff" * 10_000_000 + b"\nError: x.\n")
    assert len(tail(path)) <= TAIL and last_error(tail(path)) == "Error: x."
    assert tail(tmp_path / "none.log") == tail(tmp_path) == ""
