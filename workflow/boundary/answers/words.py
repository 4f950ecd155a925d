r"""Words and choices among answers, and what is left to an engine."""

from __future__ import annotations

import re

from boundary.answers.nodes import Expression, Label, Node, Words
from boundary.answers.units import strip_unit

WORD_WRAPPER = re.compile(
    r"\\(?:text|textbf|textit|textrm|textsf|mbox|mathrm|mathbf|operatorname|bf|rm|hbox)\s*\{([^{}]*)\}"
)
CHOICE = re.compile(r"(?:\(([A-J])\)|([A-J]))[.:)]?")
#: A choice with its content, unless that names another choice.
_CHOICE_AND_MORE = re.compile(r"(?:\(([A-J])\)|([A-J])[.:)])\s*(\S.*)", re.DOTALL)
_HEDGED = re.compile(r"\b(?:or|and|not)\b|\b[A-J]\b")
_LETTERS = re.compile(r"[A-Za-z][A-Za-z '\-.,]*")
#: Words with a number among them, as a date.
_TITLE = re.compile(r"[A-Za-z]{3,}[.,]?(?: [A-Za-z0-9.'\-]+)+")
#: Behind a letter and before none it is no apostrophe.
_PRIMES = re.compile(r"'(?![a-z])")
_SHORT_WORDS = frozenset(["yes", "no", "odd"])


def in_words(text: str) -> Node:
    """Read a choice with its content, words, or else an expression with its unit."""
    plain = WORD_WRAPPER.sub(r"\1", text).strip()
    more = _CHOICE_AND_MORE.fullmatch(plain)
    if more and not _HEDGED.search(more.group(3)):
        return Label("choice", more.group(1) or more.group(2))
    if _are_words(plain, bare=plain == text):
        folded = " ".join(plain.casefold().replace("-", " ").split()).strip(" .,")
        if plain != text:
            return Words(folded, plain if " " not in plain else None)
        if folded in _SHORT_WORDS or re.search(r"[A-Za-z]{4}", plain):
            return Words(folded)
    value, unit = strip_unit(text)
    return Expression(value, unit)


def _are_words(text: str, bare: bool) -> bool:
    """Say whether letters are words; bare ones may be variables and their differences too."""
    if _TITLE.fullmatch(text):
        return True
    if not _LETTERS.fullmatch(text) or _PRIMES.search(text):
        return False
    parts = re.split(r"-", text)
    return not bare or all(re.search(r"[A-Za-z]{3}", part) for part in parts)
