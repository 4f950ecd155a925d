"""What typesetting adds to an answer and no reader takes for meaning.

Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[a-zA-Z]+\*?\}|\\[a-zA-Z]+|\\.|.", re.DOTALL)

#: Tokens that open and close a group; half-open intervals mix the kinds.
_OPENING = frozenset(
    ["{", "(", "[", "\\{", "\\lbrace", "\\langle", "\\lfloor", "\\lceil", "\\lbrack"]
)
_CLOSING = frozenset(
    ["}", ")", "]", "\\}", "\\rbrace", "\\rangle", "\\rfloor", "\\rceil", "\\rbrack"]
)

_LETTERS_OFF = r"(?![a-zA-Z])"
_REWRITES = (
    (re.compile(rf"\\[dt]frac{_LETTERS_OFF}"), r"\\frac"),
    (re.compile(rf"\\(?:left|right|displaystyle){_LETTERS_OFF}"), ""),
    (re.compile(r"[\u2212\u2013]"), "-"),
    (
        re.compile(
            rf"(?<!\\)\\[,!;:> ]|\\q?quad{_LETTERS_OFF}|~|[\x00-\x1f\x7f\u00a0\u2009\u200b\ufeff]"
        ),
        " ",
    ),
    (re.compile(r"(?<=\d)\{,\}(?=\d{3})"), ","),
    (re.compile(r"\s+"), " "),
    # A space between two letters or digits parts two symbols or the parts of a
    # mixed number, and a control word from the letter after it; no other counts.
    (re.compile(r"(?<![a-zA-Z0-9]) | (?![a-zA-Z0-9])"), ""),
)
#: What may enclose a whole answer and is no part of it.
_WRAPPERS = (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$"), ("$", "$"))


def bare(latex: str) -> str:
    r"""Take away outer white space and enclosing ``$``, ``\( \)`` or ``\[ \]``."""
    text = latex.strip()
    for left, right in _WRAPPERS:
        if len(text) > len(left + right) and text.startswith(left) and text.endswith(right):
            inner = text[len(left) : -len(right)]
            # Not when the last dollar sign is escaped, or others stand between.
            if left not in inner and right not in inner and not inner.endswith("\\"):
                return inner.strip()
    return text


def normalise(latex: str) -> str:
    r"""Return the text without differences of typesetting.

    Equal results mean the same answer.  Only what carries no meaning is
    changed: spacing, ``\left`` and ``\right``, ``\dfrac`` and ``\tfrac``, the
    braces of ``10{,}000``, enclosing dollar signs and a final full stop.
    """
    text = bare(latex)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text.strip().removesuffix(".")


def nesting(latex: str) -> int:
    """Return the deepest nesting of unescaped braces and of brackets of any kind."""
    braces = _depth((token.group() for token in _BRACE.finditer(latex)), "{", "}")
    return max(braces, _depth(latex, "([", ")]"))


def _depth(tokens: Iterable[str], opening: str, closing: str) -> int:
    depth = deepest = 0
    for token in tokens:
        if token in opening:
            depth += 1
            deepest = max(deepest, depth)
        elif token in closing:
            depth = max(depth - 1, 0)
    return deepest


def tokens(latex: str) -> list[str]:
    r"""Split into control words, escaped characters, ``\begin{…}``/``\end{…}`` and characters."""
    return _TOKEN.findall(latex)


def top_level(latex: str) -> list[tuple[str, bool]]:
    """Return the tokens of a text, and for each whether it stands outside all groups.

    An opening or closing token itself counts as inside.
    """
    depth = 0
    marked = []
    for token in tokens(latex):
        if token in _OPENING or token.startswith("\\begin"):
            depth += 1
            marked.append((token, False))
        elif token in _CLOSING or token.startswith("\\end"):
            depth = max(depth - 1, 0)
            marked.append((token, False))
        else:
            marked.append((token, depth == 0))
    return marked


def encloses(latex: str, opening: int) -> bool:
    """Say whether the group that opens at a place of the text closes at its very end."""
    depth = 0
    rest = tokens(latex[opening:])
    for i, token in enumerate(rest):
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth -= 1
            if depth <= 0:
                return i == len(rest) - 1
    return False
