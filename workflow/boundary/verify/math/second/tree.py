"""What the parser of the second engine returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


class UnreadableError(Exception):
    """The text is not in the language of the parser."""


@dataclass(frozen=True)
class Num:
    """An exact number."""

    value: Fraction


@dataclass(frozen=True)
class Name:
    """A variable or a constant; case counts."""

    name: str


@dataclass(frozen=True)
class Text:
    """Words, case folded."""

    words: str


@dataclass(frozen=True)
class Call:
    """An operation or a function on arguments: ``+``, ``*``, ``^``, ``root``, ``sum`` and so on."""

    name: str
    args: tuple[Tree, ...]


@dataclass(frozen=True)
class Many:
    """Several: ``list``, ``set``, ``union``, ``matrix``, ``rel`` or two brackets as ``(]``."""

    kind: str
    items: tuple[Tree, ...]
    signs: tuple[str, ...] = field(default=())


Tree = Num | Name | Text | Call | Many


def _held(tree: Tree) -> tuple[Tree, ...]:
    return tree.args if isinstance(tree, Call) else tree.items if isinstance(tree, Many) else ()


def names_of(tree: Tree) -> frozenset[str]:
    """Return the letters of a tree that stand for something unknown."""
    if isinstance(tree, Name):
        return frozenset([tree.name]) - {"pi", "e", "i", "infty", "circ"}
    return frozenset().union(*map(names_of, _held(tree)))


def calls_of(tree: Tree) -> frozenset[str]:
    """Return the names of the operations and functions in a tree."""
    found = frozenset([tree.name]) if isinstance(tree, Call) else frozenset()
    return found.union(*map(calls_of, _held(tree)))


def texts_in(tree: Tree) -> bool:
    """Say whether there are words in a tree."""
    return isinstance(tree, Text) or any(map(texts_in, _held(tree)))
