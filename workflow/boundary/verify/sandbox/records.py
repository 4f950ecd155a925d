"""The stream of records that comes out of the sandbox: one record a test.

Standard library only: the sandbox loads this file alone, without the package.

A record on the wire, little-endian::

    nonce | index u32 | kind u8 | status i32 | length u64 | size u64 | payload | check

where ``size`` is the length of the payload and ``check`` 16 bytes of BLAKE2b,
keyed with the nonce, over all from ``index`` to the end of the payload.  The
nonce frames the stream and keeps blind writes out of it.  It is no secret from
a candidate that reads its own process: such a program can only say that it
returned something else, since no verdict and no expected value is in here.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass

KINDS = ("returned", "digest", "nonplain", "raised", "output")
#: Most bytes of the name of a type.
MOST_NAME = 200
_HEADER = struct.Struct("<IBiQQ")
_CHECK = 16
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Record:
    """What one test gave.

    Attributes
    ----------
    index : int
        Of the test, from 0.
    kind : str
        ``returned``: the payload is the wire encoding of the value; ``digest``: it is the
        SHA-256 of the encoding; ``nonplain``: the name of the value's type; ``raised``: the
        name of the exception's type, and its message; ``output``: what was written to
        standard output.
    payload : bytes
        At most 200 bytes for names and messages, 32 for a digest.
    length : int
        Bytes of what the payload stands for; but for ``digest``, of the payload.
    status : int
        Exit status of the process, for ``output``; otherwise 0.
    """

    index: int
    kind: str
    payload: bytes
    length: int
    status: int = 0


class Forged(ValueError):
    """The stream is none that `pack` and a count of tests can make.

    Attributes
    ----------
    name : str
        ``forged-record`` (bad grammar or check), ``duplicate-record``, ``record-gap``,
        ``surplus-output`` (anything after the last record), ``oversize`` (payloads
        above the limit: this can happen in honesty) or ``cut-record``.
    detail : str
        In words; nothing from the stream but numbers.
    """

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


def pack(
    nonce: bytes,
    index: int,
    kind: str,
    payload: bytes,
    *,
    length: int | None = None,
    status: int = 0,
) -> bytes:
    """Return one record as bytes; names are cut to 200 bytes.

    Raises
    ------
    ValueError
        When kind, digest or nonce are of no record.
    """
    if kind in ("nonplain", "raised"):
        payload = payload[:MOST_NAME].decode(errors="ignore").encode()
    length = len(payload) if length is None else length
    return b"".join(pieces(nonce, index, kind, payload, length=length, status=status))


def pieces(
    nonce: bytes,
    index: int,
    kind: str,
    payload: bytes | memoryview,
    *,
    length: int,
    status: int = 0,
) -> tuple[bytes | memoryview, ...]:
    """Return what a record consists of, without a copy of its payload.

    Raises
    ------
    ValueError
        When kind, digest or nonce are of no record.
    """
    size = len(payload)
    header = _HEADER.pack(index, KINDS.index(kind), status, length, size)
    wrong = _mismatch(kind, status, length, size)
    if wrong:
        raise ValueError(wrong)
    return nonce, header, payload, _check(nonce, header, payload)


def pack_result(nonce: bytes, index: int, encoding: bytes, digest_above: int) -> bytes:
    """Return the record of a returned value: its encoding, or the digest of a long one."""
    if len(encoding) <= digest_above:
        return pack(nonce, index, "returned", encoding)
    found = hashlib.sha256(encoding).digest()
    return pack(nonce, index, "digest", found, length=len(encoding))


class RecordParser:
    """Reads records as bytes come, and trusts none of them.

    Parameters
    ----------
    count : int
        How many records there are to be.
    nonce : bytes
        1 to 64 bytes that every record begins with.
    most_bytes : int
        Most bytes of all payloads together.
    most_returned : int or None
        Most bytes of one value: above it only its digest may come.
    """

    def __init__(
        self, count: int, nonce: bytes, most_bytes: int, most_returned: int | None = None
    ) -> None:
        if not 1 <= len(nonce) <= hashlib.blake2b.MAX_KEY_SIZE:
            raise ValueError("a nonce has 1 to 64 bytes")
        self.count, self.nonce, self.most_returned = count, nonce, most_returned
        self.next = 0
        self._left = most_bytes
        self._buffer = bytearray()

    @property
    def complete(self) -> bool:
        """Whether every record has come."""
        return self.next == self.count

    def feed(self, data: bytes) -> list[Record]:
        """Take more of the stream and return the records that it completes.

        Raises
        ------
        Forged
            As soon as the stream can no longer be one of records.
        """
        self._buffer += data
        found = []
        at = 0
        while (taken := self._record(at)) is not None:
            record, at = taken
            found.append(record)
        del self._buffer[:at]
        return found

    def finish(self) -> None:
        """Say that the stream has ended; `complete` tells whether it was all.

        Raises
        ------
        Forged
            When it ends within a record.
        """
        if self._buffer:
            raise Forged("cut-record", f"the stream ends within record {self.next}")

    def _record(self, at: int) -> tuple[Record, int] | None:
        """Return the record at an offset and where it ends; None when it is not all there."""
        begun = self._buffer[at : at + len(self.nonce)]
        if not begun:
            return None
        if self.complete:
            raise Forged("surplus-output", f"more after the {self.count} records")
        if not self.nonce.startswith(begun):
            raise Forged("forged-record", f"record {self.next} does not begin as one")
        start = at + len(self.nonce)
        if len(self._buffer) < start + _HEADER.size:
            return None
        header = bytes(self._buffer[start : start + _HEADER.size])
        index, code, status, length, size = _HEADER.unpack(header)
        self._judge(index, code, status, length, size)
        body = start + _HEADER.size
        end = body + size + _CHECK
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[body : body + size])
        given = bytes(self._buffer[body + size : end])
        if not hmac.compare_digest(given, _check(self.nonce, header, payload)):
            raise Forged("forged-record", f"record {index} fails its check")
        kind = KINDS[code]
        if kind in ("nonplain", "raised") and not _is_text(payload):
            raise Forged("forged-record", f"the name in record {index} is no text")
        self.next += 1
        self._left -= size
        return Record(index, kind, payload, length, status), end

    def _judge(self, index: int, code: int, status: int, length: int, size: int) -> None:
        """Judge a header, before its payload is waited for."""
        if code >= len(KINDS):
            raise Forged("forged-record", f"record {self.next} is of no kind")
        if index != self.next:
            name = "duplicate-record" if index < self.next else "record-gap"
            raise Forged(name, f"record {index} in the place of {self.next}")
        wrong = _mismatch(KINDS[code], status, length, size)
        if wrong:
            raise Forged("forged-record", f"record {index}: {wrong}")
        if self.most_returned is not None and size > self.most_returned:
            raise Forged("forged-record", f"record {index} has {size} bytes in place of a digest")
        if size > self._left:
            raise Forged("oversize", f"record {index} brings the payloads above the limit")


def _mismatch(kind: str, status: int, length: int, size: int) -> str | None:
    """Say what of a header does not fit its kind."""
    if kind == "digest":
        return None if size == _DIGEST and status == 0 else "a digest of another form"
    if length != size:
        return "a length that is not that of the payload"
    if kind in ("nonplain", "raised") and size > MOST_NAME:
        return "a name above its limit"
    if kind != "output" and status:
        return "an exit status where there is no process"
    return None


def _check(nonce: bytes, header: bytes, payload: bytes | memoryview) -> bytes:
    check = hashlib.blake2b(header, digest_size=_CHECK, key=nonce)
    check.update(payload)
    return check.digest()


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
