"""Expected values of a suite, and whether a record agrees with one.

Bytes come first: the canonical encoding of the expected value, or its SHA-256,
equals that of what was returned.  Only where that fails is a value decoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from boundary.verify.code.compare import Comparison, number_types, tolerance
from boundary.verify.code.oracles import BESIDE, MATCH, root
from boundary.verify.code.stdio import same_output
from boundary.verify.code.suite import Suite
from boundary.verify.sandbox import wire
from boundary.verify.sandbox.records import Record

#: Encodings above this come as a digest, where nothing but the same bytes would do.
DIGEST_ABOVE = 1 << 20
#: Where equal numbers of another type may pass, encodings up to this are compared by value.
DIGEST_ABOVE_LOOSE = 1 << 24
#: Expected values that are looked into for their types of numbers.
_LOOKED_AT = 1 << 16
_LEAST_OUTPUT = 1 << 20
#: Output may be so many times the expected one.
_TIMES = 4
#: What passes for a value takes at most so many times its bytes, and a few more (an
#: integer of one byte may be a complex number's part).  The rest is not decoded:
#: 16 MiB of empty sets would take gigabytes.
_TIMES_LONGER, _ROOM = 32, 4096


@dataclass(frozen=True)
class Expected:
    """What one case should return: a record's kind and payload, without an index."""

    kind: str
    payload: bytes
    length: int

    @classmethod
    def of(cls, value: Any) -> Expected:
        """Return it for a value."""
        encoding = wire.encode(value)
        return cls("returned", encoding, len(encoding))

    @property
    def room(self) -> int:
        """Most bytes of a value that may pass for this one."""
        return _ROOM + _TIMES_LONGER * self.length

    def digested(self) -> Expected:
        """Return it with the digest in place of the encoding."""
        if self.kind != "returned":
            return self
        return Expected("digest", hashlib.sha256(self.payload).digest(), self.length)


class Expectation:
    """What all cases of a suite should give.

    Parameters
    ----------
    suite : Suite
    values : sequence of Expected
        One a case; for stdio style none, as the suite has them.
    cpu_seconds : float or None
        Processor time of the reference program; None when there is none.
    """

    def __init__(self, suite: Suite, values: Sequence[Expected], cpu_seconds: float | None) -> None:
        self.suite, self.cpu_seconds = suite, cpu_seconds
        large = [v for v in values if v.kind == "returned" and v.length > DIGEST_ABOVE]
        loose = any(_is_loose(wire.decode(value.payload)) for value in large)
        self.digest_above = DIGEST_ABOVE_LOOSE if loose else DIGEST_ABOVE
        self.values = [v.digested() if v.length > self.digest_above else v for v in values]
        self._types: frozenset[type] | None = None

    @property
    def output_bytes(self) -> int:
        """Most bytes that a candidate may put out."""
        if self.suite.style == "stdio":
            length = sum(len(text.encode()) for text in self.suite.given or ())
        else:
            length = sum(len(value.payload) for value in self.values)
        return max(_LEAST_OUTPUT, _TIMES * length)

    def agrees(self, record: Record) -> bool:
        """Whether a record is what its case should give."""
        suite = self.suite
        if suite.style == "stdio":
            fine = record.kind == "output" and record.status == 0
            given = (suite.given or ())[record.index] if fine else ""
            return fine and same_output(given, record.payload, suite.printed)
        expected = self.values[record.index]
        if suite.rule == "not_none":
            return self._match(expected, record)
        if record.kind == "digest" or expected.kind == "digest":
            return self._digest(record) == expected.digested().payload
        if record.kind != "returned" or record.length > expected.room:
            return False
        same = suite.rule != "root" and record.payload == expected.payload
        return same or self._by_value(expected, record)

    def _digest(self, record: Record) -> bytes | None:
        if record.kind == "returned":
            return hashlib.sha256(record.payload).digest()
        return record.payload if record.kind == "digest" else None

    def _match(self, expected: Expected, record: Record) -> bool:
        wanted = expected.kind == "nonplain"
        if record.kind == "nonplain":
            return wanted and record.payload == MATCH.encode()
        if record.kind != "returned":
            return False
        return record.payload == (_TRUE if wanted else _FALSE) or (
            not wanted and record.payload == _NONE
        )

    def _by_value(self, expected: Expected, record: Record) -> bool:
        try:
            own = wire.decode(record.payload)
        except wire.WireError:
            return False
        suite, index = self.suite, record.index
        value = wire.decode(expected.payload)
        if suite.rule == "root":
            return root(suite.arguments(index), own, suite.atol[index])
        atol = tolerance(value, suite.atol[index], tolerant=suite.tolerant)
        comparison = Comparison(atol, self._number_types, partial(self._bool_arguments, index))
        if comparison.same(value, own):
            return True
        if "." in (suite.entry_point or "") and type(own) is tuple:
            # LeetCode's expected values come from JSON, which has no tuples.
            return comparison.same(value, list(own))
        if suite.rule == "equal":
            return False
        return BESIDE[suite.rule](comparison, suite.arguments(index), value, own)

    def _number_types(self) -> frozenset[type]:
        if self._types is None:
            own = [v for v in self.values if v.kind == "returned" and v.length <= _LOOKED_AT]
            loose = {float} if self.digest_above > DIGEST_ABOVE else set()
            found = number_types(wire.decode(value.payload) for value in own)
            self._types = found | frozenset(loose)
        return self._types

    def _bool_arguments(self, index: int) -> bool:
        return bool in number_types([self.suite.arguments(index)])


_TRUE, _FALSE, _NONE = wire.encode(True), wire.encode(False), wire.encode(None)


def _is_loose(value: Any) -> bool:
    """Whether other bytes could stand for a value that passes."""
    strict = (int, str, bytes, type(None), list, tuple)
    level = [value]
    while level:
        if not set(map(type, level)) <= set(strict):
            return True
        nested = [item for item in level if type(item) in (list, tuple)]
        level = [item for value in nested for item in value]
    return False
