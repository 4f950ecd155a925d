"""Mutated streams for the record parser: none may bring a record that was not packed.

A record is *forged* when it comes out of a mutated stream and is not the one
that was packed for that place.  Streams are cut, repeated, swapped and
changed, by someone who knows the format and other records, but not the nonce
of this stream, which is the key of the check.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from boundary.verify.sandbox.records import Forged, Record, RecordParser, pack

_KINDS = ("returned", "output", "raised", "nonplain", "digest")
_EDGES = (0, 1, 0x7F, 0x80, 0xFF)


@dataclass
class Tried:
    """What became of the inputs.

    Attributes
    ----------
    accepted : list
        Forged records that came through, with their streams.
    whole : int
        Streams that changed nothing that is read, or were only cut short.
    """

    inputs: int = 0
    whole: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    accepted: list[tuple[Record, bytes]] = field(default_factory=list)


def fuzz(inputs: int, seed: int = 0) -> Tried:
    """Feed so many mutated streams to parsers of their own."""
    rng = random.Random(seed)
    tried = Tried()
    while tried.inputs < inputs:
        nonce = rng.randbytes(16)
        true = [_record(rng, nonce, index) for index in range(rng.randrange(1, 5))]
        other = [_record(rng, rng.randbytes(16), index) for index in range(3)]
        expected = RecordParser(len(true), nonce, 1 << 20).feed(b"".join(true))
        assert len(expected) == len(true)
        for _ in range(min(20, inputs - tried.inputs)):
            _try(rng, nonce, expected, _mutated(rng, true, other, nonce), tried)
    return tried


def _try(
    rng: random.Random, nonce: bytes, expected: list[Record], stream: bytes, tried: Tried
) -> None:
    tried.inputs += 1
    parser = RecordParser(len(expected), nonce, 1 << 20)
    found: list[Record] = []
    cut = rng.randrange(len(stream) + 1)
    try:
        for part in (stream[:cut], stream[cut:]):
            found += parser.feed(part)
        parser.finish()
        tried.whole += 1
    except Forged as error:
        tried.refusals[error.name] += 1
    for index, record in enumerate(found):
        if record != expected[index]:
            tried.accepted.append((record, stream))


def _record(rng: random.Random, nonce: bytes, index: int) -> bytes:
    kind = rng.choice(_KINDS)
    if kind == "digest":
        return pack(nonce, index, kind, rng.randbytes(32), length=rng.randrange(1 << 40))
    payload = rng.randbytes(rng.randrange(30))
    if kind in ("raised", "nonplain"):
        payload = payload.hex().encode()
    return pack(nonce, index, kind, payload, status=rng.randrange(256) * (kind == "output"))


def _mutated(rng: random.Random, true: list[bytes], other: list[bytes], nonce: bytes) -> bytes:
    parts = list(true)
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.randrange(len(parts))
        way = rng.randrange(8)
        if way == 0:  # bytes
            parts[place] = _bytes_changed(rng, parts[place])
        elif way == 1:  # again, or another in its place
            parts.insert(place, rng.choice(parts))
        elif way == 2 and len(parts) > 1:
            del parts[place]
        elif way == 3:
            rng.shuffle(parts)
        elif way == 4:  # of another stream, under its nonce or this one
            body = rng.choice(other)
            parts[place] = body if rng.random() < 0.5 else nonce + body[len(nonce) :]
        elif way == 5:  # header of one, rest of another
            cut = rng.randrange(len(parts[place]) + 1)
            parts[place] = parts[place][:cut] + rng.choice(true)[cut:]
        elif way == 6:
            parts.insert(rng.randrange(len(parts) + 1), rng.randbytes(rng.randrange(1, 60)))
        else:  # cut
            parts[place] = parts[place][: rng.randrange(len(parts[place]) + 1)]
    return b"".join(parts)


def _bytes_changed(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not changed:
            break
        place = rng.randrange(len(changed))
        way = rng.randrange(4)
        if way == 0:
            changed[place] ^= 1 << rng.randrange(8)
        elif way == 1:
            changed[place] = rng.choice(_EDGES)
        elif way == 2:
            changed.insert(place, rng.randrange(256))
        else:
            del changed[place]
    return bytes(changed)
