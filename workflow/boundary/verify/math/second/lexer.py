"""LaTeX as a list of tokens, for the parser of the second engine."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACES = re.compile(
    r"\\(?:[,;:!> ]|quad|qquad|left|right|big|Big|bigg|Bigg|displaystyle|limits)(?![a-zA-Z])|[\s~$]"
)
_PATTERN = (
    r"\\(?:text|textbf|textit|textrm|textsf|mbox|hbox)\s*\{(?P<text>[^{}]*)\}"
    r"|\\(?P<edge>begin|end)\s*\{(?P<name>[a-zA-Z]+)\*?\}"
    r"|\\(?:operatorname|mathrm|mathbf|mathit|mathsf|rm|bf)\s*\{(?P<roman>[^{}]*)\}"
    r"|(?P<number>\d{1,3}(?:(?:,|\{,\})\d{3})+(?![\d])(?:\.\d+)?"
    r"|\d+(?:\.\d+)?(?:e[+-]?\d{1,3}(?!\d))?|\.\d+)"
    r"|\\(?P<command>[a-zA-Z]+)"
    r"|\\(?P<escaped>[{}%$&#_|\\])"
    r"|(?P<char>.)"
)
_TOKEN = re.compile(_PATTERN, re.DOTALL)
_WITHIN = re.compile(
    _PATTERN.replace(r"\d{1,3}(?:(?:,|\{,\})\d{3})+(?![\d])(?:\.\d+)?|", ""), re.DOTALL
)


_DEPTH = {"(": 1, "[": 1, "\\{": 1, ")": -1, "]": -1, "\\}": -1}


class Token(NamedTuple):
    """A kind (a group of `_TOKEN`, as ``number``, ``command``, ``char``) and a value."""

    kind: str
    value: str


def lex(latex: str) -> list[Token]:
    """Return the tokens of a formula, white space left out; linear in its length."""
    found: list[Token] = []
    place = depth = 0
    while place < len(latex):
        space = _SPACES.match(latex, place)
        if space:
            place = space.end()
            continue
        # Within brackets a comma parts; elsewhere it may stand in a number.
        token = (_WITHIN if depth else _TOKEN).match(latex, place)
        if token is None:
            place += 1
            continue
        place = token.end()
        kind = token.lastgroup or "char"
        depth = max(depth + _DEPTH.get(token[0], 0), 0)
        if kind == "name":
            found.append(Token(str(token["edge"]), str(token["name"])))
        elif kind == "number":
            found.append(Token(kind, re.sub(r"[,{}]", "", str(token["number"]))))
        else:
            found.append(Token(kind, str(token[kind])))
    return found
