"""The wire form carries every plain value exactly, and nothing else."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
import time
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary.verify.sandbox import wire
from boundary.verify.sandbox.wire import NotPlain, WireError, decode, encode

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**200), max_value=2**200),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 127, 128, -128, -129]),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=8),
    st.text(st.characters(), max_size=4),  # lone surrogates too
    st.binary(max_size=8),
)
hashable = st.recursive(
    atoms,
    lambda inner: (
        st.tuples(inner, inner) | st.tuples(inner) | st.frozensets(inner, max_size=4) | st.just(())
    ),
    max_leaves=6,
)
values = st.recursive(
    hashable,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.lists(inner, max_size=4).map(deque),
        st.sets(hashable, max_size=4),
        st.dictionaries(hashable, inner, max_size=4),
        st.dictionaries(st.text(max_size=3), inner, max_size=4).map(OrderedDict),
        st.dictionaries(hashable, st.integers(), max_size=4).map(Counter),
        st.dictionaries(hashable, inner, max_size=4).map(lambda d: defaultdict(list, d)),
    ),
    max_leaves=16,
)


def shape(value: Any, *, ordered: bool) -> Any:
    """Return what tells two plain values apart: types, signs of zero, NaN equal to NaN."""
    kind = type(value)
    if kind in (float, complex):
        return kind.__name__, repr(value)
    if kind in (list, tuple, deque):
        return kind.__name__, [shape(item, ordered=ordered) for item in value]
    if kind in (set, frozenset):
        return kind.__name__, sorted(repr(shape(item, ordered=ordered)) for item in value)
    if isinstance(value, dict):
        pairs = [(shape(k, ordered=ordered), shape(v, ordered=ordered)) for k, v in value.items()]
        return kind.__name__, pairs if ordered or kind is OrderedDict else sorted(pairs, key=repr)
    return kind.__name__, hex(value) if kind is int else value


@settings(max_examples=400)
@given(values)
def test_a_value_survives(value: Any) -> None:
    found = decode(encode(value))
    assert shape(found, ordered=False) == shape(value, ordered=False)


@settings(max_examples=200)
@given(values)
def test_arguments_keep_the_order_of_their_keys(value: Any) -> None:
    found = decode(encode(value, ordered=True))
    assert shape(found, ordered=True) == shape(value, ordered=True)


@settings(max_examples=400)
@given(values, values)
def test_equal_bytes_mean_equal_values(one: Any, other: Any) -> None:
    same = shape(one, ordered=False) == shape(other, ordered=False)
    assert (encode(one) == encode(other)) is same


@given(st.lists(hashable, max_size=6), st.randoms())
def test_the_order_in_which_a_set_or_dictionary_was_made_does_not_count(members, random) -> None:
    other = list(members)
    random.shuffle(other)
    assert encode(set(members)) == encode(set(other))
    pairs = dict.fromkeys(members, 1)
    keys = list(pairs)
    random.shuffle(keys)
    assert encode(dict.fromkeys(keys, 1)) == encode(pairs)


def test_a_sign_of_zero_and_a_type_are_seen_and_a_nan_is_one() -> None:
    assert encode(0.0) != encode(-0.0)
    assert len({encode(1), encode(1.0), encode(True), encode(1 + 0j)}) == 4
    assert encode([math.nan]) == encode([-math.nan]) == encode([float("-nan")])


def test_integers_have_any_number_of_digits() -> None:
    for value in (10**5000, [-(10**5000), 1], {2**70, 10**5000}, {10**5000: 1}):
        assert decode(encode(value)) == value  # not repr: it has a limit


@pytest.mark.parametrize("length", [wire.CHUNK - 1, wire.CHUNK, wire.CHUNK + 1])
def test_long_lists_go_in_chunks(length: int) -> None:
    for value in (list(range(length)), [(i % 7,) if i % 3 else i / 2 for i in range(length)]):
        assert decode(encode(value)) == value


class Int(int):
    pass


class Same(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


class Impostor(type):
    """A type that says it is `int`."""

    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        return hash(int)


class Claims(metaclass=Impostor):
    def __index__(self) -> int:
        return 1

    @property
    def __class__(self) -> type:
        return int


class Level(IntEnum):
    ONE = 1


class ListOf(list):
    pass


REFUSED = {
    "int subclass": Int(1), "str subclass": Same("a"), "claims to be int": Claims(),
    "enum": Level.ONE, "list subclass": ListOf(), "namedtuple": namedtuple("P", "x")(1),
    "object": object(), "type": int, "range": range(3), "map": map(int, []),
    "fraction": Fraction(1),
    "generator": (i for i in ()), "function": len, "float64": np.float64(1), "array": np.zeros(2),
    "bytearray": bytearray(b"a"), "memoryview": memoryview(b"a"), "keys": {}.keys(),
    "NotImplemented": NotImplemented, "ellipsis": ..., "exception": ValueError(), "slice": slice(1),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused_wherever_it_stands(name: str) -> None:
    value = REFUSED[name]
    for place in (value, [value], (1, value), {"a": value}, [[1], [value]], deque([value])):
        with pytest.raises(NotPlain) as error:
            encode(place)
        assert error.value.type_name == wire.type_name(type(value))


@settings(max_examples=200)
@given(values, st.sampled_from(sorted(REFUSED)))
def test_a_value_beside_one_that_is_refused_does_not_pass(value: Any, name: str) -> None:
    with pytest.raises(NotPlain):
        encode([value, REFUSED[name]])
    with pytest.raises(NotPlain):
        encode({"a": value, "b": (REFUSED[name],)})


def test_values_inside_themselves_are_refused() -> None:
    own: list[Any] = []
    own.append(own)
    keys: dict[str, Any] = {}
    keys["own"] = keys
    for value in (own, [own, own], keys):
        with pytest.raises(NotPlain, match="deeper"):
            encode(value)
    own.append(own)
    start = time.monotonic()
    with pytest.raises(NotPlain):
        encode(own)
    assert time.monotonic() - start < 20


def test_nesting_is_bounded() -> None:
    value: Any = 1
    for _ in range(wire.MOST_DEPTH):
        value = (value,)
    assert decode(encode(value)) == value
    with pytest.raises(NotPlain):
        encode([value])
    sets: Any = frozenset()
    for depth in range(60):  # sorted by their encoding, each once
        sets = frozenset({sets, (depth,)})
    assert decode(encode(sets)) == sets


@pytest.mark.parametrize(
    ("kind", "name"),
    [(int, "int"), (Fraction, "fractions.Fraction"), (np.float64, "numpy.float64"),
     (Int, f"{__name__}.Int"), (type("A" * 500, (), {"__module__": 3}), "A" * 200)],
)  # fmt: skip
def test_names_of_types_are_bounded_and_say_the_module(kind: type, name: str) -> None:
    assert wire.type_name(kind) == name


# --- bytes that nobody made -----------------------------------------------------------------


def refused(data: bytes) -> None:
    """Expect refusal, at once."""
    start = time.monotonic()
    with pytest.raises(WireError):
        decode(data)
    assert time.monotonic() - start < 1


def size(number: int) -> bytes:
    return number.to_bytes(8, "little")


BOMBS = {
    "nothing": b"",
    "no mode": b"\x03N\x00",
    "surplus": encode(1) + b"\x00",
    "a list of 2^60": b"\x01lu" + size(2**60) + b"N",
    "a list of 2^40 lists": b"\x01lu" + size(2**40) + b"lb" + bytes(10),
    "a text of 2^60": b"\x01Su" + size(2**60) + size(2**60),
    "a text longer than told": b"\x01Sb\x01" + size(2) + b"ab",
    "an integer of 2^60 digits": b"\x01Ix" + size(2**60) + b"0x1",
    "a short integer in hex": b"\x01Ix" + size(3) + b"0x1",
    "a wide integer": b"\x01Iq" + size(1),
    "a negative length": b"\x01lb\xff",
    "no such kind": b"\x01?",
    "no such width": b"\x01I?\x01",
    "a mixed column of one kind": b"\x01*N\x00",
    "an unhashable member": b"\x01sb\x01bu" + size(10) + b"lb\x00",
    "members twice": b"\x01su" + size(2) + b"cIb\x01\x01",
    "members not sorted": b"\x01su" + size(2) + b"cIb\x02\x01",
    "a bool of 2": b"\x01B\x02",
    "NaN with a payload": b"\x01F\x01\x00\x00\x00\x00\x00\xf8\x7f",
    "no UTF-8": b"\x01Sb\x01" + size(1) + b"\xff",
    "nesting": b"\x01" + (b"lu" + size(1)) * 10_000 + b"N\x00",
    "blobs in blobs": b"\x01" + (b"su" + size(1) + b"bu" + size(20)) * 10_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_harmful_bytes_are_refused_at_once(name: str) -> None:
    refused(BOMBS[name])


def test_members_that_collide_are_refused_at_once() -> None:
    step = sys.hash_info.modulus
    refused(encode([*range(1)]) + b"x")
    colliding = [i * step for i in range(50_000)]
    text = ",".join(map(hex, colliding)).encode()
    refused(b"\x01su" + size(len(colliding)) + b"cIx" + size(len(text)) + text)


@settings(max_examples=500)
@given(st.binary(max_size=60), st.sampled_from([b"\x01", b"\x02"]))
def test_random_bytes_are_refused_or_canonical(data: bytes, mode: bytes) -> None:
    try:
        value = decode(mode + data)
    except WireError:
        return
    assert encode(value, ordered=mode == b"\x02") == mode + data


@settings(max_examples=500)
@given(values, st.data())
def test_changed_bytes_are_refused_or_canonical(value: Any, data: st.DataObject) -> None:
    encoding = bytearray(encode(value))
    place = data.draw(st.integers(1, len(encoding) - 1))
    encoding[place] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(encoding))
    except WireError:
        return
    assert encode(found) == bytes(encoding)


# --- as a file of its own ---------------------------------------------------------------------


def test_it_works_alone_with_the_standard_library(tmp_path: Path) -> None:
    for name in ("wire", "records"):
        spec = importlib.util.find_spec(f"boundary.verify.sandbox.{name}")
        assert spec is not None
        assert spec.origin is not None
        (tmp_path / f"{name}.py").write_text(Path(spec.origin).read_text())
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import wire, records; "
        "assert 'boundary' not in sys.modules; "
        "sys.stdout.buffer.write(records.pack_result(b'n', 0, wire.encode([1, 'a']), 9))"
    )
    command = [sys.executable, "-I", "-S", "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True)
    from boundary.verify.sandbox.records import RecordParser

    (record,) = RecordParser(1, b"n", 100).feed(done.stdout)
    assert record.kind == "digest"


def test_long_homogeneous_lists_are_quick() -> None:
    """About 0.1 s each; a Python step an element would take several times the limit."""
    count = 1_000_000
    for value in ([*range(count)], [i / 2 for i in range(count)], "ab" * count, ["a"] * count):
        start = time.process_time()
        encode(value)
        assert time.process_time() - start < 1.5
