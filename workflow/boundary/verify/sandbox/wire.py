r"""Plain Python values as bytes: what passes between the sandbox and its parent.

Standard library only: the sandbox loads this file alone, without the package.

Only values of exactly these types pass, and no subclass of one: ``None``, bool,
int, float, complex, str, bytes, list, tuple, set, frozenset, dict, and of
``collections`` Counter, deque, OrderedDict, defaultdict (without its factory).
Equal bytes mean equal values of equal types throughout, and the reverse: sets
and keys stand in sorted order, NaN in one form.  ``ordered=True`` keeps the
order of dictionaries, which arguments need; the first byte says which it is.

The form is columnar, so that a long list costs no Python step an element: a
*column* holds k values, where k is known from outside::

    value    = mode byte, column of 1
    column   = chunks of 2¹⁹ values, the last one shorter
    chunk    = kind byte, data of k values of that kind
             | "*", k kind bytes, for each kind in order the data of its values
    list, …  = k lengths, column of all items
    dict, …  = k lengths, all keys, column of all values
    set      = k lengths, all members
    members  = "c", column (each set of one kind among int, str, bytes; natural order)
             | "b", lengths of blobs, blobs (each a column of 1; order of the blobs)

Every value takes at least one byte, so the decoder can refuse any count that
the rest of the data cannot hold before it allocates anything.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, compress, islice
from math import isnan
from operator import attrgetter
from typing import Any

#: Deepest nesting of containers that passes.
MOST_DEPTH = 100
#: Most containers in all; also ends lists that hold themselves many times over.
MOST_CONTAINERS = 1 << 23
#: Values that are written together, so that memory stays near that of the bytes.
CHUNK = 1 << 19
MOST_NAME = 200
#: Most members of a set that may share a hash; honest ones share it in twos, as -1 and -2 do.
MOST_COLLISIONS = 16
_CANONICAL, _ORDERED = b"\x01", b"\x02"
_WIDTHS = (("b", 7), ("h", 15), ("i", 31), ("q", 63))


class NotPlain(TypeError):
    """A value holds something that may not pass.

    Attributes
    ----------
    type_name : str
        Module and name of the first such type (of built-in types the name
        alone), or what else is wrong; at most 200 characters.
    kind : type or None
        The type itself.
    """

    def __init__(self, type_name: str, kind: type | None = None) -> None:
        super().__init__(type_name)
        self.type_name, self.kind = type_name, kind


class WireError(ValueError):
    """Bytes that `encode` never makes."""


def decode(data: bytes) -> Any:
    """Return the value whose bytes these are; work and memory are linear in them.

    Raises
    ------
    WireError
        When `encode` would not make these bytes, to the last one.
    """
    if data[:1] not in (_CANONICAL, _ORDERED):
        raise WireError("no value begins so")
    reader = _Reader(data)
    try:
        (value,) = reader.column(1, 0)
        again = encode(value, ordered=data[:1] == _ORDERED)
    except (ValueError, TypeError) as error:  # no UTF-8, unhashable member, …
        raise WireError(str(error)) from None
    if again != data:
        raise WireError("not in canonical form")
    return value


def encode(value: Any, *, ordered: bool = False) -> bytes:
    """Return the bytes of a plain value.

    Raises
    ------
    NotPlain
        When the value, or one inside it, is of another type, or it is nested
        deeper than `MOST_DEPTH` (as a list inside itself is).
    """
    writer = _Writer(ordered)
    writer.column([value], 1, 0)
    return b"".join(writer.out)


def type_name(kind: type) -> str:
    """Return module and name of a type, whatever its metaclass says."""
    name, module = type.__dict__["__qualname__"].__get__(kind), module_of(kind)
    known = type(module) is str and module != "builtins"
    text = f"{module}.{name}" if known else str(name)
    return text.encode(errors="replace")[:MOST_NAME].decode(errors="ignore")


def module_of(kind: type) -> Any:
    """Return what a type says is its module; a text, if it is honest."""
    module = type.__dict__["__dict__"].__get__(kind).get("__module__")
    if type(module) is not str:  # of a type made in C, its full name has it
        module = type.__dict__["__module__"].__get__(kind)
    return module


class _Writer:
    """Appends columns to a list of parts."""

    def __init__(self, ordered: bool) -> None:
        self.ordered, self.left = ordered, MOST_CONTAINERS
        self.out = [_ORDERED if ordered else _CANONICAL]

    def column(self, values: Iterable[Any], count: int, depth: int) -> None:
        if depth > MOST_DEPTH:
            raise NotPlain(f"nesting deeper than {MOST_DEPTH}")
        rest = iter(values)
        for _ in range(0, count, CHUNK):
            self.chunk(list(islice(rest, CHUNK)), depth)

    def chunk(self, values: list[Any], depth: int) -> None:
        # By identity: a class could claim to equal `int`.
        types = set(map(id, map(type, values)))
        if not types <= _KIND_OF.keys():
            kind = next(t for t in map(type, values) if id(t) not in _KIND_OF)
            raise NotPlain(type_name(kind), kind)
        if len(types) == 1:
            code = _KIND_OF[types.pop()]
            self.out.append(bytes((code,)))
            self.data(code, values, depth)
            return
        kinds = bytes(map(_KIND_OF.__getitem__, map(id, map(type, values))))
        self.out += (b"*", kinds)
        for code in sorted(set(kinds)):
            mask = kinds.translate(bytes(number == code for number in range(256)))
            self.data(code, list(compress(values, mask)), depth)

    def data(self, kind: int, values: list[Any], depth: int) -> None:
        """Write one value or more, all of one kind."""
        if kind in _ATOMS:
            _ATOMS[kind](values, self.out)
            return
        self.left -= len(values)
        if self.left < 0:
            raise NotPlain(f"more than {MOST_CONTAINERS} containers")
        sizes = list(map(len, values))
        total = sum(sizes)
        _lengths(sizes, self.out)
        if kind in _SEQUENCES:
            self.column(chain.from_iterable(values), total, depth + 1)
        elif kind in _SETS:
            self.members(values, total, depth)
        elif self.ordered or kind == _ORDERED_DICT:
            self.column(chain.from_iterable(values), total, depth + 1)
            self.column(chain.from_iterable(map(dict.values, values)), total, depth + 1)
        else:
            keys = self.members(values, total, depth)
            pairs = zip(values, keys, strict=True)
            self.column((value[key] for value, own in pairs for key in own), total, depth + 1)

    def members(self, sets: list[Any], total: int, depth: int) -> list[list[Any]]:
        """Write members of sets, or keys of dictionaries, and return them in their order."""
        if all(len(types := set(map(type, own))) < 2 and types <= _SORTABLE for own in sets):
            plain = [sorted(own) for own in sets]
            self.out.append(b"c")
            self.column(chain.from_iterable(plain), total, depth + 1)
            return plain
        pairs = [sorted(((self.blob(m, depth), m) for m in own), key=_first) for own in sets]
        blobs = [blob for own in pairs for blob, _ in own]
        self.out.append(b"b")
        _lengths(list(map(len, blobs)), self.out)
        self.out += blobs
        return [[member for _, member in own] for own in pairs]

    def blob(self, value: Any, depth: int) -> bytes:
        begun, self.out = self.out, []
        self.column([value], 1, depth + 1)
        found, self.out = b"".join(self.out), begun
        return found


def _first(pair: tuple[bytes, Any]) -> bytes:
    return pair[0]


def _size(number: int) -> bytes:
    return number.to_bytes(8, "little")


def _lengths(sizes: Sequence[int], out: list[bytes]) -> None:
    """Write k lengths: one for all when they are equal, and not 0."""
    if 0 < min(sizes) == max(sizes):
        out += (b"u", _size(sizes[0]))
    else:
        _ints(sizes, out)


def _packed(code: str, values: Iterable[Any]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _ints(values: Sequence[int], out: list[bytes]) -> None:
    low, high = min(values), max(values)
    for code, bits in _WIDTHS:
        if -(1 << bits) <= low and high < 1 << bits:
            out += (code.encode(), _packed(code, values))
            return
    # Hexadecimal has no limit of digits, and takes linear time.
    text = ",".join(map(hex, values)).encode()
    out += (b"x", _size(len(text)), text)


def _floats(values: Iterable[float], out: list[bytes]) -> None:
    numbers = list(values)
    if any(map(isnan, numbers)):
        numbers = [_NAN if isnan(number) else number for number in numbers]
    out.append(_packed("d", numbers))


def _complexes(values: Sequence[complex], out: list[bytes]) -> None:
    _floats(map(attrgetter("real"), values), out)
    _floats(map(attrgetter("imag"), values), out)


def _texts(values: Sequence[str], out: list[bytes]) -> None:
    _lengths(list(map(len, values)), out)
    text = "".join(values).encode("utf-8", "surrogatepass")
    out += (_size(len(text)), text)


def _binaries(values: Sequence[bytes], out: list[bytes]) -> None:
    _lengths(list(map(len, values)), out)
    out.extend(values)


_NAN = float("nan")
_KINDS: dict[type, bytes] = {
    type(None): b"N",
    bool: b"B",
    int: b"I",
    float: b"F",
    complex: b"J",
    str: b"S",
    bytes: b"Y",
    list: b"l",
    tuple: b"t",
    deque: b"q",
    set: b"s",
    frozenset: b"z",
    dict: b"d",
    OrderedDict: b"o",
    Counter: b"c",
    defaultdict: b"e",
}
_KIND_OF = {id(kind): code[0] for kind, code in _KINDS.items()}
_SORTABLE = {int, str, bytes}
_SEQUENCES, _SETS, _ORDERED_DICT = b"ltq", b"sz", b"o"[0]
_ATOMS: dict[int, Callable[[Any, list[bytes]], None]] = {
    b"N"[0]: lambda values, out: out.append(bytes(len(values))),
    b"B"[0]: lambda values, out: out.append(bytes(values)),
    b"I"[0]: _ints,
    b"F"[0]: _floats,
    b"J"[0]: _complexes,
    b"S"[0]: _texts,
    b"Y"[0]: _binaries,
}


class _Reader:
    """Reads columns from bytes that may have been made to harm."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 1

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise WireError("cut short")
        found = self.data[self.at : end]
        self.at = end
        return found

    def column(self, count: int, depth: int) -> list[Any]:
        if depth > MOST_DEPTH:
            raise WireError(f"nesting deeper than {MOST_DEPTH}")
        if count > len(self.data) - self.at:
            raise WireError("more values than bytes")
        if count <= CHUNK:
            return self.chunk(count, depth) if count else []
        sizes = (min(CHUNK, count - at) for at in range(0, count, CHUNK))
        return list(chain.from_iterable(self.chunk(size, depth) for size in sizes))

    def chunk(self, count: int, depth: int) -> list[Any]:
        kind = self.take(1)
        if kind != b"*":
            return self.values(kind[0], count, depth)
        kinds = self.take(count)
        columns = {
            kind: iter(self.values(kind, kinds.count(kind), depth)) for kind in sorted(set(kinds))
        }
        return list(map(next, map(columns.__getitem__, kinds)))

    def values(self, kind: int, count: int, depth: int) -> list[Any]:
        if kind in _READERS:
            return _READERS[kind](self, count)
        if kind not in _MAKERS:
            raise WireError(f"no kind {kind}")
        sizes = self.lengths(count)
        make = _MAKERS[kind]
        if kind in _SEQUENCES:
            return list(map(make, _split(self.column(sum(sizes), depth + 1), sizes)))
        in_order = kind == _ORDERED_DICT or (kind not in _SETS and self.data[:1] == _ORDERED)
        keys = self.column(sum(sizes), depth + 1) if in_order else self.members(sum(sizes), depth)
        if kind in _SETS:
            return [make(_spread(own)) for own in _split(keys, sizes)]
        items = self.column(sum(sizes), depth + 1)
        pairs = zip(_split(keys, sizes), _split(items, sizes), strict=True)
        return [make(zip(_spread(own), values, strict=True)) for own, values in pairs]

    def members(self, count: int, depth: int) -> list[Any]:
        form = self.take(1)
        if form == b"c":
            return self.column(count, depth + 1)
        found = []
        for size in self.lengths(count):
            end = self.at + size
            found += self.column(1, depth + 1)
            if self.at != end:
                raise WireError("a member of another length")
        return found

    def number(self) -> int:
        return int.from_bytes(self.take(8), "little")

    def lengths(self, count: int) -> list[int]:
        if count > len(self.data) - self.at:
            raise WireError("more values than bytes")
        if self.data[self.at : self.at + 1] == b"u":
            self.at += 1
            sizes = [self.number()] * count
        else:
            sizes = self.ints(count)
        if sizes and (min(sizes) < 0 or sum(sizes) > len(self.data) - self.at):
            raise WireError("longer than the data")
        return sizes

    def packed(self, code: str, count: int) -> list[Any]:
        numbers = array(code, self.take(count * array(code).itemsize))
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers.tolist()

    def ints(self, count: int) -> list[int]:
        code = self.take(1).decode()
        if code != "x":
            return self.packed(code if code in "bhiq" else "?", count)
        parts = self.take(self.number()).split(b",")
        if len(parts) != count:
            raise WireError("another number of integers")
        return [int(part, 16) for part in parts]

    def texts(self, count: int) -> list[str]:
        sizes = self.lengths(count)
        text = self.take(self.number()).decode("utf-8", "surrogatepass")
        if len(text) != sum(sizes):
            raise WireError("text of another length")
        return list(_split(text, sizes))

    def binaries(self, count: int) -> list[bytes]:
        sizes = self.lengths(count)
        return list(_split(self.take(sum(sizes)), sizes))


