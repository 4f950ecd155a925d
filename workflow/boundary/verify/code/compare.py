"""What a program returned against what is expected: exact built-in types.

Values are equal when type and content are, all the way down.  Beyond that:

- ``Counter``, ``defaultdict`` and ``OrderedDict`` stand for a dictionary and the
  reverse, a set for a frozenset and the reverse; the order of keys never counts.
- An int passes where a float of the same value is expected.
- A float passes where an int of the same value is expected, and an int where a
  bool is, only in problems whose expected values hold both types (HumanEval/130,
  whose halves are floats; HumanEval/147, whose reference returns False for 0).
- A bool passes for a number of its value only in a case whose arguments hold a
  bool: ``max([True, 0])`` is ``True``.  So ``True`` is no answer for 1.
- Floats are close with the tolerance of the case, and in problems of EvalPlus with
  1e-6 (relative 1e-7) where a float, or a list or tuple of floats, is expected.
- NaN equals NaN.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

#: Of `numpy.allclose`, which EvalPlus calls.
RELATIVE = 1e-7
DEFAULT_ATOL = 1e-6
_NUMBERS = frozenset({bool, int, float})
_DICTS = frozenset({dict, Counter, OrderedDict, defaultdict})
_SETS = frozenset({set, frozenset})
_SEQUENCES = frozenset({list, tuple, deque})
_REALS = frozenset({int, float})
_LONG = 64


@dataclass(frozen=True)
class Comparison:
    """How values of one case are compared.

    Attributes
    ----------
    atol : float
        Absolute tolerance of floats; 0 is none.
    types : callable
        Returns the types of numbers among the expected values of the problem;
        called only when a verdict hangs on it.
    bool_arguments : callable
        Returns whether the arguments of the case hold a bool.
    """

    atol: float
    types: Callable[[], frozenset[type]]
    bool_arguments: Callable[[], bool]

    def same(self, expected: Any, own: Any) -> bool:
        """Whether a value passes for the expected one; both are plain and not nested deep."""
        kind, other = type(expected), type(own)
        if kind in _NUMBERS or other in _NUMBERS:
            return {kind, other} <= _NUMBERS and self._number(expected, own)
        for family, compare in (
            (_DICTS, self._dicts),
            (_SETS, self._members),
            (_SEQUENCES, self._items),
        ):
            if kind in family:
                alike = other in family if family is not _SEQUENCES else kind is other
                return alike and len(expected) == len(own) and compare(expected, own)
        if kind is complex and other is complex:
            return self._number(expected.real, own.real) and self._number(expected.imag, own.imag)
        return kind is other and bool(expected == own)

    def _items(self, expected: Any, own: Any) -> bool:
        # One step in C for long lists of numbers; if it fails, they may still be close.
        if len(expected) > _LONG and set(map(type, expected)) <= _REALS and expected == own:
            types = set(map(type, own))
            if types <= _REALS and (float not in types or float in self.types()):
                return True
        return all(map(self.same, expected, own))

    def _dicts(self, expected: Any, own: Any) -> bool:
        keys = dict(zip(own, own, strict=True))
        return all(
            key in keys and self.same(key, keys[key]) and self.same(value, own[keys[key]])
            for key, value in expected.items()
        )

    def _members(self, expected: Any, own: Any) -> bool:
        members = dict(zip(own, own, strict=True))
        return all(m in members and self.same(m, members[m]) for m in expected)

    def _number(self, expected: Any, own: Any) -> bool:
        kind, other = type(expected), type(own)
        if kind is other:
            if expected == own or (kind is float and math.isnan(expected) and math.isnan(own)):
                return True
            return kind is float and self._close(expected, own)
        if other is bool:
            return bool(expected == own) and self.bool_arguments()
        if kind is float:
            return bool(expected == own) or self._close(expected, own)
        if kind is int:
            return bool(expected == own) and float in self.types()
        return other is int and bool(expected == own) and self.types() >= {bool, int}

    def _close(self, expected: float, own: float) -> bool:
        if not self.atol or not math.isfinite(expected):
            return False
        try:
            return abs(float(own) - expected) <= self.atol + RELATIVE * abs(expected)
        except OverflowError:  # an int above every float
            return False


def tolerance(expected: Any, atol: float, *, tolerant: bool) -> float:
    """Return the absolute tolerance of a case (EvalPlus, `unsafe_execute`).

    Parameters
    ----------
    expected : object
    atol : float
        Of the case.
    tolerant : bool
        Whether floats have a tolerance without being given one.
    """
    if atol or not tolerant:
        return atol
    floats = type(expected) is float or (
        type(expected) in (list, tuple) and all(type(item) is float for item in expected)
    )
    return DEFAULT_ATOL if floats else 0.0


def number_types(values: Iterable[Any]) -> frozenset[type]:
    """Return which of bool, int and float are in values, however deep."""
    found: set[type] = set()
    level = list(values)
    while level:
        found |= set(map(type, level)) & _NUMBERS
        level = [item for value in level for item in _inside(value)]
    return frozenset(found)


def _inside(value: Any) -> Iterable[Any]:
    if type(value) in _DICTS:
        return [*value, *value.values()]
    return value if type(value) in _SEQUENCES | _SETS else ()
