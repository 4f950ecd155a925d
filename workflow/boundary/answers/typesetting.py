"""What typesetting adds to an answer and no reader takes for meaning.

Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from boundary.answers.dress import undressed

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[a-zA-Z]+\*?\}|\\[a-zA-Z]+|\\.|.", re.DOTALL)

#: Tokens that open and close a group; half-open intervals mix the kinds.
_OPENING = frozenset(
    ["{", "(", "[", "\\{", "\\lbrace", "\\langle", "\\lfloor", "\\lceil", "\\lbrack"]
)
_CLOSING = frozenset(
    ["}", ")", "]", "\\}", "\\rbrace", "\\rangle", "\\rfloor", "\\rceil", "\\rbrack"]
)

_REWRITES = (
    # Spaces that are none, among them the narrow one within 10,\!000.
    (re.compile(r"(?<!\\)\\!\s*"), ""),
    (re.compile(r"(?<!\\)\\[,;:> ]|\\q?quad|~|[\x00-\x1f\x7f]"), " "),
    (re.compile(r"(?<=\d)\{,\}\s?(?=\d{3})"), ","),
    (re.compile(r"\s+(?=,)"), ""),
    (re.compile(r"\s+"), " "),
    # A space between two letters or digits parts two symbols or the parts of a
    # mixed number, a control word from the letter after it, and "100, 200" from
    # a number with a thousands separator; no other counts.
    (
        re.compile(
            r"(?<![a-zA-Z0-9,]) | (?![a-zA-Z0-9])|(?<=[^\d],) "
            r"|(?<=,) (?![1-9]\d\d(?!\d)|[1-9]\d{0,2}(?:,\d{3})+(?!\d))"
        ),
        "",
    ),
)
#: What may enclose a whole answer and is no part of it.
_WRAPPERS = (("\\[", "\\]"), ("\\(", "\\)"), ("$$", "$$"), ("$", "$"))
_QUOTES = (('"', '"'), ("'", "'"), ("`", "`"), ("``", "''"), ("**", "**"))
_DOLLAR = re.compile(r"(?<!\\)\$\$?")


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
    changed: spacing, signs of Unicode and commands of looks (`dress`), the
    braces of ``10{,}000``, dollar signs in pairs, enclosing quotation marks and
    a final full stop.
    """
    if latex.isalnum() and latex.isascii():
        return latex
    text = _without_dollars(bare(undressed(bare(latex))))
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return _unquoted(text.strip().removesuffix(".").removesuffix("."))


def _without_dollars(text: str) -> str:
    """Take away dollar signs that come in pairs; formulas without a word between are a list."""
    if "$" not in text:
        return text
    parts = _DOLLAR.split(text)
    if len(parts) % 2 == 0:
        return text
    for i in range(2, len(parts) - 1, 2):
        parts[i] = parts[i] if parts[i].strip() else ", "
    text = parts[0]
    for part in parts[1:]:
        # What a dollar sign parted does not become one number.
        text += ", " + part if text[-1:].isalnum() and part[:1].isalnum() else part
    return text


def _unquoted(text: str) -> str:
    for left, right in _QUOTES:
        if len(text) > len(left + right) and text.startswith(left) and text.endswith(right):
            inner = text[len(left) : -len(right)]
            if left not in inner and right not in inner:
                return inner.strip()
    return text


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
