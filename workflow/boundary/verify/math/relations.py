r"""Relations as names, values and intervals: ``x = 5``, ``x > 3``, ``x \in [1,2]``."""

from __future__ import annotations

import re

from boundary.answers.nodes import Expression, Group, Node, Relation

#: A variable, with index, primes and arguments, an angle, a segment, or words.
_NAME = re.compile(
    r"(?:\\(?:angle|triangle|mathrm|mathbf|vec|overline|operatorname|text|mbox) ?\{?)?"
    r"(?:[A-Z]{2,4}|[a-zA-Z]|\\[a-zA-Z]+)?(?:[A-Z]_?\d?|[a-zA-Z \-]*)?\}?"
    r"(?:_\{?[\\a-zA-Z0-9, ]+\}?)?'{0,3}(?:\([a-zA-Z](?:,[a-zA-Z])*\))?(?:_\{?\w+\}?)?"
)
_NO_NAME = frozenset(["", "e", "i", "\\pi", "\\infty", "-\\infty", "\\emptyset", "\\varnothing"])
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}
INFINITY = Expression("\\infty")
MINUS_INFINITY = Expression("-\\infty")


def is_name(text: str) -> bool:
    r"""Say whether a text names something: ``x``, ``f(x)``, ``m_{\max}``, ``AB``."""
    return text not in _NO_NAME and len(text) <= 40 and _NAME.fullmatch(text) is not None


def named(node: Node) -> tuple[str | None, tuple[Node, ...]]:
    r"""Part an equality into the name that it begins with and its values.

    Returns
    -------
    name : str or None
        None without one.
    values : tuple
        What stands behind the name, all sides of a chain; of what is given both
        exactly and approximately (``\frac13 \approx 0.33``) only what is exact.
        Empty when the node is another relation.
    """
    if not isinstance(node, Relation):
        return None, (node,)
    if not set(node.signs) <= {"=", "~"}:
        return None, ()
    sides = list(zip(("=", *node.signs), node.sides, node.texts, strict=True))
    if len(sides) == 2 and is_name(node.texts[1]) and not is_name(node.texts[0]):
        sides.reverse()  # 5 = x
    # What is set equal to something, as the eccentricity e = 1/2, is no constant.
    name = sides[0][2] if is_name(sides[0][2]) or sides[0][2] in ("e", "i") else None
    if name is not None or not sides[0][2]:
        sides = sides[1:]
    exact = [side for i, (sign, side, _) in enumerate(sides) if i == 0 or sign == "="]
    return name, tuple(exact)


def as_interval(node: Node) -> tuple[str | None, Node] | None:
    """Return the name and the set of values that a relation allows.

    An interval, a union or a set is its own, without a name; None for what is
    none of these.
    """
    if isinstance(node, Relation):
        return _of_relation(node)
    if isinstance(node, Group) and node.kind == "list":
        return _of_list(node)
    return (None, node) if isinstance(node, Group) else None


def _of_relation(relation: Relation) -> tuple[str | None, Node] | None:
    texts, sides, signs = relation.texts, relation.sides, relation.signs
    if len(signs) == 2 and is_name(texts[1]):
        return _between(relation)
    if len(signs) != 1:
        return None
    sign = signs[0]
    if not is_name(texts[0]):
        if not is_name(texts[1]) or sign not in _FLIPPED:
            return None
        texts, sides, sign = texts[::-1], sides[::-1], _FLIPPED[sign]
    return _one_sided(texts[0], sign, sides[1])


def _one_sided(name: str, sign: str, end: Node) -> tuple[str, Node] | None:
    below, above = (MINUS_INFINITY, end), (end, INFINITY)
    match sign:
        case "in":
            return name, end
        case "<" | "<=":
            return name, Group("tuple", below, "(]" if sign == "<=" else "()")
        case ">" | ">=":
            return name, Group("tuple", above, "[)" if sign == ">=" else "()")
        case "!=":
            holes = (Group("tuple", below, "()"), Group("tuple", above, "()"))
            return name, Group("union", holes)
    return None


def _between(relation: Relation) -> tuple[str, Node] | None:
    low, name, high = relation.sides[0], relation.texts[1], relation.sides[2]
    signs = relation.signs
    if all(sign in (">", ">=") for sign in signs):
        low, high = high, low
        signs = (_FLIPPED[signs[1]], _FLIPPED[signs[0]])
    if not all(sign in ("<", "<=") for sign in signs):
        return None
    ends = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
    return name, Group("tuple", (low, high), ends)


def _of_list(group: Group) -> tuple[str | None, Node] | None:
    """Read relations of one variable, joined by "or", as the union of their sets."""
    found = [_of_relation(item) for item in group.items if isinstance(item, Relation)]
    parts = [part for part in found if part is not None]
    if len(parts) < len(group.items) or len({name for name, _ in parts}) != 1:
        return None
    return parts[0][0], Group("union", tuple(part for _, part in parts))


def as_point(node: Node) -> Group | None:
    """Read ``x = 2, y = 3`` as the point (2, 3): all named, in alphabetical order."""
    if not isinstance(node, Group) or node.kind not in ("list", "set"):
        return None
    parts = [named(item) for item in node.items]
    names = [name for name, values in parts if name is not None and len(values) == 1]
    if len(names) < len(parts) or names != sorted(set(names)):
        return None
    return Group("tuple", tuple(values[0] for _, values in parts), "()")
