"""Whether two answers are the same, by the second engine."""

from __future__ import annotations

import re
from typing import Any, TypeGuard

import mpmath
from mpmath import mp

from boundary.answers.typesetting import normalise
from boundary.answers.unit_names import same_unit, unit_name
from boundary.answers.units import strip_unit
from boundary.verify.math.second.evaluate import LARGEST_BITS, MIXED, POSITIVE, WHOLE, value
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.tree import (
    Call,
    Many,
    Name,
    Num,
    Text,
    Tree,
    UnreadableError,
    calls_of,
    names_of,
    texts_in,
)

TOLERANCE = 1e-35
#: Where the gold answer is marked as approximate.
NEAR = 1e-6
MOST_ITEMS = 64
#: What is not analytic: of these, values at positive points prove nothing.
PIECEWISE = frozenset(["abs", "floor", "ceil"])
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
    gold, unit = strip_unit(normalise(gold))
    answer, other = strip_unit(normalise(answer))
    if not same_unit(unit, other):
        return False
    if _MIXED.search(gold) or _MIXED.search(answer):
        return None  # white space is lost here: 1 4/5 is no 4/5, and "2 or 3" no product
    try:
        found = _same(parse(gold), parse(answer))
    except (UnreadableError, RecursionError):
        return None
    # A comma in digits parts a list or thousands: which, the two may see otherwise.
    return None if not found and any(map(_GROUPED.search, (gold, answer))) else found


_POINT = re.compile(r"[A-Z](?:_\d+)?'*")
_MIXED = re.compile(r"\d \d|(?<![a-zA-Z])(?:and|or)(?![a-zA-Z}])")
_GROUPED = re.compile(r"\d(?:,|\{,\})\s?\d{3}(?!\d)")


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
    if _is_equation(gold):
        return _is_equality(answer) and _multiples(gold, answer)
    about = isinstance(gold, Many) and "~" in gold.signs
    if not isinstance(gold, Many) and not names_of(gold):
        answer = _asked(answer)
    name, gold_value = _named(gold)
    other, value_ = _named(answer)
    if name is not None and name != other and (other is not None or _is_equality(answer)):
        # y = 2x and 2x - y = 0
        return _is_equality(gold) and _is_equality(answer) and _multiples(gold, answer)
    gold, answer = _interval(gold_value, value_)
    if isinstance(gold, Many) or isinstance(answer, Many):
        return _same_many(gold, answer)
    words = isinstance(gold, Text) or isinstance(answer, Text)
    return gold == answer if words else _same_value(gold, answer, NEAR if about else TOLERANCE)


def _is_equality(tree: Tree) -> TypeGuard[Many]:
    return isinstance(tree, Many) and tree.kind == "rel" and tree.signs == ("=",)


def _is_equation(tree: Tree) -> TypeGuard[Many]:
    """Say whether this is an equality that begins with no name, and has letters."""
    if not isinstance(tree, Many) or tree.kind != "rel" or set(tree.signs) != {"="}:
        return False
    return not _is_name(tree.items[0]) and bool(names_of(tree.items[0]))


def _asked(tree: Tree) -> Tree:
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


def _multiples(gold: Many, answer: Many) -> bool:
    """Say whether what stands between the sides of one is a multiple of the other's."""
    if len(gold.items) != 2:
        raise UnreadableError("a chain of equations")
    one, other = (
        Call("+", (left, Call("neg", (right,)))) for left, right in (gold.items, answer.items)
    )
    ratio = Call("/", (one, other))
    first = value(ratio, POSITIVE[0])
    return first != 0 and all(
        close(value(ratio, point), first, TOLERANCE) for point in (*POSITIVE[1:], *MIXED)
    )


def _is_name(tree: Tree) -> bool:
    match tree:
        case Name(name):
            return name not in ("pi", "infty")
        case Many("()", items):
            names = [item.name for item in items if isinstance(item, Name)]
            if len(names) == len(items) and names not in (sorted(names), ["r", "\\theta"]):
                raise UnreadableError("coordinates in another order")
            return all(map(_is_name, items))
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


def _interval(gold: Tree, answer: Tree) -> tuple[Tree, Tree]:
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
        return all(_same(item, answer) for item in gold.items if not _is_name(item))
    if not isinstance(gold, Many) or not isinstance(answer, Many):
        return _with_one(gold, answer)
    loose = {"list", "set"}
    if gold.kind != answer.kind and not {gold.kind, answer.kind} <= loose:
        one, other = _column(gold), _column(answer)
        if one is None or other is None:
            raise UnreadableError(f"a {answer.kind} for a {gold.kind}")
        return _in_order(one, other)
    if "set" in (gold.kind, answer.kind) and len(gold.items) != len(answer.items):
        raise UnreadableError("sets of unlike size")
    if gold.kind in loose or gold.kind == "union":
        return _any_order(gold.items, answer.items)
    return gold.signs == answer.signs and _in_order(gold.items, answer.items)


def _with_one(gold: Tree, answer: Tree) -> bool:
    """Compare a single value with several: a set of one, or one that is said again."""
    for tree in (gold, answer):
        if isinstance(tree, Call) and any(isinstance(arg, Many) for arg in tree.args):
            raise UnreadableError("a calculation with several values")
    if Name("\\emptyset") in (
        gold,
        answer,
        *getattr(gold, "items", ()),
        *getattr(answer, "items", ()),
    ):
        return False
    if isinstance(answer, Many) and answer.kind in ("list", "set"):
        return bool(answer.items) and all(_same(gold, item) for item in answer.items)
    if isinstance(gold, Many) and gold.kind == "set" and len(gold.items) == 1:
        return _same(gold.items[0], answer)
    return False


def _column(tree: Many) -> tuple[Tree, ...] | None:
    """Return the entries of a column, a row or a tuple."""
    if tree.kind == "()":
        return tree.items
    if tree.kind == "list":  # a point by its coordinates
        parts = [_named(item) for item in tree.items]
        names = [name.name for name, _ in parts if isinstance(name, Name)]
        if len(names) == len(parts) and names == sorted(set(names)):
            return tuple(held for _, held in parts)
        return None
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

    def agree(points: tuple[int, ...]) -> bool:
        return all(_agree(value(gold, at), value(answer, at), tolerance) for at in points)

    names = names_of(gold) | names_of(answer)
    if not names or not agree(POSITIVE):
        return not names and agree(POSITIVE[:1])
    piecewise = bool((calls_of(gold) | calls_of(answer)) & PIECEWISE)
    if piecewise and not agree(WHOLE):
        return False
    return agree(MIXED) or (len(names) > 1 and not piecewise)


def _agree(one: Any, other: Any, tolerance: float) -> bool:
    """Compare values: approximately relative to them, else to so many places behind the point."""
    if tolerance == NEAR or not (mpmath.isfinite(one) and mpmath.isfinite(other)):
        return close(one, other, tolerance)
    with mp.workdps(LARGEST_BITS):
        return bool(abs(one - other) <= tolerance * min(1, max(abs(one), abs(other))))


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
    return bool(abs(one - other) <= tolerance * scale)
