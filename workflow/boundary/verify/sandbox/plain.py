"""What a program returned, in plain types where its class adds nothing to the value.

Runs inside the sandbox: standard library, numpy and neighbours only.  Harnesses
compare with ``==``, to which a NumPy scalar, a namedtuple, an `enum.IntEnum`, or
a subclass of str or dict is the value that it holds.  So each becomes that value,
read by the methods of the plain type and not by the class's own; one whose class
compares by a rule of its own does not.

Class names are taken at their word only where nothing contradicts them: a class
that says it is numpy's, and was not there before the program, is posing.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from itertools import chain
from typing import Any

from . import wire

#: Top-level modules whose classes are no program's own.
LIBRARIES = (sys.stdlib_module_names | {"builtins", "numpy", "sortedcontainers"}) - {"__main__"}
#: NumPy's scalars that hold a plain value; the long double does not.
_SCALARS = (
    *("bool_", "int8", "int16", "int32", "int64", "intc", "longlong", "uint8", "uint16"),
    *("uint32", "uint64", "uintc", "ulonglong", "float16", "float32", "float64"),
    *("complex64", "complex128", "str_", "bytes_"),
)
_COMPARES = ("__eq__", "__ne__")
_HEAP_TYPE = 1 << 9

_Reader = Callable[[Any], Any]
#: How the value is read from an instance of a subclass, whatever that class overrides.
_READERS: dict[type, _Reader] = {
    int: int.__int__,
    float: float.__float__,
    complex: complex.__pos__,
    str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    list: lambda value: list.__getitem__(value, slice(None)),
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    deque: lambda value: deque(deque.__iter__(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    **dict.fromkeys(
        (dict, Counter, OrderedDict, defaultdict), lambda value: dict(dict.items(value))
    ),
}
_ATOMS = {type(None), bool, int, float, complex, str, bytes}

_readers: dict[int, _Reader] = {id(kind): reader for kind, reader in _READERS.items()}
#: Classes that were there before any program, kept so that no number is used again.
_known: dict[int, type] = {}
_modules: set[str] = set()


def remember() -> None:
    """Take down NumPy's scalars and every class there is; before any program runs."""
    numpy = sys.modules["numpy"]
    for name in _SCALARS:
        _readers[id(getattr(numpy, name))] = numpy.generic.item
    level: list[type] = [object]
    while level:
        fresh = {id(kind): kind for kind in level if id(kind) not in _known}
        _known.update(fresh)
        level = [*chain.from_iterable(map(type.__subclasses__, fresh.values()))]
    _modules.update(sys.modules)


def plain(value: Any) -> Any:
    """Return a value with plain ones in place of what only dresses them, however deep.

    Raises
    ------
    boundary.verify.sandbox.wire.NotPlain
        When it is nested deeper than values may be, or has too many containers.
    """
    return _Reducer().reduce(value, 0)


class _Reducer:
    def __init__(self) -> None:
        self.left = wire.MOST_CONTAINERS

    def reduce(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind not in _EXACT:
            reader = _reader(kind)
            if reader is None:
                return value
            value = reader(value)
            kind = type(value)
        if kind in _ATOMS:
            return value
        self.left -= 1
        if depth > wire.MOST_DEPTH or self.left < 0:
            raise wire.NotPlain(f"nesting deeper than {wire.MOST_DEPTH}, or too many containers")
        if kind in (list, tuple, deque, set, frozenset):
            return kind(self.reduce(item, depth + 1) for item in value)
        pairs = [
            (self.reduce(key, depth + 1), self.reduce(item, depth + 1))
            for key, item in dict.items(value)
        ]
        return OrderedDict(pairs) if kind is OrderedDict else dict(pairs)


class _ById:
    """Membership of types by identity: a metaclass could claim to equal `int`."""

    def __init__(self, kinds: set[type]) -> None:
        self._ids = frozenset(map(id, kinds))

    def __contains__(self, kind: object) -> bool:
        return id(kind) in self._ids


_EXACT = _ById(_ATOMS | set(_READERS))


def _reader(kind: type) -> _Reader | None:
    """Return how an instance of a class is read; None when it is its own kind of value."""
    parents: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    for parent in parents:
        if id(parent) in _readers:
            return _readers[id(parent)]
        if any(name in type.__dict__["__dict__"].__get__(parent) for name in _COMPARES):
            return None
    return None


def true_name(kind: type) -> str:
    """Return the name of a class, and whether it only says that it is a library's."""
    if _genuine(kind):
        return wire.type_name(kind)
    return f"posing as {wire.module_of(kind)}.{type.__dict__['__qualname__'].__get__(kind)}"


def _genuine(kind: type) -> bool:
    if not type.__dict__["__flags__"].__get__(kind) & _HEAP_TYPE or id(kind) in _known:
        return True
    module = wire.module_of(kind)
    if type(module) is not str or module.partition(".")[0] not in LIBRARIES:
        return True  # it claims nothing
    if module in _modules:
        return False  # all classes of these are known
    place: Any = sys.modules.get(module)
    for part in type.__dict__["__qualname__"].__get__(kind).split("."):
        place = getattr(place, part, None)
    return place is kind
