"""From records and what the worker tells to an outcome, without a process."""

from __future__ import annotations

from typing import Any

import pytest

from boundary.verify.sandbox import Outcome
from boundary.verify.sandbox.judge import MUCH_MEMORY, RUNS, Again, Run, judge, tell
from boundary.verify.sandbox.records import Forged, RecordParser, pack
from sandboxed import job

NONCE = b"n" * 16


def after(
    *written: bytes, count: int = 2, stopped: bool = False, tries: int = 0, **told: Any
) -> Outcome | Again:
    """Judge a run that wrote these bytes and of which the worker tells this."""
    asked = job("", *[()] * count)
    parser = RecordParser(count, NONCE, asked.limits.output_bytes)
    records, forged = [], None
    try:
        for data in written:
            records += parser.feed(data)
    except Forged as error:
        forged = error
    usual = {"end": "exited", "status": 0, "cpu": 0.5, "peak": 0, "oom": False, "note": ""}
    said = told if "fault" in told else {**usual, "starved": True, "alone": True, **told}
    return judge(Run(asked, records, parser, forged, stopped, said, tries))


def record(index: int, payload: bytes = b"x") -> bytes:
    return pack(NONCE, index, "returned", payload)


def test_all_records_and_nothing_else_is_finished() -> None:
    outcome = after(record(0), record(1))
    assert isinstance(outcome, Outcome)
    assert (outcome.end, outcome.name, outcome.detail) == ("finished", None, None)
    assert (len(outcome.records), outcome.cpu_seconds) == (2, 0.5)


@pytest.mark.parametrize(
    ("written", "end", "name"),
    [
        ([record(0)], "error", None),
        ([], "error", None),
        ([record(0), record(0)], "violation", "duplicate-record"),
        ([record(1)], "violation", "record-gap"),
        ([record(0), record(1), b"more"], "violation", "surplus-output"),
        ([b"rubbish"], "violation", "forged-record"),
        ([record(0), record(1)[:20]], "violation", "cut-record"),
        ([record(0, bytes(2 << 20))], "resource", "output"),
    ],
)
def test_an_exit_status_of_0_says_nothing(written: list[bytes], end: str, name: str) -> None:
    outcome = after(*written)
    assert isinstance(outcome, Outcome)
    assert (outcome.end, outcome.name) == (end, name)


def test_a_crash_within_a_record_is_no_breach() -> None:
    outcome = after(record(0)[:20], status=-11)
    assert isinstance(outcome, Outcome)
    assert (outcome.end, outcome.detail) == ("error", "ended by signal 11 after 0 of 2 tests")


def test_a_breach_outweighs_a_limit() -> None:
    outcome = after(b"rubbish", end="cpu", status=-9)
    assert isinstance(outcome, Outcome)
    assert outcome.end == "violation"


def test_only_a_program_that_lacked_a_core_is_run_again() -> None:
    for end in ("cpu", "wall"):
        final = after(end=end, status=-9, starved=False)
        assert isinstance(final, Outcome)
        assert (final.end, final.name) == ("timeout", end)
    again = after(end="wall", status=-9, starved=True)
    assert again == Again(again.why, fault=False, alone=True)  # type: ignore[union-attr]
    second = after(end="wall", status=-9, tries=1)
    assert isinstance(second, Outcome)
    assert (second.end, second.name) == ("timeout", "wall")


def test_a_kill_from_outside_is_the_machine_unless_memory_ran_out() -> None:
    outside = after(status=-9)
    assert isinstance(outside, Again)
    assert outside.fault
    for sign in ({"oom": True}, {"peak": MUCH_MEMORY + 1}):
        again = after(status=-9, **sign)
        assert isinstance(again, Again)
        assert (again.fault, again.alone) == (False, True)
        second = after(status=-9, tries=1, **sign)
        assert isinstance(second, Outcome)
        assert (second.end, second.name) == ("resource", "memory")


def test_a_fault_of_the_worker_is_no_outcome_even_with_all_records() -> None:
    found = after(record(0), record(1), fault="no space left")
    assert found == Again("no space left", fault=True)


def test_stopping_keeps_what_came() -> None:
    outcome = after(record(0), stopped=True, end="stopped", status=-9)
    assert isinstance(outcome, Outcome)
    assert (outcome.end, len(outcome.records)) == ("stopped", 1)


def test_memory_at_import_is_a_resource() -> None:
    outcome = after(note="MemoryError: ", status=1)
    assert isinstance(outcome, Outcome)
    assert (outcome.end, outcome.name) == ("resource", "memory")


def test_texts_are_cut_and_shown() -> None:
    assert tell("a\n\tb  c") == "a b c"
    assert tell("\x00\u202e") == "⟨U+0000⟩⟨U+202E⟩"
    assert len(tell("x" * 10**6)) == 300


def test_who_can_kill_itself_cannot_blame_the_machine() -> None:
    """Outside of a PID namespace of its own a program can send itself SIGKILL."""
    killed = {"status": -9, "alone": False}
    for tries in range(RUNS - 1):
        again = after(tries=tries, **killed)
        assert isinstance(again, Again)
        assert not again.fault
    last = after(tries=RUNS - 1, **killed)
    assert isinstance(last, Outcome)
    assert (last.end, last.name) == ("error", None)
    blamed = after(status=-9, alone=True)
    assert isinstance(blamed, Again)
    assert blamed.fault
