"""From the outcome of a run to a verdict, without a sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from boundary.verify.code.expected import Expectation, Expected
from boundary.verify.code.suite import Suite, read_suite
from boundary.verify.code.verdict import MOST_DETAIL, Verdict, Watch, shown
from boundary.verify.sandbox import Outcome, wire
from boundary.verify.sandbox.records import Record


def suite(*expected: Any) -> Suite:
    cases = [{"args": [index], "expected": value} for index, value in enumerate(expected)]
    tests = {"style": "function", "entry_point": "f", "cases": cases}
    return read_suite("p", json.dumps(tests))


def value(index: int, own: Any) -> Record:
    encoding = wire.encode(own)
    return Record(index, "returned", encoding, len(encoding))


def other(index: int, kind: str, payload: str, status: int = 0) -> Record:
    return Record(index, kind, payload.encode(), len(payload), status)


def watch(*expected: Any) -> Watch:
    own = suite(*expected)
    return Watch(Expectation(own, list(map(Expected.of, own.given or ())), None))


def verdict(
    watching: Watch, *records: Record, end: str = "finished", name: str | None = None
) -> Verdict:
    seen = []
    for record in records:
        seen.append(record)
        if not watching.accept(record):
            end = "stopped" if end == "finished" else end
            break
    return watching.verdict(Outcome(tuple(seen), end, name, "why", 0.1), "namespaces")


def test_all_tests_have_to_agree() -> None:
    found = verdict(watch(1, 2), value(0, 1), value(1, 2))
    assert (found.verdict, found.sandbox, found.detail) == ("correct", "namespaces", None)


@pytest.mark.parametrize(
    ("record", "said", "breach"),
    [
        (value(1, 3), "wrong", None),
        (value(1, True), "wrong", None),
        (other(1, "raised", "ValueError"), "error", None),
        (other(1, "nonplain", "generator"), "wrong", None),
        (other(1, "raised", "MemoryError"), "resource", None),
        (other(1, "raised", "MemoryError: no room"), "resource", None),
        (other(1, "nonplain", "numpy.ndarray"), "wrong", None),
        (other(1, "nonplain", "posing as numpy.float64"), "violation", "non-plain"),
        (other(1, "nonplain", "posing as builtins.generator"), "violation", "non-plain"),
        (other(1, "nonplain", "re.Match"), "wrong", None),
        (other(1, "nonplain", "program.Same"), "violation", "non-plain"),
        (other(1, "nonplain", "__main__.Int"), "violation", "non-plain"),
        (other(1, "nonplain", "numpyish.float64"), "violation", "non-plain"),
    ],
)
def test_the_first_test_that_fails_decides(record: Record, said: str, breach: str | None) -> None:
    found = verdict(watch(1, 2, 3), value(0, 1), record, value(2, 3))
    assert (found.verdict, found.breach) == (said, breach)
    assert "test 2 of 3" in (found.detail or "")


@pytest.mark.parametrize(
    ("end", "name", "said"),
    [
        ("violation", "forged-record", "violation"),
        ("timeout", "cpu", "timeout"),
        ("resource", "memory", "resource"),
        ("error", None, "error"),
    ],
)
def test_how_a_run_ended(end: str, name: str | None, said: str) -> None:
    found = verdict(watch(1, 2), value(0, 1), end=end, name=name)
    assert found.verdict == said
    assert found.breach == (name if said == "violation" else None)


def test_a_breach_and_a_limit_come_before_a_wrong_value() -> None:
    assert verdict(watch(1), value(0, 2), end="violation", name="x").verdict == "violation"
    assert verdict(watch(1), value(0, 2), end="timeout", name="cpu").verdict == "timeout"
    assert verdict(watch(1), value(0, 1), end="violation", name="x").verdict == "violation"


def test_a_limit_of_elapsed_time_does_not_last() -> None:
    assert not verdict(watch(1), end="timeout", name="wall").lasting
    assert verdict(watch(1), end="timeout", name="cpu").lasting


def test_fewer_records_than_tests_are_never_correct() -> None:
    with pytest.raises(RuntimeError, match="1 of 2"):
        verdict(watch(1, 2), value(0, 1))
    with pytest.raises(RuntimeError, match="0 of 2"):
        verdict(watch(1, 2))


def test_a_program_that_is_run_again_begins_anew() -> None:
    watching = watch(1, 2)
    assert watching.accept(value(0, 1))
    assert watching.accept(value(0, 1))
    assert watching.accept(value(1, 2))
    outcome = Outcome((value(0, 1), value(1, 2)), "finished", None, None, 0.1)
    assert watching.verdict(outcome, "reduced").verdict == "correct"


@pytest.mark.parametrize("error", [MemoryError, RecursionError, OverflowError])
def test_a_value_that_breaks_the_comparison_does_not_pass(error, monkeypatch) -> None:
    def broken(self: Expectation, record: Record) -> bool:
        raise error

    monkeypatch.setattr(Expectation, "agrees", broken)
    found = verdict(watch(1), value(0, 1))
    assert (found.verdict, found.lasting) == ("error", False)
    assert error.__name__ in (found.detail or "")


def test_details_are_on_one_line_and_bounded() -> None:
    assert shown("a\nb\x1b[31m\u202e\0") == "a\\nb\\x1b[31m\\u202e\\x00"
    assert len(shown("\0" * 10_000)) == MOST_DETAIL


# --- values ---------------------------------------------------------------------------------


def expectation(rule: str = "equal", *values: Any, **compare: Any) -> Expectation:
    tests = {
        "style": "function", "entry_point": "f", "reference": {"program": ""},
        "cases": [{"args": [index]} for index in range(len(values))],
        "compare": {"rule": rule, **compare},
    }  # fmt: skip
    own = read_suite("p", json.dumps(tests))
    return Expectation(own, list(map(Expected.of, values)), 0.1)


def test_a_large_value_is_compared_by_its_digest() -> None:
    large = "a" * (2 << 20)
    found = expectation("equal", large, [1.5] * 400_000)
    digest = Expected.of(large).digested()
    assert found.digest_above > 2 << 20  # the floats could be integers
    strict = expectation("equal", large)
    assert strict.digest_above == 1 << 20
    assert strict.values == [digest]
    for one in (found, strict):
        assert one.agrees(Record(0, "digest", digest.payload, digest.length))
        assert one.agrees(value(0, large))
        assert not one.agrees(Record(0, "digest", bytes(32), digest.length))
        assert not one.agrees(Record(0, "returned", digest.payload, 32))
        assert not one.agrees(value(0, digest.payload))


def test_an_integer_for_a_float_in_a_large_list() -> None:
    found = expectation("equal", [1, *[2.0] * 400_000])
    assert found.agrees(value(0, [1, *[2] * 400_000]))
    assert not found.agrees(value(0, [1, *[2] * 399_999, 3]))


def test_matches_are_told_by_a_boolean_a_match_or_none() -> None:
    tests = expectation("not_none", None, None).suite
    found = Expectation(tests, [Expected("nonplain", b"re.Match", 8), Expected.of(None)], 0.1)
    match = "re.Match"
    assert [found.agrees(value(0, own)) for own in (True, False, None, 1, "x")] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert [found.agrees(value(1, own)) for own in (True, False, None, 0, "x")] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert found.agrees(other(0, "nonplain", match))
    assert not found.agrees(other(1, "nonplain", match))
    assert not found.agrees(other(0, "nonplain", "object"))


def test_output_may_be_four_times_the_expected_one() -> None:
    assert expectation("equal", 1).output_bytes == 1 << 20
    assert expectation("equal", "a" * (1 << 20)).output_bytes == 1 << 20  # as a digest
    assert expectation("equal", "a" * 600_000).output_bytes > 4 * 600_000
