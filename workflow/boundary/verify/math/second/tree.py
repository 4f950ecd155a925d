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
