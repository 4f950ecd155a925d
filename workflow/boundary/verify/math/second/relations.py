"""Relations in the second engine: names, values, equations, intervals."""

from __future__ import annotations

import re
from typing import TypeGuard

from boundary.verify.math.second.tree import (
    Call,
    Many,
    Name,
    Text,
    Tree,
    UnreadableError,
    names_of,
    texts_in,
)

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}
_POINT = re.compile(r"[A-Z](?:_\d+)?'*")


def is_equality(tree: Tree) -> TypeGuard[Many]:
    """Say whether two sides are set equal."""
    return isinstance(tree, Many) and tree.kind == "rel" and tree.signs == ("=",)


def is_equation(tree: Tree) -> TypeGuard[Many]:
    """Say whether this is an equality that begins with no name, and has letters."""
    if not isinstance(tree, Many) or tree.kind != "rel" or set(tree.signs) != {"="}:
        return False
    return not is_name(tree.items[0]) and bool(names_of(tree.items[0]))


def asked(tree: Tree) -> Tree:
    """Return the value of ``m+n = 17``, of which one side has letters in every term."""
    if not isinstance(tree, Many) or tree.kind != "rel" or set(tree.signs) != {"="}:
        return tree
    first, *rest = tree.items
    if len(rest) == 1 and not names_of(first):
        first, rest = rest[0], [first]
    if not _is_quantity(first) or any(map(names_of, rest)):
        return tree
    return rest[0] if len(rest) == 1 else Many("chain", tuple(rest))


def _is_quantity(tree: Tree) -> bool:
    if texts_in(tree):
        raise UnreadableError("words in a formula")
    terms = tree.args if isinstance(tree, Call) and tree.name == "+" else (tree,)
    return all(map(names_of, terms)) and (len(terms) == 1 or len(names_of(tree)) > 1)


def named(tree: Tree) -> tuple[Tree | None, Tree]:
    """Part ``x = 5`` into its name and its value; a chain keeps all its values."""
    if not isinstance(tree, Many) or tree.kind != "rel" or not set(tree.signs) <= {"=", "~"}:
        return None, tree
    first, *rest = tree.items
    if len(rest) == 1 and is_name(rest[0]) and not is_name(first):
        first, rest = rest[0], [first]
    if first == Text(""):
        return None, rest[0] if len(rest) == 1 else Many("chain", tuple(rest))
    if tree.signs == ("~",) and not is_name(first):
        return None, first
    if not is_name(first):
        return None, Many("chain", tree.items)
    return first, rest[0] if len(rest) == 1 else Many("chain", tuple(rest))


def is_name(tree: Tree) -> bool:
    """Say whether a tree names something: a letter, a point by its coordinates, a segment."""
    match tree:
        case Name(name):
            return name not in ("pi", "infty")
        case Many("()", items):
            names = [item.name for item in items if isinstance(item, Name)]
            if len(names) == len(items) and names not in (sorted(names), ["r", "\\theta"]):
                raise UnreadableError("coordinates in another order")
            return all(map(is_name, items))
        case Call("abs", (inner,)):
            return len(_corners(inner)) > 1
    return len(_corners(tree)) > 1


def _corners(tree: Tree) -> list[str]:
    r"""Return the points of ``AB`` or ``\angle ABC``, nothing of another product."""
    factors: list[Tree] = []
    while isinstance(tree, Call) and tree.name == "*":
        tree, last = tree.args
        factors.append(last)
    names = [part.name for part in (tree, *factors[::-1]) if isinstance(part, Name)]
    points = names[1:] if names[:1] in (["\\angle"], ["\\triangle"]) else names
    whole = len(names) == len(factors) + 1 and all(_POINT.fullmatch(name) for name in points)
    return names if whole else []


def interval(gold: Tree, answer: Tree) -> tuple[Tree, Tree]:
    """Turn relations into intervals, where both can be or one is."""
    found = _as_interval(gold), _as_interval(answer)
    for tree, read in zip((gold, answer), found, strict=True):
        if read is None and isinstance(tree, Many) and set(tree.signs) & set(_FLIPPED):
            raise UnreadableError("an inequality that is no interval")
    if found[0] and found[1] and found[0][0] != found[1][0]:
        return gold, answer
    return found[0][1] if found[0] else gold, found[1][1] if found[1] else answer


def _as_interval(tree: Tree) -> tuple[Tree, Tree] | None:
    """Return the name and the set that an inequality describes."""
    if not isinstance(tree, Many) or tree.kind not in ("rel", "list"):
        return None
    if tree.kind == "list":
        parts = [part for part in map(_as_interval, tree.items) if part is not None]
        if len(parts) < len(tree.items) or len({name for name, _ in parts}) != 1:
            return None
        return parts[0][0], Many("union", tuple(part for _, part in parts))
    items, signs = tree.items, tree.signs
    ordered = len(items) == 3 or (len(items) == 2 and is_name(items[1]))
    if ordered and (len(items) == 2 or signs[0] in (">", ">=")) and set(signs) <= set(_FLIPPED):
        items, signs = items[::-1], tuple(_FLIPPED[sign] for sign in signs[::-1])
    if len(items) == 3 and is_name(items[1]) and set(signs) <= {"<", "<="}:
        ends = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
        return items[1], Many(ends, (items[0], items[2]))
    if len(items) != 2 or not is_name(items[0]):
        return None
    return _half_line(items[0], signs[0], items[1])


def _half_line(name: Tree, sign: str, end: Tree) -> tuple[Tree, Tree] | None:
    infinity = Name("infty")
    below, above = (Call("neg", (infinity,)), end), (end, infinity)
    found = {
        "in": end,
        "<": Many("()", below),
        "<=": Many("(]", below),
        ">": Many("()", above),
        ">=": Many("[)", above),
        "!=": Many("union", (Many("()", below), Many("()", above))),
    }.get(sign)
    return None if found is None else (name, found)
