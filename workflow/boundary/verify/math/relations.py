r"""Relations as names, values and intervals: ``x = 5``, ``x > 3``, ``x \in [1,2]``."""

from __future__ import annotations

import re

from boundary.answers.nodes import Expression, Group, Node, Number, Relation
from boundary.answers.structure import read
from boundary.verify.math.letters import GREEK, capitals, is_name, name_key, variables

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}
INFINITY = Expression("\\infty")
MINUS_INFINITY = Expression("-\\infty")
_ABSOLUTE = re.compile(r"\|([^|]+)\|")


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
    if name is not None and name[0] == "(" and not _in_order(name_key(name)[1:-1].split(",")):
        name = None  # (y,x) = (1,2) is no (1,2)
    if name is not None or not sides[0][2]:
        sides = sides[1:]
    exact = [side for i, (sign, side, _) in enumerate(sides) if i == 0 or sign == "="]
    return None if name is None else name_key(name), tuple(exact)


def is_equation(node: Node) -> bool:
    r"""Say whether an equality is an equation, which only an equation answers.

    It is when it begins with no name, and has letters: ``x^2+y^2=13``, or sets two
    names in capitals equal: ``MR=SRMC``.  ``x = 5`` and ``2+3=5`` give a value.
    """
    if not isinstance(node, Relation) or set(node.signs) != {"="}:
        return False
    if not (is_name(node.texts[0]) or named(node)[0]) or _ends_in_name(node):
        return any(map(variables, node.texts))
    return len(node.texts) == 2 and all(map(capitals, node.texts))


def _ends_in_name(relation: Relation) -> bool:
    """Say whether a name stands behind what has letters: ``a + 2b = c`` gives no value of c."""
    return not is_name(relation.texts[0]) and bool(variables(relation.texts[0]))


def turned(relation: Relation) -> Relation:
    """Return a relation with its signs pointing one way: ``b > a`` as ``a < b``."""
    if not set(relation.signs) <= {">", ">="}:
        return relation
    signs = tuple(_FLIPPED[sign] for sign in reversed(relation.signs))
    return Relation(relation.sides[::-1], signs, relation.texts[::-1])


def as_interval(node: Node) -> tuple[str | None, Node] | None:
    """Return the name and the set of values that a relation allows.

    An interval, a union or a set is its own, without a name; None for what is
    none of these.
    """
    if isinstance(node, Relation):
        return _of_relation(node)
    if isinstance(node, Group) and any(isinstance(item, Relation) for item in node.items):
        return _of_list(node) if node.kind == "list" else None
    return (None, node) if isinstance(node, Group) or node == Expression("\\emptyset") else None


def _of_relation(relation: Relation) -> tuple[str | None, Node] | None:
    relation = turned(relation)
    texts, sides, signs = relation.texts, relation.sides, relation.signs
    if len(signs) == 2:
        return _between(relation)
    if len(signs) != 1:
        return None
    sign = signs[0]
    inner = _ABSOLUTE.fullmatch(texts[0]) or _ABSOLUTE.fullmatch(texts[1])
    if inner and sign in _FLIPPED:
        left = inner.string == texts[0]
        return _absolute(inner[1], sign if left else _FLIPPED[sign], sides[1 if left else 0])
    if not is_name(texts[0]):
        if not is_name(texts[1]) or sign not in _FLIPPED:
            return None
        texts, sides, sign = texts[::-1], sides[::-1], _FLIPPED[sign]
    return _one_sided(name_key(texts[0]), sign, sides[1])


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
    if not all(sign in ("<", "<=") for sign in signs):
        return None
    ends = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
    inside = Group("tuple", (low, high), ends)
    inner = _ABSOLUTE.fullmatch(name)
    if inner and is_name(inner[1]) and isinstance(low, Number) and low.value > 0:
        mirror = Group("tuple", (_minus(high), _minus(low)), _mirrored(ends))
        return name_key(inner[1]), Group("union", (mirror, inside))
    return (name_key(name), inside) if is_name(name) else None


