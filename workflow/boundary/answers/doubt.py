"""What a response says behind its answer that leaves it in doubt: taken back, or one of several."""

from __future__ import annotations

import re
from collections.abc import Callable

from boundary.answers.clause import cleaned, read_clause

#: Characters behind an answer in which it may be taken back, or joined by another.
AFTER, NEAR = 1000, 150
_IT = r"(?:that|this|it|which|the\s+(?:\w+\s+)?(?:answer|value|result))"
#: An answer is taken back.
_TAKEN_BACK = re.compile(
    r"\b(?:that|this|it|my\s+(?:\w+\s+)?answer|(?:the|that|this)\s+(?:\w+\s+)?(?:answer|box|result))"
    r"(?:\s+(?:above|i\s+gave))?(?:\s+is|\s+was|['’]s|\s+isn['’]?t|\s+wasn['’]?t)"
    r"\s+(?:also\s+|actually\s+|clearly\s+|obviously\s+|probably\s+)?"
    r"(?:not\s+(?:it|right(?![\s-]+(?:angle|triangle))|correct|the\s+(?:\w+\s+)?answer)\b|"
    r"wrong\b|incorrect\b|mistaken\b)|"
    r"\b(?:that|this|it|the\s+answer)\s+(?:isn|wasn)['’]?t\s+(?:it|right|correct)\b|"
    r"\A[\s$.,;*\\)\]}]*(?:is|was)\s+(?:not\b|n['’]t\b|wrong\b|incorrect\b)|"
    r"\A[\s$.,;*\\)\]}]*(?:no|oops|sorry|correction)\s*[,.:!]|"
    r"\bno,?\s+wait\b|\bwait,?\s+no\b|\bscratch\s+that\b|"
    r"\b(?:disregard|ignore)\s+(?:that|this|the|my)\b|"
    r"\bi\s+(?:have\s+)?made\s+(?:a|an|some)\s+(?:\w+\s+)?(?:mistake|error)|\bmy\s+mistake\b",
    re.IGNORECASE,
)
#: Without one of these there is nothing to look for.
_SIGNS = (
    *("wrong", "incorrect", "not", "mistake", "n't", "n’t", "wait", "scratch", "ignore"),
    *("disregard", "no,", "no.", "no:", "no!", "oops", "sorry", "correction"),
)
#: Another value right behind the answer: "5, or 6".
_OR = re.compile(
    r"[\s$*_,.;(\[)\]}。\\]{0,12}(?:\\text\{\s*)?(?:but\s+|though\s+|although\s+|and\s*/\s*)?"
    r"(?:or|also|alternatively|maybe|perhaps|possibly|oder|ou|или|或者?)(?![a-zA-Z])[\s,:]*+\}?+\s*+"
    rf"(?:(?:{_IT}(?:\s+(?:could|might|may)\s+(?:also\s+|well\s+)?be|\s+is|['’]s)|is\s+it)"
    r"(?![a-zA-Z])\s*+)?+"
    r"(?!equivalently|approximately|about|roughly|simply|in\s|≈|\$?\\approx)",
    re.IGNORECASE,
)
#: Words near by that put another value beside the answer, or in its place.
_MAYBE = re.compile(
    rf"\b{_IT}\s+(?:(?:could|might|may)\s+(?:(?:also|well|even|instead)\s+)?be|"
    r"should\s+(?:(?:actually|instead|rather)\s+)?be|is\s+(?:actually|rather|also))(?![a-zA-Z])\s*"
    r"|\b(?:i\s+mean|i\s+meant|make\s+that)\s+"
    r"|\b(?:other|another|second|alternative)\s+(?:possible\s+|valid\s+)?(?:possible|possibility|"
    r"option|answer|candidate|value|solution)(?:\s*(?::|=)|\s+(?:is|(?:would|could|might)\s+be)"
    r"(?![a-zA-Z]))\s*"
    r"|\banswer\s*\((?:alternative|other|second|or)\)[*_\s]*[:=]\s*",
    re.IGNORECASE,
)


#: Another value, said to be as good: "though 6 is also possible".
_AS_GOOD = re.compile(
    r"(?P<value>\$[^$\n]{1,80}\$|(?<![\w.,/])[-+−]?\d[\d.,/]*)\s+(?:is|would\s+be|could\s+be|works)\s+"
    r"(?:also|another|equally|just\s+as)(?![a-zA-Z])",
    re.IGNORECASE,
)
#: A line below the answer, and a formula below one.
_BELOW = re.compile(
    r"[ \t.*_$]{0,8}\r?\n[ \t]*+(?!\\(?:[\])]|(?:end|begin|right|left|hline|hfill|par|q?quad|"
    r"newpage|clearpage|bigskip|medskip|smallskip|vspace|hspace|noindent|nonumber|notag)"
    r"(?![a-zA-Z])))"
    r"(?P<value>[^\n#<|][^\n]{0,120})(?:\n|\Z)"
)
_WORDS_ALONE = re.compile(r"\\(?:text\w*|mathrm|mbox)\s*\{[^{}\d]*\}")
_FORMULA_BELOW = re.compile(
    r"\s*(?:\\\[(?P<one>(?:(?!\\\]).){1,300})\\\]|\$\$(?P<two>[^$]{1,300})\$\$)", re.DOTALL
)


def taken_back(text: str, end: int) -> bool:
    """Return whether what follows an answer says that it is wrong."""
    tail = text[end : end + AFTER]
    low = tail.lower()
    return any(sign in low for sign in _SIGNS) and _TAKEN_BACK.search(tail) is not None


def further(text: str, end: int, commits: Callable[[str], bool]) -> str | None:
    """Return a value that is offered behind an answer, as in "5, or 6" or "it might be 6".

    A value alone on the next line, or in a formula below that of the answer, is one.
    """
    offered = _OR.match(text, end) or _MAYBE.search(text, end, end + NEAR)
    if offered is not None:
        content = read_clause(text, offered.end()).content
    elif as_good := _AS_GOOD.search(text, end, end + NEAR):
        content = cleaned(as_good["value"])
    else:
        content = _below(text, end)
    return content if content and commits(content) else None


def _below(text: str, end: int) -> str:
    """Return what stands alone below an answer; a step of a derivation is none."""
    if text.endswith(("\\]", "$$"), 0, end):
        formula = _FORMULA_BELOW.match(text, end)
        content = formula["one"] or formula["two"] if formula else ""
    else:
        line = _BELOW.match(text, end)
        content = line["value"] if line else ""
    content = cleaned(content)
    if _WORDS_ALONE.fullmatch(content):
        return ""
    return "" if any(sign in content for sign in ("=", "\\approx", "≈")) else content
