"""From what the sandbox brought back to a verdict.

The first of these that holds decides: a breach (``violation``), a limit
(``timeout``, ``resource``), an exception or an end before the last test
(``error``), another value (``wrong``); and ``correct`` when there is one record
a test, for at least one test, and each agrees.  The first test that fails ends
the program, so a breach after it is not seen.

- A value of a type that the program itself defined is a breach (``non-plain``):
  nobody expects one, and always-equal objects are made so.  So is one whose type
  poses as a library's.  Of a type of the standard library or numpy (a generator,
  an array) it is ``wrong``.  What only dresses a plain value, as a namedtuple or a
  NumPy scalar does, comes as that value (`boundary.verify.sandbox.plain`).
- An exit status other than 0 in stdio style is an ``error``, whatever was printed:
  a program that failed is no solution, as on the sites these problems come from.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from boundary.verify.code.expected import Expectation
from boundary.verify.sandbox import Outcome, wire
from boundary.verify.sandbox.plain import LIBRARIES
from boundary.verify.sandbox.records import Record

MOST_DETAIL = 500
#: Encodings up to this are shown in a detail.
_SHOWN = 120


@dataclass(frozen=True)
class Verdict:
    """A verdict on one program, and what else was seen.

    Attributes
    ----------
    verdict : str
        As in the verdicts table.
    detail : str or None
        In words, bounded and escaped.
    breach : str or None
        Name of a breach, with ``violation`` only.
    tricks : tuple of str
        Names of tricks in the source, sorted.
    sandbox : str or None
        Tier that ran it.
    remarks : str or None
        That the source could not be looked through.
    lasting : bool
        Whether another run would give the same: a limit of elapsed time is of the machine.
    """

    verdict: str
    detail: str | None = None
    breach: str | None = None
    tricks: tuple[str, ...] = ()
    sandbox: str | None = None
    remarks: str | None = None
    lasting: bool = True


NO_ANSWER = Verdict("no_answer", "the response holds no program")


class Watch:
    """Compares records as they come, and says when to stop.

    Parameters
    ----------
    expectation : Expectation
    """

    def __init__(self, expectation: Expectation) -> None:
        self.expectation = expectation
        self.passed = 0
        self.failed: Record | None = None
        self.fault: str | None = None

    def accept(self, record: Record) -> bool:
        """Take the next record; False ends the program."""
        if record.index == 0:  # the first one, or a program that is run again
            self.passed, self.failed, self.fault = 0, None, None
        try:
            agrees = self.failed is None and self.expectation.agrees(record)
        except (ArithmeticError, MemoryError, RecursionError, TypeError, ValueError) as error:
            # What a program returns must not end the verifier, and does not pass either.
            self.fault = type(error).__name__
            agrees = False
        if agrees:
            self.passed += 1
            return True
        self.failed = self.failed or record
        return False

    def verdict(self, outcome: Outcome, tier: str) -> Verdict:
        """Return the verdict on the whole run."""
        found = self._verdict(outcome)
        return replace(found, sandbox=tier)

    def _verdict(self, outcome: Outcome) -> Verdict:
        count = len(self.expectation.suite.inputs)
        detail = shown(outcome.detail) if outcome.detail else None
        if outcome.end == "violation":
            return Verdict("violation", detail, breach=outcome.name or "unnamed")
        if outcome.end == "timeout":
            return Verdict("timeout", detail, lasting=outcome.name == "cpu")
        if outcome.end == "resource":
            return Verdict("resource", detail)
        if self.failed is not None:
            return self._failure(self.failed, detail)
        if outcome.end == "error":
            return Verdict("error", detail or "it ended before the last test")
        complete = [record.index for record in outcome.records] == list(range(count))
        if outcome.end == "finished" and complete and self.passed == count > 0:
            return Verdict("correct")
        raise RuntimeError(
            f"the sandbox ended with {outcome.end!r} after {len(outcome.records)} of {count} "
            f"records, {self.passed} right"
        )

    def _failure(self, record: Record, detail: str | None) -> Verdict:
        place = f"test {record.index + 1} of {len(self.expectation.suite.inputs)}"
        if self.fault is not None:
            said = f"{place}: a value that could not be compared ({self.fault})"
            return Verdict("error", said, lasting=False)
        name = record.payload.decode(errors="replace") if record.kind != "output" else ""
        if record.kind == "raised":
            kind = "resource" if name.partition(":")[0] == "MemoryError" else "error"
            return Verdict(kind, shown(f"{place}: raised {name}"))
        if record.kind == "nonplain":
            said = shown(f"{place}: returned a value of type {name}")
            breach = "non-plain" if _is_own(name) else None
            return Verdict("violation" if breach else "wrong", said, breach)
        if record.kind == "output":
            if record.status:
                why = f" ({detail})" if detail else ""
                return Verdict("error", shown(f"{place}: exit status {record.status}{why}"))
            return Verdict("wrong", f"{place}: printed something else")
        return Verdict("wrong", shown(f"{place}: {self._values(record)}"))

    def _values(self, record: Record) -> str:
        own = _value(record.kind, record.payload)
        expected = self.expectation.values[record.index]
        wanted = _value(expected.kind, expected.payload)
        if own is None or wanted is None:
            return "returned another value"
        return f"returned {own}, expected {wanted}"


def _is_own(type_name: str) -> bool:
    """Whether a type is none of the built-in ones, the standard library's or numpy's."""
    module, _, _ = type_name.partition(".")
    return "." in type_name and module not in LIBRARIES


def _value(kind: str, payload: bytes) -> str | None:
    if kind != "returned" or len(payload) > _SHOWN:
        return None
    try:
        value: Any = wire.decode(payload)
    except wire.WireError:
        return None
    return ascii(value)


def shown(text: str) -> str:
    """Return text on one line, escaped and bounded."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: 2 * MOST_DETAIL])
    return plain if len(plain) <= MOST_DETAIL else f"{plain[: MOST_DETAIL - 1]}…"


def program_key(suite_key: str, program: str) -> str:
    """Return the key of a program under some tests, for the cache."""
    return hashlib.sha256(f"{suite_key}\n{program}".encode()).hexdigest()
