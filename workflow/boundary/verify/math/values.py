r"""When two answers that are no relations are the same: the first half of the policy.

Structure is compared here, exactly: numbers, units, words, order, brackets.
Single expressions go to the engine.  Each rule is a section of ``docs/grading.md``.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Protocol

from boundary.answers.nodes import Expression, Group, Label, Matrix, Node, Number, Words
from boundary.answers.numbers import is_grouped
from boundary.answers.structure import read
from boundary.answers.unit_names import same_unit
from boundary.verify.math.relations import as_interval, as_point, flattened

#: Relative tolerance where the gold answer is marked as approximate.
TOLERANCE = Fraction(1, 10**6)
MOST_ITEMS = 64
#: Words within an expression; those of an index are part of a name.
_WORDS_INSIDE = re.compile(r"(?<!_)(?<!_\{)\\(?:text|mbox|textbf|textit|textrm|hbox)(?![a-zA-Z])")
#: Kinds of groups that are regions of the number line.
_OF_NUMBERS = frozenset(["union", "tuple"])
_EMPTY = Expression("\\emptyset")
_COLUMN = re.compile(r"\\binom\{([^{}]*)\}\{([^{}]*)\}")


class Engine(Protocol):
    """What compares formulas; any of the three may raise."""

    def equal(self, gold: str, answer: str) -> bool:
        """Say whether two expressions are equal."""

    def near(self, target: Fraction, latex: str, tolerance: Fraction) -> bool:
        """Say whether an expression is within a relative tolerance of a number."""

    def proportional(self, gold: str, answer: str, positive: bool) -> bool:
        """Say whether one expression is the other times a constant, for inequalities above 0."""


class Values:
    """Compares answers that are no relations, and remembers why they differ.

    Parameters
    ----------
    engine : Engine
        For what needs algebra.

    Attributes
    ----------
    reason : str or None
        Why the last comparison failed, where that is not plain.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reason: str | None = None

    def same(self, gold: Node, answer: Node) -> bool:
        """Say whether an answer is the gold answer."""
        if isinstance(gold, Group) or isinstance(answer, Group):
            return self._groups(gold, answer)
        if isinstance(gold, Matrix) or isinstance(answer, Matrix):
            return self._matrices(gold, answer)
        if isinstance(gold, Words) or isinstance(answer, Words):
            return _same_words(gold, answer)
        if isinstance(gold, Label) or isinstance(answer, Label):
            return gold == answer
        return self._values(gold, answer)

    def because(self, reason: str) -> bool:
        """Remember why two differ; return False."""
        self.reason = reason
        return False

    # --- single values ---------------------------------------------------------

    def _values(self, gold: Node, answer: Node) -> bool:
        if not isinstance(gold, Number | Expression) or not isinstance(answer, Number | Expression):
            return False
        if not same_unit(gold.unit, answer.unit):
            return self.because(f"in {answer.unit}, not in {gold.unit}")
        if isinstance(gold, Number) and isinstance(answer, Number):
            return gold.value == answer.value or self._lists_in_digits(gold, answer)
        return self.expressions(gold.text, answer.text)

    def _lists_in_digits(self, gold: Number, answer: Number) -> bool:
        """Compare two texts such as ``100,200`` as the lists that they may be too."""
        lists = _ungrouped(gold), _ungrouped(answer)
        return isinstance(lists[0], Group) and isinstance(lists[1], Group) and self.same(*lists)

    def expressions(self, gold: str, answer: str) -> bool:
        """Compare two expressions by the engine, unless there are words in them."""
        one, other = gold.removeprefix("+"), answer.removeprefix("+")
        if one == other:
            return True
        if not one or not other:
            return False
        if _WORDS_INSIDE.search(one) or _WORDS_INSIDE.search(other):
            return self.because("an expression with words in it is compared as text")
        return self.engine.equal(one, other)

    def proportional(self, gold: str, answer: str, positive: bool) -> bool:
        """Say whether a side less the other is a multiple, unless there are words in one."""
        if _WORDS_INSIDE.search(gold) or _WORDS_INSIDE.search(answer):
            return self.because("an expression with words in it is compared as text")
        return self.engine.proportional(gold, answer, positive)

    def near(self, gold: Node, answer: Node) -> bool:
        """Compare with a gold answer that is marked as approximate."""
        if isinstance(gold, Number) and isinstance(answer, Number):
            if not same_unit(gold.unit, answer.unit):
                return self.because(f"in {answer.unit}, not in {gold.unit}")
            return abs(gold.value - answer.value) <= TOLERANCE * abs(gold.value)
        if isinstance(gold, Number) and isinstance(answer, Expression):
            return self.engine.near(gold.value, answer.text, TOLERANCE)
        return self.same(gold, answer)

    # --- several ---------------------------------------------------------------

    def _groups(self, gold: Node, answer: Node) -> bool:
        lists = _ungrouped(gold), _ungrouped(answer)
        if isinstance(lists[0], Group) and isinstance(lists[1], Group):
            if self._two_groups(flattened(lists[0]), flattened(lists[1])):
                return True
            if isinstance(gold, Group) and isinstance(answer, Group):
                return False
        if isinstance(gold, Matrix) or isinstance(answer, Matrix):
            return self._vector(gold, answer) if isinstance(gold, Group | Matrix) else False
        if isinstance(gold, Group):
            return self._with_one(gold, answer, given=False)
        return isinstance(answer, Group) and self._with_one(answer, gold, given=True)

    def _with_one(self, group: Group, other: Node, *, given: bool) -> bool:
        """Compare a group, which is the answer where it is given, with a single value."""

        def same(one: Node, two: Node) -> bool:
            return self.same(two, one) if given else self.same(one, two)

        items = group.items
        if group.kind == "ratio":
            fraction = len(items) == 2 and group.ends != "clock"
            return fraction and same(_quotient(*items), other)
        if group.kind == "set" and len(items) == 1 and not isinstance(items[0], Group):
            # The set of one value is that value, unless that is the empty set.
            return _EMPTY not in (other, items[0]) and same(items[0], other)
        # A value that an answer gives twice is one value.
        if given and group.kind == "list" and len(items) <= MOST_ITEMS:
            return all(same(item, other) for item in items) or self.because(
                "several answers where one is asked for"
            )
        return False

    def _two_groups(self, gold: Group, answer: Group) -> bool:
        if answer.kind == "list" and gold.kind in _OF_NUMBERS:
            answer = _region(answer, bare=gold.kind == "union")
        elif gold.kind == "list" and answer.kind in _OF_NUMBERS:
            gold = _region(gold, bare=False)
        if "tuple" in (gold.kind, answer.kind) and gold.kind != answer.kind:
            gold, answer = as_point(gold) or gold, as_point(answer) or answer
        if {gold.kind, answer.kind} == {"set", "tuple"}:
            gold, answer = (
                _only(group) if group.kind == "set" else group for group in (gold, answer)
            )
        if {gold.kind, answer.kind} == {"list", "set"}:
            return self._as_sets(gold.items, answer.items)
        if gold.kind != answer.kind:
            return self.because(f"a {answer.kind}, where the gold answer is a {gold.kind}")
        compared = {
            "list": self._any_order, "union": self._any_order, "set": self._as_sets,
        }.get(gold.kind)  # fmt: skip
        if compared is not None:
            return compared(gold.items, answer.items)
        return self._ratios(gold, answer) if gold.kind == "ratio" else self._tuples(gold, answer)

    def _tuples(self, gold: Group, answer: Group) -> bool:
        # Two items may be an interval, whose ends count; more are a vector.
        if gold.ends != answer.ends and max(len(gold.items), len(answer.items)) == 2:
            return self.because(f"ends {answer.ends}, not {gold.ends}")
        return self._in_order(gold.items, answer.items)

    def _in_order(self, gold: tuple[Node, ...], answer: tuple[Node, ...]) -> bool:
        return len(gold) == len(answer) and all(map(self.same, gold, answer))

    def _any_order(self, gold: tuple[Node, ...], answer: tuple[Node, ...]) -> bool:
        if len(gold) != len(answer) or len(gold) > MOST_ITEMS:
            return self.because(f"{len(answer)} values, not {len(gold)}")
        left = list(answer)
        for item in gold:
            # An equal item first: then most of a list needs no engine.
            left.sort(key=lambda other: other != item)
            met = next((i for i, other in enumerate(left) if self.same(item, other)), None)
            if met is None:
                return False
            del left[met]
        return True

    def _as_sets(self, gold: tuple[Node, ...], answer: tuple[Node, ...]) -> bool:
        """Compare in any order, and values that stand twice once."""
        if max(len(gold), len(answer)) > MOST_ITEMS:
            return self.because(f"{len(answer)} values, not {len(gold)}")
        held, given = dict.fromkeys(gold), dict.fromkeys(answer)
        met = all(any(self.same(one, other) for other in given) for one in held)
        if met and all(any(self.same(one, other) for one in held) for other in given):
            return True
        differ = len(held) != len(given)
        return self.because(f"{len(given)} values, not {len(held)}") if differ else False

    def _ratios(self, gold: Group, answer: Group) -> bool:
        both = gold.ends and answer.ends  # perhaps times of day, of which none is a multiple
        if both or "clock" in (gold.ends, answer.ends):
            return bool(both) and self._in_order(gold.items, answer.items)
        if len(gold.items) != len(answer.items):
            return self.because(f"a ratio of {len(answer.items)}, not of {len(gold.items)}")
        return all(
            self.same(_quotient(item, gold.items[0]), _quotient(other, answer.items[0]))
            for item, other in zip(gold.items[1:], answer.items[1:], strict=True)
        )

    def _matrices(self, gold: Node, answer: Node) -> bool:
        if not isinstance(gold, Matrix) or not isinstance(answer, Matrix):
            return self._vector(gold, answer)
        if [len(row) for row in gold.rows] != [len(row) for row in answer.rows]:
            return self.because("a matrix of another shape")
        return all(map(self._in_order, gold.rows, answer.rows))

    def _vector(self, gold: Node, answer: Node) -> bool:
        """Compare a matrix of one column or row with a tuple."""
        columns = [_entries(node) for node in (gold, answer)]
        if columns[0] is None or columns[1] is None:
            return False
        return self._in_order(columns[0], columns[1])


