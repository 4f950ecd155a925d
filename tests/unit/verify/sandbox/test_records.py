"""The stream of records is read to the letter, or refused."""

from __future__ import annotations

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.verify.sandbox.records import (
    KINDS,
    MOST_NAME,
    Forged,
    Record,
    RecordParser,
    pack,
    pack_result,
)
from record_fuzzer import fuzz

NONCE = b"0123456789abcdef"
#: Inputs of the fuzzer here; tests/benchmarks/fuzz_records.py runs a million.
INPUTS = int(os.environ.get("BOUNDARY_FUZZ_INPUTS", "50000"))

payloads = st.binary(max_size=50)
records = st.one_of(
    st.tuples(st.just("returned"), payloads, st.just(0)),
    st.tuples(st.just("output"), payloads, st.integers(-64, 255)),
    st.tuples(st.sampled_from(["raised", "nonplain"]), st.text(max_size=9).map(
        lambda text: text.encode(errors="replace")), st.just(0)),
)  # fmt: skip


def packed(found: list[tuple[str, bytes, int]]) -> bytes:
    return b"".join(
        pack(NONCE, index, kind, payload, status=status)
        for index, (kind, payload, status) in enumerate(found)
    )


def parser(count: int, most_bytes: int = 10_000) -> RecordParser:
    return RecordParser(count, NONCE, most_bytes)


@given(st.lists(records, max_size=6), st.data())
def test_records_come_back_however_the_stream_is_cut(found, data) -> None:
    stream = packed(found)
    reader = parser(len(found))
    read: list[Record] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        read += reader.feed(stream[:size])
        stream = stream[size:]
    reader.finish()
    assert reader.complete
    assert [(r.kind, r.payload, r.status) for r in read] == found
    assert [(r.index, r.length) for r in read] == [(i, len(r.payload)) for i, r in enumerate(read)]


def test_a_long_value_comes_as_its_digest() -> None:
    (record,) = parser(1).feed(pack_result(NONCE, 0, b"a" * 11, 10))
    assert record == Record(0, "digest", hashlib.sha256(b"a" * 11).digest(), 11)
    (record,) = parser(1).feed(pack_result(NONCE, 0, b"a" * 10, 10))
    assert record == Record(0, "returned", b"a" * 10, 10)


def test_names_are_cut() -> None:
    (record,) = parser(1).feed(pack(NONCE, 0, "raised", "é".encode() * 150))
    assert record.payload.decode() == "é" * (MOST_NAME // 2)


ONE, TWO = pack(NONCE, 0, "returned", b"one"), pack(NONCE, 1, "returned", b"two")
HEADER = len(NONCE)


def changed(place: int, value: int) -> bytes:
    return ONE[:place] + bytes([value]) + ONE[place + 1 :]


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        (ONE + ONE, "duplicate-record"),
        (TWO, "record-gap"),
        (ONE + TWO + b"x", "surplus-output"),
        (ONE + TWO + TWO, "surplus-output"),
        (b"printed by the program", "forged-record"),
        (ONE[:-1] + b"!", "forged-record"),
        (ONE.replace(b"one", b"two"), "forged-record"),
        (changed(HEADER + 4, len(KINDS)), "forged-record"),
        (changed(HEADER + 4, KINDS.index("digest")), "forged-record"),
        (changed(HEADER + 5, 1), "forged-record"),
        (changed(HEADER + 9, 4), "forged-record"),
        (ONE.replace(NONCE, NONCE[::-1]), "forged-record"),
        (pack(NONCE, 0, "returned", bytes(10_001)), "oversize"),
        (pack(NONCE, 0, "returned", bytes(6000)) + pack(NONCE, 1, "returned", bytes(6000)),
         "oversize"),
    ],
)  # fmt: skip
def test_what_is_no_stream_of_records_is_refused(stream: bytes, name: str) -> None:
    for step in (len(stream), 1):
        reader = parser(2)
        with pytest.raises(Forged) as error:
            for at in range(0, len(stream), step):
                reader.feed(stream[at : at + step])
        assert error.value.name == name


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(Forged, match="no text"):
        parser(1).feed(_named(b"\xff"))


def _named(payload: bytes) -> bytes:
    from boundary.verify.sandbox import records as module

    header = module._HEADER.pack(0, KINDS.index("raised"), 0, len(payload), len(payload))
    return NONCE + header + payload + module._check(NONCE, header, payload)


def test_a_huge_size_is_refused_before_its_payload_is_waited_for() -> None:
    from boundary.verify.sandbox import records as module

    header = module._HEADER.pack(0, 0, 0, 2**60, 2**60)
    with pytest.raises(Forged, match="limit"):
        parser(1).feed(NONCE + header)


def test_an_end_within_a_record_is_told() -> None:
    reader = parser(2)
    reader.feed(ONE + TWO[:20])
    with pytest.raises(Forged, match="cut-record"):
        reader.finish()
    short = parser(2)
    short.feed(ONE)
    short.finish()
    assert not short.complete


@pytest.mark.parametrize("nonce", [b"", bytes(65)])
def test_a_nonce_has_a_length(nonce: bytes) -> None:
    with pytest.raises(ValueError, match="nonce"):
        RecordParser(1, nonce, 1)


def test_no_forged_record_is_accepted() -> None:
    tried = fuzz(INPUTS)
    assert tried.inputs == INPUTS
    assert tried.accepted == []
    assert min(tried.refusals.values()) > 0
    assert tried.whole > 0
