r"""What a response's last word on its answer is: several values at once, taken back, or one.

A statement is made of declarations that hang together: ``\boxed{3}`` or
``\boxed{4}`` states both, and a list is no answer to a question with one.
Whether two hang together is told by what stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from boundary.answers.boxes import Box
from boundary.answers.canonical import canonical
from boundary.answers.clause import read_clause

#: Characters between two declarations of one statement, and behind one that may take it back.
NEAR, AFTER = 120, 1000
#: What may stand between two values of one list, beside white space.
_JOINT = re.compile(
    r"(?:[\s$,;:&*_.。，、；>`/|+-]|\\[()\[\],;!\\]|\\q?quad\b|"
    r"\\(?:text|mbox|textrm|mathrm)\s*\{\s*(?:and|or)?\s*[,.;]?\s*\}|"
    r"\b(?:and|or|the|our|my|final|correct|also|is|are|answer|answers)\b|</?answer>|"
    r"\b(?:oder|und|ou|et|o|y|e|или|и)\b|或者?|和)*",
    re.IGNORECASE,
)
#: Words that offer another value.
_HEDGE = re.compile(
    r"\b(?:or|either|maybe|perhaps|possibly|alternatively|otherwise|another|else|"
    r"(?:could|might|may|can)\s+(?:also\s+)?be|oder|ou|или)\b|或",
    re.IGNORECASE,
)
#: Words behind which a value takes the place of the one before.
_CORRECTION = re.compile(
    r"\b(?:no|not|wait|rather|instead|actually|correction|corrected|wrong|mistake)\b|不",
    re.IGNORECASE,
)
#: Words behind which a value is another result.
_ONWARD = re.compile(
    r"\b(?:so|thus|hence|therefore|then|gives?|giving|yields?|implies|means|get|becomes?|but|step|"
    r"now|next|since|because|if|when)\b|"
    r"\\(?:Right|right|Longright)arrow|\\implies|\\to\b|⇒|→|=>|所以|因此",
    re.IGNORECASE,
)
_AND = re.compile(r"\band\b|\bund\b|\bet\b|\by\b|\bи\b|和|以及", re.IGNORECASE)
#: A value behind a name.
_NAMED = re.compile(r"\s*(?P<name>[a-zA-Z](?:_\{?\w+\}?)?)\s*=\s*(?P<value>[^=<>]+)")
_ANSWER, _INTRODUCED = "answer", 40
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)|\n\s*\n")

#: An answer is taken back, without another in its place.
_TAKEN_BACK = re.compile(
    r"\b(?:that|this|it|my\s+(?:\w+\s+)?answer|(?:the|that|this)\s+(?:\w+\s+)?(?:answer|box|result))"
    r"(?:\s+(?:above|i\s+gave))?(?:\s+is|\s+was|'s|’s|\s+isn['’]?t|\s+wasn['’]?t)"
    r"\s+(?:also\s+|actually\s+|clearly\s+|obviously\s+|probably\s+)?"
    r"(?:not\s+(?:it|right(?![\s-]+(?:angle|triangle))|correct|the\s+(?:\w+\s+)?answer)\b|wrong\b|incorrect\b|mistaken\b)|"
    r"\b(?:that|this|it|the\s+answer)\s+(?:isn|wasn)['’]?t\s+(?:it|right|correct)\b|"
    r"\A[\s$.,;*\\)\]}]*(?:is|was)\s+(?:not\b|n['’]t\b|wrong\b|incorrect\b)|"
    r"\bno,?\s+wait\b|\bwait,?\s+no\b|\bscratch\s+that\b|\b(?:disregard|ignore)\s+(?:that|this|the|my)\b|"
    r"\bi\s+(?:have\s+)?made\s+(?:a|an|some)\s+(?:\w+\s+)?(?:mistake|error)|\bmy\s+mistake\b",
    re.IGNORECASE,
)
_SIGNS_OF_IT = ("wrong", "incorrect", "not", "mistake", "n't", "n’t", "wait", "scratch", "ignore",
                "disregard")  # fmt: skip
#: A further value, right behind the last one.
_FURTHER = re.compile(
    r"[\s$*_,.;)\]}。\\]{0,12}(?:\\text\{\s*)?(?:but\s+)?"
    r"(?:(?:or|alternatively|maybe|perhaps|possibly|oder|ou|или|或者?)(?![a-zA-Z])[\s,:]*+(?:\})?+\s*+"
    r"(?:(?:it|this|that|the\s+answer)(?:\s+(?:could|might|may)\s+(?:also\s+|well\s+)?be|\s+is|['’]s)"
    r"(?![a-zA-Z])\s*+)?+|"
    r"(?:it|this|that|the\s+answer)\s+(?:could|might|may)\s+(?:also\s+|well\s+)?be(?![a-zA-Z])[\s,:]*+)"
    r"(?!equivalently|approximately|about|roughly|simply|in\s|≈|\$?\\approx)",
    re.IGNORECASE,
)


def joined(text: str, one: Box, other: Box) -> bool:
    """Return whether two neighbouring declarations are one statement."""
    between = text[one.end : other.start]
    if len(between) > NEAR or _singled_out(text, one, other):
        return False
    if _JOINT.fullmatch(between):
        return True
    if _CORRECTION.search(between):
        return False
    if _HEDGE.search(between):
        return True
    same = _AND.search(between) and not _SENTENCE_END.search(between)
    return bool(same) and not _ONWARD.search(between)


def _singled_out(text: str, one: Box, other: Box) -> bool:
    """Return whether "the answer is" introduces a value, and did not introduce the one before."""
    if _ANSWER not in text[one.end : other.end].lower():
        return False
    return _ANSWER not in text[max(one.start - _INTRODUCED, 0) : one.end].lower()


def last_statement(text: str, found: Sequence[Box]) -> list[str]:
    """Return the contents of the declarations that make up the last statement."""
    first = last = len(found) - 1
    while first and joined(text, found[first - 1], found[first]):
        first -= 1
    return [one.content for one in found[first : last + 1]]


def as_one(contents: Sequence[str]) -> str:
    r"""Return one value, or several that were stated together as a list.

    Values that mean the same count once: ``15400`` and ``15,\!400``, ``36`` and ``x = 36``.
    """
    if len(contents) == 1:
        return contents[0]
    kept: list[tuple[str, _Meaning]] = []
    for content in contents:
        meaning = _meaning(content)
        if not any(meaning.same(other) for _, other in kept):
            kept.append((content, meaning))
    return ", ".join(content for content, _ in kept)


class _Meaning(NamedTuple):
    """What a value comes to: its name and unit, which may be left out, and the rest."""

    name: str | None
    unit: bool
    key: str
    full: str

    def same(self, other: _Meaning) -> bool:
        """Return whether two mean the same; a name or a unit that only one has is no matter."""
        if self.full == other.full:
            return True
        names = {self.name, other.name} - {None}
        return self.key == other.key and len(names) <= 1 and not (self.unit and other.unit)


def _meaning(content: str) -> _Meaning:
    named = _NAMED.fullmatch(content)
    name, value = (named["name"], named["value"]) if named else (None, content)
    try:
        full, key = canonical(value), canonical(value, unit=False)
    except (ValueError, ArithmeticError, RecursionError):
        full = key = content  # a reader of the answer will say what is wrong with it
    return _Meaning(name, full != key, key, f"{name}={full}" if name else full)


def taken_back(text: str, end: int) -> bool:
    """Return whether what follows the last statement says that it is wrong."""
    tail = text[end : end + AFTER]
    low = tail.lower()
    return any(sign in low for sign in _SIGNS_OF_IT) and _TAKEN_BACK.search(tail) is not None


def further(text: str, end: int, commits: Callable[[str], bool]) -> str | None:
    """Return a value that is offered right behind the last statement, as in "5, or 6"."""
    offered = _FURTHER.match(text, end)
    if offered is None:
        return None
    content = read_clause(text, offered.end()).content
    return content if content and commits(content) else None