def _absolute(name: str, sign: str, end: Node) -> tuple[str, Node] | None:
    """Read ``|x| < 2`` and ``|x| > 2``, of a real x and a positive number."""
    if not is_name(name) or not isinstance(end, Number) or end.value <= 0:
        return None
    if sign in ("<", "<="):
        return name_key(name), Group("tuple", (_minus(end), end), "[]" if "=" in sign else "()")
    if sign in (">", ">="):
        low = Group("tuple", (MINUS_INFINITY, _minus(end)), "(]" if "=" in sign else "()")
        high = Group("tuple", (end, INFINITY), "[)" if "=" in sign else "()")
        return name_key(name), Group("union", (low, high))
    return None


def _minus(node: Node) -> Node:
    if isinstance(node, Number):
        return Number(-node.value, node.unit, f"-({node.text})")
    return read(f"-({node.text})") if isinstance(node, Expression) else node


def _mirrored(ends: str) -> str:
    return ("[" if ends[1] == "]" else "(") + ("]" if ends[0] == "[" else ")")


def _of_list(group: Group) -> tuple[str | None, Node] | None:
    """Read relations of one variable: those joined by "or" as the union of their sets.

    "and" means what they have in common, and so does a comma where there is such.
    """
    found = [_of_relation(item) for item in group.items if isinstance(item, Relation)]
    parts = [part for part in found if part is not None]
    if len(parts) < len(group.items) or len({name for name, _ in parts}) != 1:
        return None
    name, sets = parts[0][0], tuple(part for _, part in parts)
    common = _common(sets) if group.ends != "or" else None
    if common is None and group.ends == "and":
        return None
    return name, common or Group("union", sets)


def _common(sets: tuple[Node, ...]) -> Group | None:
    """Return what ``x > 2`` and ``x < 3`` have in common, as far as numbers tell."""
    tuples = [part for part in sets if isinstance(part, Group) and part.kind == "tuple"]
    high = [part for part in tuples if part.items[0] == MINUS_INFINITY]
    low = [part for part in tuples if part.items[1] == INFINITY]
    if len(sets) != 2 or len(low) != 1 or len(high) != 1:
        return None
    start, end = low[0].items[0], high[0].items[1]
    if not (isinstance(start, Number) and isinstance(end, Number)) or start.value >= end.value:
        return None
    return Group("tuple", (start, end), low[0].ends[0] + high[0].ends[1])


#: Names that stand in another order than the alphabet's.
_ORDERS = (("r", "\\theta", "z"), ("\\rho", "\\theta", "\\phi"))
_GREEK_ORDER = re.findall(
    r"\S+",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi chi psi omega",
)


def _in_order(names: list[str]) -> bool:
    for order in _ORDERS:
        if set(names) <= set(order) and set(names) & {order[0]}:
            return names == [name for name in order if name in names]
    greek = [name[1:] for name in names if name[1:] in GREEK]
    if len(greek) == len(names):
        places = [_GREEK_ORDER.index(name) for name in greek if name in _GREEK_ORDER]
        return len(places) == len(names) and places == sorted(set(places))
    return not greek and names == sorted(set(names))


def flattened(group: Group) -> Group:
    r"""Put the values of ``x = -2, x = 1 \pm \sqrt{5}``, all of one name, into one list."""
    parts = [named(item) if isinstance(item, Relation) else (None, ()) for item in group.items]
    held = [values[0] if len(values) == 1 else None for _, values in parts]
    lists = [value for value in held if isinstance(value, Group) and value.kind == "list"]
    if not lists or len({name for name, _ in parts if name is not None}) > 1:
        return group
    flat: list[Node] = []
    for item, value in zip(group.items, held, strict=True):
        several = isinstance(value, Group) and value.kind == "list"
        flat.extend(value.items if several and isinstance(value, Group) else [item])
    return Group(group.kind, tuple(flat))


def as_point(node: Node) -> Group | None:
    r"""Read ``x = 2, y = 3`` as the point (2, 3): all named, in the order of names."""
    if not isinstance(node, Group) or node.kind not in ("list", "set"):
        return None
    parts = [named(item) for item in node.items]
    names = [name for name, values in parts if name is not None and len(values) == 1]
    if len(names) < len(parts) or not _in_order(names):
        return None
    return Group("tuple", tuple(values[0] for _, values in parts), "()")
