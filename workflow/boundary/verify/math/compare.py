r"""The grading policy: when an answer is the same as the gold answer.

Structure is compared here, exactly: numbers, units, words, order, brackets,
ends of intervals, names of variables.  Single expressions go to the engine.
Each rule is a section of ``docs/grading.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from boundary.answers.nodes import (
    Expression,
    Group,
    Label,
    Matrix,
    Node,
    Number,
    Relation,
    Words,
)
from boundary.answers.numbers import is_grouped
from boundary.verify.math.relations import as_interval, as_point, named

#: Relative tolerance where the gold answer is marked as approximate.
TOLERANCE = Fraction(1, 10**6)
MOST_ITEMS = 64
_WORDS_INSIDE = re.compile(r"\\(?:text|mbox|textrm|textbf|textit|hbox)(?![a-zA-Z])")
_LOOSE = frozenset(["list", "set"])

#: Compares two expressions; may raise what the engine raises.
Equal = Callable[[str, str], bool]
#: Says whether an expression is within a relative tolerance of a number.
Near = Callable[[Fraction, str, Fraction], bool]


class Comparison:
    """Compares answers with gold answers, and remembers why they differ.

    Parameters
    ----------
    equal : callable
        Says whether two expressions in LaTeX are equal.
    near : callable
        Says whether an expression is within a relative tolerance of a number.

    Attributes
    ----------
    reason : str or None
        Why the last comparison failed, where that is not plain.
    """

    def __init__(self, equal: Equal, near: Near) -> None:
        self._equal = equal
        self._near_value = near
        self.reason: str | None = None

    def same(self, gold: Node, answer: Node) -> bool:
        """Say whether an answer is the gold answer."""
        if isinstance(gold, Relation) or isinstance(answer, Relation):
            return self._relations(gold, answer)
        if isinstance(gold, Group) or isinstance(answer, Group):
            return self._groups(gold, answer)
        if isinstance(gold, Matrix) and isinstance(answer, Matrix):
            return self._matrices(gold, answer)
        if isinstance(gold, Words) or isinstance(answer, Words):
            return _same_words(gold, answer)
        if isinstance(gold, Label) or isinstance(answer, Label):
            return gold == answer
        return self._values(gold, answer)

    # --- single values ---------------------------------------------------------

    def _values(self, gold: Node, answer: Node) -> bool:
        if not isinstance(gold, Number | Expression) or not isinstance(answer, Number | Expression):
            return False
        if gold.unit is not None and answer.unit is not None and gold.unit != answer.unit:
            return self._because(f"in {answer.unit}, not in {gold.unit}")
        if isinstance(gold, Number) and isinstance(answer, Number):
            return gold.value == answer.value
        return self._expressions(gold.text, answer.text)

    def _expressions(self, gold: str, answer: str) -> bool:
        one, other = gold.removeprefix("+"), answer.removeprefix("+")
        if one == other:
            return True
        if not one or not other:
            return False
        if _WORDS_INSIDE.search(one) or _WORDS_INSIDE.search(other):
            return self._because("an expression with words in it is compared as text")
        return self._equal(one, other)

    def _near(self, gold: Node, answer: Node) -> bool:
        """Compare with a gold answer that is marked as approximate."""
        if isinstance(gold, Number) and isinstance(answer, Number):
            if gold.unit and answer.unit and gold.unit != answer.unit:
                return self._because(f"in {answer.unit}, not in {gold.unit}")
            return abs(gold.value - answer.value) <= TOLERANCE * abs(gold.value)
        if isinstance(gold, Number) and isinstance(answer, Expression):
            return self._near_value(gold.value, answer.text, TOLERANCE)
        return self.same(gold, answer)

    # --- several ---------------------------------------------------------------

    def _groups(self, gold: Node, answer: Node) -> bool:
        if isinstance(gold, Number) and is_grouped(gold.text):
            gold = _ungrouped(gold)
        if isinstance(answer, Number) and is_grouped(answer.text):
            answer = _ungrouped(answer)
        if isinstance(gold, Group) and isinstance(answer, Group):
            return self._two_groups(gold, answer)
        if isinstance(gold, Matrix) or isinstance(answer, Matrix):
            return self._vector(gold, answer) if isinstance(gold, Group | Matrix) else False
        if isinstance(answer, Group) and answer.kind == "list":
            return self._because("several answers where one is asked for")
        return False

    def _two_groups(self, gold: Group, answer: Group) -> bool:
        if gold.kind == "union" and answer.kind == "list":
            answer = _union_of(answer)
        elif answer.kind == "union" and gold.kind == "list":
            gold = _union_of(gold)
        if "tuple" in (gold.kind, answer.kind) and gold.kind != answer.kind:
            gold, answer = as_point(gold) or gold, as_point(answer) or answer
        if gold.kind in _LOOSE and answer.kind in _LOOSE:
            return self._any_order(gold.items, answer.items)
        if gold.kind != answer.kind:
            return self._because(f"a {answer.kind}, where the gold answer is a {gold.kind}")
        if gold.kind == "union":
            return self._any_order(gold.items, answer.items)
        # Two items may be an interval, whose ends count; more are a vector.
        if gold.ends != answer.ends and max(len(gold.items), len(answer.items)) == 2:
            return self._because(f"ends {answer.ends}, not {gold.ends}")
        return self._in_order(gold.items, answer.items)

    def _in_order(self, gold: tuple[Node, ...], answer: tuple[Node, ...]) -> bool:
        return len(gold) == len(answer) and all(map(self.same, gold, answer))

    def _any_order(self, gold: tuple[Node, ...], answer: tuple[Node, ...]) -> bool:
        if len(gold) != len(answer) or len(gold) > MOST_ITEMS:
            return self._because(f"{len(answer)} values, not {len(gold)}")
        left = list(answer)
        for item in gold:
            # An equal item first: then most of a list needs no engine.
            left.sort(key=lambda other: other != item)
            met = next((i for i, other in enumerate(left) if self.same(item, other)), None)
            if met is None:
                return False
            del left[met]
        return True

    def _matrices(self, gold: Matrix, answer: Matrix) -> bool:
        if [len(row) for row in gold.rows] != [len(row) for row in answer.rows]:
            return self._because("a matrix of another shape")
        return all(map(self._in_order, gold.rows, answer.rows))

    def _vector(self, gold: Node, answer: Node) -> bool:
        """Compare a matrix of one column or row with a tuple."""
        columns = [_entries(node) for node in (gold, answer)]
        if columns[0] is None or columns[1] is None:
            return False
        return self._in_order(columns[0], columns[1])

    # --- relations -------------------------------------------------------------

    def _relations(self, gold: Node, answer: Node) -> bool:
        gold_name, gold_values = named(gold)
        name, values = named(answer)
        if gold_name and name and gold_name != name:
            if any(isinstance(side, Number) for side in (*gold_values, *values)):
                return self._because(f"names {name}, not {gold_name}")
            return self._whole(gold, answer)
        if isinstance(gold, Relation) and "~" in gold.signs and values:
            return self._approximately(gold, values)
        if gold_values and values:
            return self._equalities(gold, gold_values[-1], answer, values)
        return self._inequalities(gold, answer)

    def _equalities(self, gold: Node, target: Node, answer: Node, values: tuple[Node, ...]) -> bool:
        if all(self.same(target, side) for side in values):
            return True
        if isinstance(gold, Relation) and isinstance(answer, Relation):
            # Two equations of which one is the other's multiple, as 2x - y + 3 = 0.
            single = len(gold.signs) == len(answer.signs) == 1
            if single and not isinstance(values[0], Number):
                return self._whole(gold, answer)
        return self._because("a chain of different values") if len(values) > 1 else False

    def _approximately(self, gold: Relation, values: tuple[Node, ...]) -> bool:
        sides = [
            side
            for side, text in zip(gold.sides, gold.texts, strict=True)
            if text and named(Relation((side, side), ("=",), (text, "")))[0] is None
        ]
        exact, rough = sides[:-1], sides[-1]
        return all(
            self._near(rough, value) or any(self.same(side, value) for side in exact)
            for value in values
        )

    def _inequalities(self, gold: Node, answer: Node) -> bool:
        one, other = as_interval(gold), as_interval(answer)
        if one and other and one[0] and other[0] and one[0] != other[0]:
            return self._because(f"names {other[0]}, not {one[0]}")
        if one and other:
            return self.same(one[1], other[1])
        return self._whole(gold, answer)

    def _whole(self, gold: Node, answer: Node) -> bool:
        """Compare two relations by the engine."""
        if not isinstance(gold, Relation) or not isinstance(answer, Relation):
            return False
        one, other = _written(gold), _written(answer)
        return one is not None and other is not None and self._expressions(one, other)

    def _because(self, reason: str) -> bool:
        self.reason = reason
        return False


def _same_words(gold: Node, answer: Node) -> bool:
    if isinstance(gold, Words) and isinstance(answer, Words):
        if gold.bare and answer.bare and len(gold.bare) == 1:
            return gold.bare == answer.bare
        return gold.text == answer.text
    words, other = (gold, answer) if isinstance(gold, Words) else (answer, gold)
    return isinstance(words, Words) and isinstance(other, Expression) and words.bare == other.text


def _ungrouped(number: Number) -> Group:
    return Group("list", tuple(Number(Fraction(p), None, p) for p in number.text.split(",")))


def _entries(node: Node) -> tuple[Node, ...] | None:
    if isinstance(node, Matrix):
        if all(len(row) == 1 for row in node.rows):
            return tuple(row[0] for row in node.rows)
        return node.rows[0] if len(node.rows) == 1 else None
    if isinstance(node, Group) and node.kind == "tuple":
        return node.items if node.ends == "()" or len(node.items) > 2 else None
    return None


def _union_of(group: Group) -> Group:
    """Read relations joined by "or" as a union."""
    found = as_interval(group)
    return found[1] if found and isinstance(found[1], Group) else group


_LATEX = {"<=": "\\le ", ">=": "\\ge ", "!=": "\\ne ", "in": "\\in ", "~": "=", "=": "="}


def _written(relation: Relation) -> str | None:
    """Return a relation as LaTeX; None when a side is empty."""
    first, *rest = relation.texts
    if not all(relation.texts):
        return None
    pairs = zip(relation.signs, rest, strict=True)
    return first + "".join(_LATEX.get(sign, sign) + text for sign, text in pairs)
