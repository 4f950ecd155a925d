r"""Marks of the end of a proof and labels of equations, which are no part of an answer.

``\boxed{71}`` with ``\blacksquare`` on the next line states 71 and no second value.
"""

from __future__ import annotations

import re

#: White space and commands that move what follows.
_SPACE = (
    r"(?:[ \t]|\\(?:q?quad|hfill|enspace|thinspace)(?![a-zA-Z])|\\[,;:! ]|"
    r"\\hspace\*?\{[^{}\n]{0,20}\})"
)
_MARK = r"(?:\\(?:blacksquare|square|Box|qed|qedhere|qedsymbol|QED)(?![a-zA-Z])|[∎■□◻▢])"
#: At the end of a line or of a formula, behind what could end a statement: "=" before a square
#: leaves it to be filled in.
_BEHIND = re.compile(
    rf"(?<=[\w)\]}}.!%°'|$]){_SPACE}{{0,6}}+{_MARK}"
    r"[ \t.]*+(?=\\\]|\\\)|\$|\}\$|\\end\{|\n|\\\\|\Z)"
)
#: Alone in a formula or on a line.
_ALONE = re.compile(
    rf"(?P<dollar>\$\$?){_SPACE}{{0,6}}+{_MARK}{_SPACE}{{0,6}}+(?P=dollar)[ \t.]*+(?=\n|\Z)"
    rf"|\\[\[(]{_SPACE}{{0,6}}+{_MARK}{_SPACE}{{0,6}}+\\[\])][ \t.]*+(?=\n|\Z)"
    rf"|(?:(?<=\n)|\A){_SPACE}{{0,6}}+{_MARK}[ \t.]*+(?=\n|\Z)"
)
_LABEL = re.compile(
    r"\\tag\*?[ \t]{0,4}\{(?:[^{}$\n]|\$[^$\n]{0,40}\$){0,40}\}|\\label[ \t]{0,4}\{[^{}\n]{0,60}\}"
)
#: Without one of these there is nothing to take away.
_SIGNS = ("square", "\\Box", "\\qed", "\\QED", "∎", "■", "□", "◻", "▢", "\\tag", "\\label")


def without_marks(text: str) -> str:
    """Return a response without marks of the end of a proof and labels; linear in its length."""
    if not any(sign in text for sign in _SIGNS):
        return text
    return _BEHIND.sub("", _ALONE.sub("", _LABEL.sub("", text)))
