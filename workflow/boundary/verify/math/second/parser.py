"""A recursive-descent parser of the LaTeX in which answers are written."""

from __future__ import annotations

from boundary.answers.typesetting import normalise
from boundary.verify.math.second.cursor import END
from boundary.verify.math.second.expressions import Expressions
from boundary.verify.math.second.grammar import (
    CLOSING,
    RELATIONS,
    held_in,
)
from boundary.verify.math.second.lexer import Token, lex
from boundary.verify.math.second.tree import Call, Many, Text, Tree, UnreadableError


def parse(latex: str) -> Tree:
    """Return the tree of an answer.

    Raises
    ------
    UnreadableError
        When the text is not in the language of the parser, or nested too deep.
    """
    parser = _Parser(lex(normalise(latex)))
    found = parser.several()
    if parser.peek() != END:
        raise UnreadableError(f"cannot read from {parser.peek().value[:20]!r}")
    return found


class _Parser(Expressions):
    # From the loosest to the tightest: list, union, relation, sum.

    def several(self) -> Tree:
        items = [self.union()]
        while self.skip(",", ";", "lor", "vee") or self._and_or():
            if self.peek() == END:
                break
            items.append(self.union())
        return items[0] if len(items) == 1 else Many("list", tuple(items))

    def _and_or(self) -> bool:
        found = self._sees_and_or()
        self.place += found
        return found

    def union(self) -> Tree:
        items = [self.relation()]
        while self.skip("cup", "∪"):
            items.append(self.relation())
        return items[0] if len(items) == 1 else Many("union", tuple(items))

    def relation(self) -> Tree:
        sides, signs = [Text("") if self.sees("approx", "≈") else self.sum()], []
        while self.peek().kind in ("char", "command") and self.peek().value in RELATIONS:
            signs.append(RELATIONS[self.take().value])
            sides.append(self.sum())
        return sides[0] if not signs else Many("rel", tuple(sides), tuple(signs))

    def bracket(self, opening: str) -> Tree:
        self.deeper()
        if opening in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect(CLOSING[opening])
            found: Tree = Call("floor" if opening == "lfloor" else "ceil", (inner,))
        else:
            inside = self.several()
            closing = self.take().value
            if closing not in (CLOSING[opening] if opening in "([" else (CLOSING[opening],)):
                raise UnreadableError(f"{opening} closed by {closing[:20]!r}")
            found = held_in(opening, inside, closing)
        self.depth -= 1
        return found

    def matrix(self, kind: str) -> Tree:
        if kind == "array":
            self._group()
        rows: list[Tree] = []
        row: list[Tree] = [self.sum()]
        while True:
            if self.skip("&"):
                row.append(self.sum())
                continue
            if self.skip("\\") and self.peek().kind != "end":
                rows.append(Many("row", tuple(row)))
                row = [self.sum()]
                continue
            if self.take() != Token("end", kind):
                raise UnreadableError("a matrix that does not end")
            rows.append(Many("row", tuple(row)))
            return Many("vmatrix" if kind == "vmatrix" else "matrix", tuple(rows))
