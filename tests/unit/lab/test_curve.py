"""The training curve: plain lines in a log, a bar on a terminal, exact CSV."""

from __future__ import annotations

import io

import pytest

from boundary.lab.curve import Curve, CurvePoint


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def fill(curve: Curve) -> Curve:
    for step in range(1, curve.steps + 1):
        curve.add(CurvePoint(step, None if step == 1 else 0.5, 10, reward=0.25))
    curve.close()
    return curve


def test_a_log_gets_a_few_plain_lines(capsys):
    fill(Curve("rl", 100))
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert captured.out == ""
    assert len(lines) == 10
    assert lines[-1].startswith("rl: step 100/100, ")
    assert lines[-1].endswith("0 s left, loss=0.5 reward=0.25")


def test_a_terminal_gets_a_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    fill(Curve("rl", 7))
    assert "7/7" in terminal.getvalue()
    assert "reward=0.25" in terminal.getvalue()


@pytest.mark.parametrize("steps", [1, 3])
def test_unknown_values_are_empty_fields(tmp_path, steps):
    curve = fill(Curve("x", steps))
    curve.write(tmp_path / "training.csv")
    lines = (tmp_path / "training.csv").read_text().splitlines()
    assert lines[0] == "step,loss,tokens,reward,token_entropy,backward_share"
    assert lines[1] == "1,,10,0.25,,"
    assert lines[2:] == [f"{step},0.5,10,0.25,," for step in range(2, steps + 1)]
    assert curve.columns()["tokens"] == [10] * steps
