"""Whether two answers are the same, by the second engine."""

from __future__ import annotations

import re
from typing import Any

import mpmath
from mpmath import mp

from boundary.answers.typesetting import normalise
from boundary.answers.unit_names import same_unit, unit_name
from boundary.answers.units import strip_unit
from boundary.verify.math.second.evaluate import LARGEST_BITS, MIXED, POSITIVE, WHOLE, value
from boundary.verify.math.second.parser import parse
from boundary.verify.math.second.relations import (
    asked,
    interval,
    is_equality,
    is_equation,
    is_name,
    named,
)
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
)

TOLERANCE = 1e-35
#: Where the gold answer is marked as approximate.
NEAR = 1e-6
MOST_ITEMS = 64
#: What is not analytic: of these, values at positive points prove nothing.
PIECEWISE = frozenset(["abs", "floor", "ceil"])
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
    if is_equation(gold):
        return is_equality(answer) and _multiples(gold, answer)
    about = isinstance(gold, Many) and "~" in gold.signs
    if not isinstance(gold, Many) and not names_of(gold):
        answer = asked(answer)
    name, gold_value = named(gold)
    other, value_ = named(answer)
    if name is not None and name != other and (other is not None or is_equality(answer)):
        # y = 2x and 2x - y = 0
        return is_equality(gold) and is_equality(answer) and _multiples(gold, answer)
    gold, answer = interval(gold_value, value_)
    if isinstance(gold, Many) or isinstance(answer, Many):
        return _same_many(gold, answer)
    words = isinstance(gold, Text) or isinstance(answer, Text)
    return gold == answer if words else _same_value(gold, answer, NEAR if about else TOLERANCE)


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


def _same_many(gold: Tree, answer: Tree) -> bool:
    if isinstance(answer, Many) and answer.kind == "chain" and not isinstance(gold, Many):
        return all(_same(gold, item) for item in answer.items)
    if isinstance(gold, Many) and gold.kind == "chain":
        return all(_same(item, answer) for item in gold.items if not is_name(item))
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
        parts = [named(item) for item in tree.items]
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
