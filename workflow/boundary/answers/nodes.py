"""The kinds of answers, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Number:
    """An exact number, its unit, and its text (one number may also be read as a list)."""

    value: Fraction
    unit: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Words:
    """Text, case and spacing taken out; a bare one could be a product of variables too."""

    text: str
    bare: str | None = None


@dataclass(frozen=True)
class Label:
    """Something told by a key alone: a choice, a time of day, digits in a base."""

    kind: str
    key: str


@dataclass(frozen=True)
class Expression:
    """Mathematics that only an engine can compare."""

    text: str
    unit: str | None = None


@dataclass(frozen=True)
class Group:
    """Several answers.

    Attributes
    ----------
    kind : str
        ``list`` (no brackets, any order), ``set`` (braces, any order),
        ``tuple`` (brackets, in order; an interval where it has two items),
        ``union`` (any order), ``ratio``.
    items : tuple
        What it holds.
    ends : str
        The brackets of a tuple, as ``(]``; of a list what joins its items, ``and``
        or ``or`` where that is said; of a ratio whether it may be a time.
    """

    kind: str
    items: tuple[Node, ...]
    ends: str = ""


@dataclass(frozen=True)
class Matrix:
    """Rows of entries; the kind of its brackets does not count."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Relation:
    """Sides joined by ``=``, ``<``, ``<=``, ``>``, ``>=``, ``!=``, ``in`` or ``~`` (about)."""

    sides: tuple[Node, ...]
    signs: tuple[str, ...]
    texts: tuple[str, ...]


Node = Number | Words | Label | Expression | Group | Matrix | Relation
