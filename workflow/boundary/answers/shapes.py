r"""Answers of a shape of their own: matrices, ratios, all numbers but some, "for all x"."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from boundary.answers.nodes import Expression, Group, Matrix, Node, Number
from boundary.answers.typesetting import top_level

Read = Callable[[str], Node]

_MATRIX = re.compile(
    r"(?P<factor>.*?)\\begin ?\{(?P<kind>(?:[pbB]|small)?matrix|array)\}(?:\{[lcr| ]*\})?"
    r"(?P<body>.*)\\end ?\{(?P=kind)\}"
    r"(?P<turned>\^ ?\{? ?(?:T|\\top|\\intercal|\\mathrm\{T\}|\\mathsf\{T\}) ?\}?)?",
    re.DOTALL,
)
_FACTOR_END = re.compile(r" ?(?:\\cdot|\\times|\*) ?$")


def matrix(text: str, read: Read) -> Matrix | None:
    r"""Read a matrix, also times a number and transposed; a determinant is none."""
    found = _MATRIX.fullmatch(text) if "\\begin" in text else None
    if not found or "\\begin" in found["body"]:
        return None
    factor = _FACTOR_END.sub("", found["factor"]).strip()
    if not _is_factor(factor):
        return None
    lines = [line for line in _parts(found["body"], "\\\\") if line.strip()]
    rows = [[_times(factor, entry, read) for entry in _parts(line, "&")] for line in lines]
    if found["turned"]:
        if len({len(row) for row in rows}) != 1:
            return None
        rows = [list(column) for column in zip(*rows, strict=True)]
    return Matrix(tuple(map(tuple, rows)))


def _is_factor(text: str) -> bool:
    """Say whether a text before a matrix multiplies it: no sum, and no open bracket."""
    marked = top_level(text)
    signs = [i for i, (token, outside) in enumerate(marked) if outside and token in ("+", "-")]
    opened = sum(text.count(sign) for sign in "([{") == sum(text.count(sign) for sign in ")]}")
    return opened and "|" not in text and all(i == 0 for i in signs)


def _times(factor: str, entry: str, read: Read) -> Node:
    node = read(entry)
    if not factor:
        return node
    times = read(f"{factor}1") if factor in ("+", "-") else read(factor)
    if isinstance(times, Number) and isinstance(node, Number):
        product = times.value * node.value
        return Number(product, None, str(product))
    return Expression(f"{factor}({entry})" if factor in ("+", "-") else f"({factor})({entry})")


def _parts(text: str, separator: str) -> list[str]:
    parts = [""]
    for token, outside in top_level(text):
        if outside and token == separator:
            parts.append("")
        else:
            parts[-1] += token
    return parts


_CLOCK = re.compile(r"\d{1,2}:[0-5]\d")


def ratio(parts: list[str], read: Read) -> Group | None:
    """Read ``3:4`` and ``1:2:3``, parted at their colons.

    ``9:05`` can be a time alone (ends ``clock``); ``4:30`` may be either (``time``).
    """
    if len(parts) < 2 or not all(part.strip() for part in parts):
        return None
    items = [read(part) for part in parts]
    if not all(isinstance(item, Number | Expression) for item in items):
        return None
    if any("\\to" in part or "\\mapsto" in part or "\\text" in part for part in parts):
        return None
    ends = ""
    if _CLOCK.fullmatch(":".join(part.strip() for part in parts)):
        ends = "clock" if parts[1].strip().startswith("0") else "time"
    return Group("ratio", tuple(items), ends)


_WITHOUT = re.compile(
    r"(?:\\mathbb ?\{?R\}?|\\R|\(-\\infty,\+?\\infty\)) ?"
    r"(?:\\(?:setminus|backslash|smallsetminus) ?|-)\\\{(.*)\\\}"
)


def without_points(text: str, read: Read) -> Group | None:
    r"""Read ``\mathbb{R} \setminus \{0, 1\}`` as the union of what lies between."""
    found = _WITHOUT.fullmatch(text)
    if not found:
        return None
    points = {
        item.value: item
        for item in (read(part) for part in _parts(found[1], ","))
        if isinstance(item, Number) and item.unit is None
    }
    if len(points) != len(_parts(found[1], ",")):
        return None
    between = [points[value] for value in sorted(points)]
    ends: list[Node] = [Expression("-\\infty"), *between, Expression("\\infty")]
    return Group("union", tuple(Group("tuple", gap, "()") for gap in pairwise(ends)))


_SET = r"\\mathbb ?\{? ?[RNZQC] ?\}?(?:\^\{?\+\}?|_\{?(?:\+|>0|\\ge ?0)\}?|\^\{?\*\}?)?"
_FOR_ALL = re.compile(
    r",?(?:\\text ?\{,? ?for (?:all|every|each|any)(?P<words> [a-z\- ]*)?\}|\\forall ?)"
    rf"(?P<name>[a-z])?(?:\\in ?{_SET})?"
)
_IN_ALL = re.compile(rf"(?:,|\()(?P<name>[a-z])\\in ?{_SET}\)?")
_OF_FUNCTION = re.compile(r"[a-zA-Z](?:_\d)?\((?P<name>[a-z])\)(?::?=|\\equiv ?)[^=<>]*?$")
#: What all of which a function may be defined on; others would be a part of it.
_DOMAIN = frozenset(
    [
        *("real", "reals", "number", "numbers", "integer", "integers", "natural", "rational"),
        *("rationals", "complex", "positive", "values", "value", "of", "non-negative"),
        "nonnegative",
    ]
)


def without_quantifier(text: str) -> str:
    r"""Take "for all x" from behind a function's definition: ``f(x)=2x \text{ for all } x``."""
    for place in range(len(text)):
        if text[place] not in ",(\\":
            continue
        found = _FOR_ALL.fullmatch(text, place) or _IN_ALL.fullmatch(text, place)
        head = _OF_FUNCTION.fullmatch(text[:place]) if found else None
        if found and head:
            words = (found.groupdict().get("words") or "").split()
            names = {word for word in words if len(word) == 1} | {found["name"]} - {None}
            if names <= {head["name"]} and {word for word in words if len(word) > 1} <= _DOMAIN:
                return text[:place]
    return text
