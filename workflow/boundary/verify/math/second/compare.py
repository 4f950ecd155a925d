"""Whether two answers are the same, by the second engine."""

from __future__ import annotations

import re
from typing import Any, TypeGuard

import mpmath

from boundary.answers.units import unit_name
from boundary.verify.math.second.evaluate import value
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.tree import Call, Many, Name, Num, Text, Tree, UnreadableError

TOLERANCE = 1e-25
#: Where the gold answer is marked as approximate.
NEAR = 1e-6
POINTS = (1, 2, 3)
MOST_ITEMS = 64
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}
_WRAPPER = re.compile(r"\\(?:text|textbf|textit|textrm|mbox|mathrm|mathbf)\s*\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z0-9:]+")
_TIME = re.compile(r"\d+(?::\d\d)?[ap]m", re.IGNORECASE)


def second_opinion(gold: str, answer: str) -> bool | None:
    """Compare an answer with the gold answer.

    Parameters
    ----------
    gold, answer : str
        LaTeX, without the box.

    Returns
    -------
    bool or None
        None when one of them is not in the language that this engine reads.
    """
    words = _plain(gold), _plain(answer)
    if words[0] is not None and words[1] is not None:
        # A single letter may be a variable, and so may three without \\text.
        long = len(words[0]) > 3 or (len(words[0]) > 1 and "\\text" in gold + answer)
        if words[0] == words[1] or (long and words[0].casefold() == words[1].casefold()):
            return True
    try:
        return _same(parse(gold), parse(answer))
    except (UnreadableError, RecursionError):
        return None


def _plain(latex: str) -> str | None:
    """Return words, a choice or a time as bare letters and digits; None for anything else."""
    text = _WRAPPER.sub(r"\1", latex.strip().strip("$"))
    text = re.sub(r"[\s.()]|\\ ", "", text)
    if not _PLAIN.fullmatch(text) or not re.search("[A-Za-z]", text):
        return None
    # Letters that begin with a digit are a product, unless they tell a time.
    return text if not text[0].isdigit() or _TIME.fullmatch(text) else None


def _same(gold: Tree, answer: Tree) -> bool:
    gold, answer = _settled(gold), _settled(answer)
    if _is_equation(gold) and _is_equation(answer):
        return _multiples(gold, answer)
    about = isinstance(gold, Many) and "~" in gold.signs
    name, gold = _named(gold)
    other, answer = _named(answer)
    if name is not None and other is not None and name != other:
        return False
    gold, answer = _interval(gold, answer)
    if isinstance(gold, Many) or isinstance(answer, Many):
        return _same_many(gold, answer)
    if isinstance(gold, Text) or isinstance(answer, Text):
        return gold == answer
    return _same_value(gold, answer, NEAR if about else TOLERANCE)


def _settled(tree: Tree) -> Tree:
    """Expand a plus-minus into two answers, also among others."""
    match tree:
        case Many("list" | "set", items):
            flat: list[Tree] = []
            for item in map(_settled, items):
                flat.extend(
                    item.items if isinstance(item, Many) and item.kind == "list" else [item]
                )
            return Many(tree.kind, tuple(flat))
        case Call("pm", (one, other)):
            return Many("list", (Call("+", (one, other)), Call("+", (one, Call("neg", (other,))))))
    return tree


def _named(tree: Tree) -> tuple[Tree | None, Tree]:
    """Part ``x = 5`` into its name and its value; a chain keeps all its values."""
    if not isinstance(tree, Many) or tree.kind != "rel" or not set(tree.signs) <= {"=", "~"}:
        return None, tree
    first, *rest = tree.items
    if len(rest) == 1 and _is_name(rest[0]) and not _is_name(first):
        first, rest = rest[0], [first]
    if first == Text(""):
        return None, rest[0] if len(rest) == 1 else Many("chain", tuple(rest))
    if tree.signs == ("~",) and not _is_name(first):
        return None, first
    if not _is_name(first):
        return None, Many("chain", tree.items)
    return first, rest[0] if len(rest) == 1 else Many("chain", tuple(rest))


def _is_equation(tree: Tree) -> TypeGuard[Many]:
    """Say whether this is an equation with more on one side than a name or a number."""
    if not isinstance(tree, Many) or tree.kind != "rel" or tree.signs != ("=",):
        return False
    return all(isinstance(side, Call | Num) or _is_name(side) for side in tree.items) and any(
        isinstance(side, Call) and side.name in ("+", "neg", "*") for side in tree.items
    )


