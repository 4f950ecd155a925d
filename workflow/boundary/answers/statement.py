r"""What a response states at once: one value, or several.

A statement is made of declarations that hang together: ``\boxed{3}`` or
``\boxed{4}`` states both, and a list is no answer to a question with one.
Whether two hang together is told by what stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from boundary.answers.boxes import Box
from boundary.answers.canonical import canonical

#: Characters between two declarations of one statement.
NEAR = 120
#: What may stand between two values of one list, beside white space: marks, numbering, names,
#: signs of order, and words that join.
_JOINT = re.compile(
    r"(?:[\s$,;:&*_.?!。，、；>`/|+~<{}-]|\\[()\[\],;!\\]|"
    r"\\(?:q?quad|lor|vee|mid|land|wedge|l?dots|cdots|le|ge|leq|geq|lt|gt)(?![a-zA-Z])|"
    r"\\(?:text|mbox|textrm|mathrm)\s*\{\s*(?:and|or)?\s*[,.;]?\s*\}|"
    r"\(?\b(?:\d{1,2}|[a-z])[.)]|\b[a-zA-Z](?:_\{?\w{1,3}\}?)?\s*=|"
    r"\b(?:and|or|the|our|my|final|correct|also|is|are|answers?|to|vs|versus)\b|"
    r"</?(?:final_)?ans(?:wer)?>|\[/?answer\]|"
    r"\\(?:[hv]space\*?|[hv]?phantom)\s*\{[^{}]*\}|\\(?:newline|par|hfill|linebreak)(?![a-zA-Z])|"
    r"\b(?:oder|und|ou|et|o|y|e|или|и)\b|或者?|和)*",
    re.IGNORECASE,
)
#: Words that offer another value, and such as may also part two results.
_OFFER = re.compile(
    r"\b(?:or|either|maybe|perhaps|possib\w+|alternativ\w+|otherwise|another|others?|else|second|"
    r"third|(?:could|might|may|can)\s+(?:also\s+)?be|oder|ou|или)\b|或",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"\b(?:candidates?|options?|guess\w*|attempts?|cases?|scenarios?)\b", re.IGNORECASE
)
#: Words behind which a value takes the place of the one before.
_CORRECTION = re.compile(
    r"\b(?:no|not|wait|rather|instead|actually|correction|corrected|wrong|mistake)\b|不",
    re.IGNORECASE,
)
#: Words behind which a value is another result.
_ONWARD = re.compile(
    r"\b(?:so|thus|hence|therefore|then|gives?|giving|yields?|implies|means|get|becomes?|but|step|"
    r"now|next|since|because|when)\b|"
    r"\\(?:Right|right|Longright)arrow|\\implies|\\to\b|⇒|→|=>|所以|因此",
    re.IGNORECASE,
)
_AND = re.compile(r"\band\b|\bund\b|\bet\b|\by\b|\bи\b|\bif\b|和|以及", re.IGNORECASE)
#: A value behind a name.
_NAMED = re.compile(r"\s*(?P<name>[a-zA-Z](?:_\{?\w+\}?)?)\s*=\s*(?P<value>[^=<>]+)")
_ANSWER, _INTRODUCED = "answer", 40
_SENTENCE_END = re.compile(r"[.!?。！？](?:\s|$)|\n\s*\n")


def joined(text: str, one: Box, other: Box) -> bool:
    """Return whether two neighbouring declarations are one statement."""
    between = text[one.end : other.start]
    if len(between) > NEAR:
        return False
    if not re.search(r"\w", between):
        return _JOINT.fullmatch(between) is not None
    if _CORRECTION.search(between):
        return False
    if _OFFER.search(between) or _singled_out(text, one, other):
        return _OFFER.search(between) is not None
    if _JOINT.fullmatch(between) or _LISTING.search(between):
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
