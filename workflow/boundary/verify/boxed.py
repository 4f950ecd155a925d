"""The final answer of a response: its last box, and what makes two texts the same.

Everything here is linear in the length of the text, as responses are hostile
input and this code runs outside the limits of the killable workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

END_OF_REASONING = "</think>"

# A doubled backslash before "boxed" is an escaped one: a line break there would
# leave the bare word, which nobody writes.
_TOKEN = re.compile(r"\\{1,2}boxed\s*\{|\\.|[{}]", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)

_REWRITES = (
    (re.compile(r"\\[dt]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\(?:left|right)(?![a-zA-Z])"), ""),
    (re.compile(r"\\[,!;:]|\\q?quad(?![a-zA-Z])|~|\\ "), " "),
    (re.compile(r"(?<=\d)\{,\}(?=\d{3})"), ","),
    (re.compile(r"\s+"), " "),
    # A space between two letters or digits parts two symbols or the parts of a
    # mixed number, and a control word from the letter after it; no other counts.
    (re.compile(r"(?<![a-zA-Z0-9]) | (?![a-zA-Z0-9])"), ""),
)


def last_box(response: str) -> str | None:
    r"""Return the content of the last brace-matched ``\boxed{…}``.

    Parameters
    ----------
    response : str
        A model's response.  Where it closes its reasoning with ``</think>``,
        only what follows the last such mark counts.

    Returns
    -------
    str or None
        The content without outer white space, possibly empty; of nested boxes
        the innermost; None when no box is closed.
    """
    _, mark, after = response.rpartition(END_OF_REASONING)
    text = after if mark else response
    start = text.find("\\boxed")
    if start < 0:
        return None
    open_braces: list[int | None] = []
    best: tuple[int, int] | None = None
    for token in _TOKEN.finditer(text, max(start - 1, 0)):
        found = token.group()
        if found == "}":
            begin = open_braces.pop() if open_braces else None
            if begin is not None and (best is None or begin > best[0]):
                best = begin, token.start()
        elif found == "{":
            open_braces.append(None)
        elif found.endswith("{") and len(found) > 2:
            open_braces.append(token.end())
    return None if best is None else text[best[0] : best[1]].strip()


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


def normalise(latex: str) -> str:
    r"""Return the text without differences of typesetting.

    Equal results mean the same answer.  Only what carries no meaning is
    changed: spacing, ``\left`` and ``\right``, ``\dfrac`` and ``\tfrac``, the
    braces of ``10{,}000``, enclosing dollar signs and a final full stop.
    """
    text = latex.strip()
    if len(text) > 2 and text[0] == text[-1] == "$" and "$" not in text[1:-1]:
        text = text[1:-1]
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text.strip().removesuffix(".")