def _multiples(gold: Many, answer: Many) -> bool:
    """Say whether two equations are multiples of each other."""
    ratios = []
    for point in POINTS:
        one, other = ([value(side, point) for side in each.items] for each in (gold, answer))
        above, below = one[0] - one[1], other[0] - other[1]
        if above == 0 or below == 0:
            raise UnreadableError("an equation that holds by chance")
        ratios.append(above / below)
    return all(close(ratio, ratios[0], TOLERANCE) for ratio in ratios)


def _is_name(tree: Tree) -> bool:
    match tree:
        case Name(name):
            return name not in ("pi", "e", "i", "infty")
        case Call("*", (Name(), Name() | Many("()"))):
            return True
    return False


def _interval(gold: Tree, answer: Tree) -> tuple[Tree, Tree]:
    """Turn relations into intervals, where both can be or one is."""
    found = _as_interval(gold), _as_interval(answer)
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
    ordered = len(items) == 3 or (len(items) == 2 and _is_name(items[1]))
    if ordered and (len(items) == 2 or signs[0] in (">", ">=")) and set(signs) <= set(_FLIPPED):
        items, signs = items[::-1], tuple(_FLIPPED[sign] for sign in signs[::-1])
    if len(items) == 3 and _is_name(items[1]) and set(signs) <= {"<", "<="}:
        ends = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
        return items[1], Many(ends, (items[0], items[2]))
    if len(items) != 2 or not _is_name(items[0]):
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


def _same_many(gold: Tree, answer: Tree) -> bool:
    if isinstance(answer, Many) and answer.kind == "chain" and not isinstance(gold, Many):
        return all(_same(gold, item) for item in answer.items)
    if isinstance(gold, Many) and gold.kind == "chain":
        return _same(gold.items[-1], answer)
    if not isinstance(gold, Many) or not isinstance(answer, Many):
        return False
    loose = {"list", "set"}
    if gold.kind != answer.kind and not {gold.kind, answer.kind} <= loose:
        one, other = _column(gold), _column(answer)
        return one is not None and other is not None and _in_order(one, other)
    if gold.kind in loose or gold.kind == "union":
        return _any_order(gold.items, answer.items)
    return gold.signs == answer.signs and _in_order(gold.items, answer.items)


def _column(tree: Many) -> tuple[Tree, ...] | None:
    """Return the entries of a column, a row or a tuple."""
    if tree.kind == "()":
        return tree.items
    rows = [row.items for row in tree.items if isinstance(row, Many)]
    if tree.kind != "matrix":
        return None
    if all(len(row) == 1 for row in rows):
        return tuple(row[0] for row in rows)
    return rows[0] if len(rows) == 1 else None


def _in_order(gold: tuple[Tree, ...], answer: tuple[Tree, ...]) -> bool:
    return len(gold) == len(answer) and all(map(_same, gold, answer))


def _any_order(gold: tuple[Tree, ...], answer: tuple[Tree, ...]) -> bool:
    if len(gold) != len(answer) or len(gold) > MOST_ITEMS:
        return False
    left = list(answer)
    for item in gold:
        met = next((i for i, other in enumerate(left) if _same(item, other)), None)
        if met is None:
            return False
        del left[met]
    return True


def _same_value(gold: Tree, answer: Tree, tolerance: float) -> bool:
    (gold, unit), (answer, other) = _unit(gold), _unit(answer)
    if unit is not None and other is not None and unit != other:
        return False
    if isinstance(gold, Num) and isinstance(answer, Num) and tolerance == TOLERANCE:
        return gold.value == answer.value
    return all(close(value(gold, point), value(answer, point), tolerance) for point in POINTS)


def _unit(tree: Tree) -> tuple[Tree, str | None]:
    """Part the last factor's unit from a value."""
    match tree:
        case Call("unit", (inner, Text(words))):
            known, unit = unit_name(words)
            if not known:
                raise UnreadableError(f"{words[:20]!r} is no unit")
            return inner, unit
        case Call("*" | "/", (one, other)):
            inner, unit = _unit(other)
            return Call(tree.name, (one, inner)), unit
        case Call("neg", (one,)):
            inner, unit = _unit(one)
            return Call("neg", (inner,)), unit
    return tree, None


def close(one: Any, other: Any, tolerance: float) -> bool:
    """Say whether two numbers agree relative to the larger; infinities when they are the same."""
    if not (mpmath.isfinite(one) and mpmath.isfinite(other)):
        return bool(one == other)
    scale = max(abs(one), abs(other))
    if one == 0 or other == 0:
        return bool(scale < 1e-40)  # what rounding leaves of a zero
    return bool(abs(one - other) <= tolerance * scale)