def _same_words(gold: Node, answer: Node) -> bool:
    if isinstance(gold, Words) and isinstance(answer, Words):
        if gold.bare and answer.bare and len(gold.bare) == 1:
            return gold.bare == answer.bare
        return gold.text == answer.text
    words, other = (gold, answer) if isinstance(gold, Words) else (answer, gold)
    return isinstance(words, Words) and isinstance(other, Expression) and words.bare == other.text


def _ungrouped(node: Node) -> Node:
    """Read ``100,200`` as a list; ``10,080`` cannot be one, as nobody writes 080."""
    if not isinstance(node, Number) or node.unit or not is_grouped(node.text):
        return node
    parts = node.text.split(",")
    if any(part.startswith("0") for part in parts):
        return node
    return Group("list", tuple(Number(Fraction(part), None, part) for part in parts))


def _only(group: Group) -> Group:
    """Return the one point of a set, else the set."""
    (item, *more) = group.items or (group,)
    return item if isinstance(item, Group) and not more else group


def _quotient(above: Node, below: Node) -> Node:
    if isinstance(above, Number) and isinstance(below, Number):
        value = above.value / below.value if below.value else None
        return Expression("\\frac{1}{0}") if value is None else Number(value, None, str(value))
    texts = [node.text if isinstance(node, Number | Expression) else "" for node in (above, below)]
    return Expression(f"\\frac{{{texts[0]}}}{{{texts[1]}}}")


def _entries(node: Node) -> tuple[Node, ...] | None:
    column = _COLUMN.fullmatch(node.text) if isinstance(node, Expression) else None
    if column:
        return read(column[1]), read(column[2])
    if isinstance(node, Matrix):
        if all(len(row) == 1 for row in node.rows):
            return tuple(row[0] for row in node.rows)
        return node.rows[0] if len(node.rows) == 1 else None
    if isinstance(node, Group) and node.kind == "tuple":
        return node.items if node.ends == "()" or len(node.items) > 2 else None
    return None


def _region(group: Group, bare: bool) -> Group:
    """Read relations joined by "or" or "and", or intervals with commas between, as a region."""
    found = as_interval(group)
    if found and isinstance(found[1], Group) and found[1].kind in _OF_NUMBERS:
        return found[1]
    intervals = all(isinstance(item, Group) and item.kind == "tuple" for item in group.items)
    return Group("union", group.items) if bare and intervals else group