def _split(joined: Any, sizes: list[int]) -> Iterable[Any]:
    ends = list(accumulate(sizes))
    return map(joined.__getitem__, map(slice, chain((0,), ends), ends))


def _spread(members: list[Any]) -> list[Any]:
    """Refuse members made to collide, with which a set takes quadratic time."""
    if members and max(Counter(map(hash, members)).values()) > MOST_COLLISIONS:
        raise WireError("colliding members")
    return members


_READERS: dict[int, Callable[[_Reader, int], list[Any]]] = {
    b"N"[0]: lambda reader, count: [None] * len(reader.take(count)),
    b"B"[0]: lambda reader, count: list(map(bool, reader.take(count))),
    b"I"[0]: _Reader.ints,
    b"F"[0]: lambda reader, count: reader.packed("d", count),
    b"J"[0]: lambda reader, count: list(
        map(complex, reader.packed("d", count), reader.packed("d", count))
    ),
    b"S"[0]: _Reader.texts,
    b"Y"[0]: _Reader.binaries,
}
_MAKERS: dict[int, Callable[[Any], Any]] = {
    code[0]: kind for kind, code in _KINDS.items() if code[0] not in _READERS
} | {b"c"[0]: lambda pairs: Counter(dict(pairs)), b"e"[0]: lambda pairs: defaultdict(None, pairs)}
