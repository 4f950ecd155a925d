"""The grading policy: when an answer is the same as the gold answer.

Relations are compared here, all else in `values`.  Each rule is a section of
``docs/grading.md``.
"""

from __future__ import annotations

from itertools import pairwise

from boundary.answers.nodes import Expression, Group, Node, Number, Relation, Words
from boundary.verify.math.letters import capitals, is_name, is_quantity, name_key, variables
from boundary.verify.math.relations import as_interval, is_equation, named, turned
from boundary.verify.math.values import Values


class Comparison(Values):
    """Compares answers with gold answers, and remembers why they differ."""

    def same(self, gold: Node, answer: Node) -> bool:
        """Say whether an answer is the gold answer."""
        if isinstance(gold, Relation) or isinstance(answer, Relation):
            return self._relations(gold, answer)
        return super().same(gold, answer)

    def _relations(self, gold: Node, answer: Node) -> bool:
        if _same_text(gold, answer) or is_equation(gold):
            return _same_text(gold, answer) or self._equations(gold, answer)
        if not named(gold)[1] or not named(answer)[1]:
            return self._sets(gold, answer)
        return self._named(gold, answer)

    def _named(self, gold: Node, answer: Node) -> bool:
        """Compare values, perhaps with a name before: ``x = 5`` and 5."""
        gold_name, gold_values = named(gold)
        name, values = named(answer)
        if gold_name and name and gold_name != name:
            if any(isinstance(side, Number) for side in (*gold_values, *values)):
                return self.because(f"names {name}, not {gold_name}")
            return self._whole(gold, answer)
        if isinstance(gold, Relation) and "~" in gold.signs:
            return self._approximately(gold, values)
        if isinstance(answer, Relation) and name is None:
            values = _asked(gold, answer) or values
        return self._equalities(gold, gold_values, answer, values)

    def _equations(self, gold: Node, answer: Node) -> bool:
        """Compare with an equation, which nothing but an equation answers."""
        if not isinstance(answer, Relation) or set(answer.signs) != {"="}:
            return self.because("no equation, as the gold answer is")
        # Names in capitals are no products: SRCM is not SRMC.
        names = isinstance(gold, Relation) and all(map(capitals, gold.texts))
        return not names and self._whole(gold, answer)

    def _equalities(
        self, gold: Node, targets: tuple[Node, ...], answer: Node, values: tuple[Node, ...]
    ) -> bool:
        # Of a gold answer such as a = b = 0 the names say nothing; all values count.
        *rest, last = targets
        targets = (*(side for side in rest if not _names_something(side)), last)
        if all(self.same(target, side) for target in targets for side in values):
            return True
        if isinstance(gold, Relation) and isinstance(answer, Relation):
            # Two equations of which one is the other's multiple, as 2x - y + 3 = 0.
            single = len(gold.signs) == len(answer.signs) == 1
            if single and not isinstance(values[0], Number):
                return self._whole(gold, answer)
        return self.because("a chain of different values") if len(values) > 1 else False

    def _approximately(self, gold: Relation, values: tuple[Node, ...]) -> bool:
        sides = [
            side
            for side, text in zip(gold.sides, gold.texts, strict=True)
            if text and named(Relation((side, side), ("=",), (text, "")))[0] is None
        ]
        exact, rough = sides[:-1], sides[-1]
        return all(
            self.near(rough, value) or any(self.same(side, value) for side in exact)
            for value in values
        )

    def _sets(self, gold: Node, answer: Node) -> bool:
        """Compare inequalities and what says where a value lies."""
        one, other = as_interval(gold), as_interval(answer)
        if one and other and one[0] and other[0] and one[0] != other[0]:
            return self.because(f"names {other[0]}, not {one[0]}")
        if one and other and self.same(one[1], other[1]):
            return True
        for found, node, turn in ((one, answer, False), (other, gold, True)):
            # x in {5}, where the other says 5 or x = 5.
            if found and isinstance(found[1], Group) and found[1].kind == "set":
                name, values = named(node)
                if name in (None, found[0]) and len(values) == 1:
                    return self.same(*((values[0], found[1]) if turn else (found[1], values[0])))
        return self._whole(gold, answer)

    def _whole(self, gold: Node, answer: Node) -> bool:
        """Compare two relations by what stands between their sides, up to a factor."""
        if not isinstance(gold, Relation) or not isinstance(answer, Relation):
            return False
        one, other = turned(gold), turned(answer)
        if one.signs != other.signs or not all((*one.texts, *other.texts)):
            return False
        if set(one.signs) & {"in", "~"}:
            return False
        pairs = zip(one.signs, _differences(one), _differences(other), strict=True)
        return all(
            self.proportional(left, right, positive=sign not in ("=", "!="))
            for sign, left, right in pairs
        )


def _same_text(gold: Node, answer: Node) -> bool:
    """Say whether two relations are the same, turned round or not."""
    if not isinstance(gold, Relation) or not isinstance(answer, Relation):
        return False
    one, other = turned(gold), turned(answer)
    if one.signs != other.signs or "~" in one.signs or not all((*one.texts, *other.texts)):
        return False
    texts, given = ([_key(text) for text in each.texts] for each in (one, other))
    if set(one.signs) in ({"="}, {"!="}) and len(texts) == 2:
        return sorted(texts) == sorted(given)
    return texts == given


def _key(text: str) -> str:
    return name_key(text) if is_name(text) else text


def _differences(relation: Relation) -> list[str]:
    texts = relation.texts
    return [f"({left})-({right})" for left, right in pairwise(texts)]


def _names_something(side: Node) -> bool:
    return isinstance(side, Words) or (isinstance(side, Expression) and is_name(side.text))


_COORDINATES = frozenset("xyz")


def _asked(gold: Node, answer: Relation) -> tuple[Node, ...]:
    r"""Return the value of ``m+n = 17``, where the gold answer is a number alone."""
    text = gold.text if isinstance(gold, Number | Expression) else None
    if text is None or variables(text) or set(answer.signs) != {"="}:
        return ()
    sides, texts = answer.sides, answer.texts
    if text in ("0", "1") and any(variables(side) & _COORDINATES for side in texts):
        return ()  # the equation of a curve rather than a value
    if is_quantity(texts[0]) and not any(map(variables, texts[1:])):
        return sides[1:]
    if len(sides) == 2 and is_quantity(texts[1]) and not variables(texts[0]):
        return sides[:1]
    return ()
