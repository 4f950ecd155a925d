r"""A value out of the words that state it: ``**18**.`` of "The answer is **18**. This is …".

The clause ends with its sentence, outside mathematics, or before a word that
goes on to something else.  Words that offer another value stay in it, so that
"3 or 4" is what the response says: a list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from boundary.answers.typesetting import bare

#: Nobody states an answer of this length.
LONGEST = 2000
#: Line breaks between the words and what they announce; at a line's start ">" is a quotation.
_LEAD = re.compile(r"(?:[\s*_:：]|(?<=\n)>)*")
_OPENERS = (
    r"(?:therefore|thus|hence|then|simply|just|indeed|clearly|exactly|precisely|definitely|"
    r"for\s+sure|surely|equal\s+to|given\s+by|as\s+follows|approximately|approx\.|about|roughly|"
    r"around|option|choice|letter|:|：|,)"
)
_OPENER = re.compile(rf"(?:{_OPENERS}(?![a-zA-Z])[\s*_:：,]*)+", re.IGNORECASE)
_DISPLAY = re.compile(r"\\\[(?P<one>.{1,2000}?)\\\]|\$\$(?P<two>.{1,2000}?)\$\$", re.DOTALL)
_INLINE = re.compile(
    r"\\\((?P<one>[^\n]{1,500}?)\\\)|(?<!\\)\$(?!\s*\$)(?P<two>[^$\n]{1,500}?)(?<!\\)\$"
)
_STOP = re.compile(
    r"\n|[.;](?=[\s*_`\"')\]]|$)|(?<=[^\W\d_]{2})\.(?=[A-Z])|[。．；！]|</answer>|<\|"
)
_ABBREVIATION = re.compile(
    r"(?:\b[ap]\.?\s?m|\b(?:approx|sq|cu|vs|e\.g|i\.e|no|st|mt|dr|mr|mrs|prof)|\.[A-Z])$",
    re.IGNORECASE,
)
#: Words that go on to something else: a reason, a remark.  No word that offers a value.
_ONWARD = re.compile(
    r"[\s,;(—–-]+(?:because|since|as\s+(?:required|expected|desired|we|it|the|this|there|stated)|"
    r"which|due\s+to|so\s+(?:that|we|the|it)|given\s+that|where|when|while|not|non|nicht|"
    r"it\s+(?:can|could|does|do|is\s+not|isn|follows|comes|makes|must)|"
    r"this\s+(?:is|means|follows|comes|makes)|that\s+is|i\.e\.|after\s+(?:rounding|simpl)|rounded|parce\s+que|weil|porque)"
    r"(?![a-zA-Z]*\()",
    re.IGNORECASE,
)
#: Words that offer another value, so that what goes on is no remark.
_OFFERS = re.compile(
    r"(?<![a-zA-Z])(?:could|might|may|maybe|perhaps|possibly|alternatively|otherwise|either)"
    r"(?![a-zA-Z])",
    re.IGNORECASE,
)
_HOPE = re.compile(r"[.\s]*\bI hope\b.*$", re.IGNORECASE | re.DOTALL)
#: What a language puts behind a value to close the sentence, and counters behind a number.
_CLOSERS = re.compile(r"(?:です|である|だ|입니다|이다|है)\s*$")
_COUNTER = re.compile(
    r"([-+−]?[\d.,/]*\d)\s*(?![万亿億千百十分半倍余多左或和至到만억])[一-鿿ぁ-ヿ가-힣]{1,4}$"
)
_RATE = re.compile(r"^\\\$\s?([\d.,]+) per ")
#: Where a sentence goes on to another value, and the beginning of one.
_PART = re.compile(r"(?<![a-zA-Z])(?:and|or|und|et|y|e|и|или)(?![a-zA-Z])|,(?!\d{3})|;|、|，|和|或")
_STATES = re.compile(r"(?:=|(?<![a-zA-Z])(?:is|are|equals)(?![a-zA-Z])|是|为)\s*[-−\d\\$({]")
_UNCLOSED = re.compile(r"\\(?:boxed|fbox)")
_MARKS = ("$", "$$", "\\(", "\\)", "\\[", "\\]", ":", "-", "=")
_QUOTES = "\"'`“”‘’«»"
#: White space, and ticks, hands and faces; none of them is mathematics.
_PICTURES = " \t\r\n\ufe0f" + "".join(map(chr, [*range(0x2600, 0x27C0), *range(0x1F300, 0x1FB00)]))
#: Words that are mathematics, or part of a list.
_MATHEMATICAL = frozenset(
    re.findall(
        r"\S+",
        """
        sqrt pi sin cos tan cot sec csc log exp and infinity inf frac mod min max floor ceil
        arcsin arccos arctan alpha beta gamma theta lambda
        """,
    )
)
_SUBSTANCE = re.compile(r"[^\W_]|[∞√∅⊤⊥]|\\[a-zA-Z]")
_LONGEST_FORMULA = 80
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}")
#: Short words of a sentence, and letters of other scripts than that of mathematics.
_PROSE = re.compile(
    r"(?<![\\a-zA-Z])(?:it|is|so|we|no|of|if|be|by|as|at|on|to|he|my|me|do|us)(?![a-zA-Z])|"
    r"[^\W\d_a-zA-ZͰ-Ͽ]{2,}",
    re.IGNORECASE,
)
#: Words with which something is said of a value.
_ASSERTS = re.compile(
    r"(?<![\\a-zA-Z])(?:is|are|was|were|not|would|should|cannot)(?![a-zA-Z])|n['’]t\b",
    re.IGNORECASE,
)
_TEXT = re.compile(r"\\(?:text|mathrm|textbf|mathbf|operatorname|mbox)\s*\{[^{}]*\}")
_BEGINS = re.compile(r"[-+±−–(\[{|]*\s*(?:\d|\.\d|[$€£¥√π∞½¼¾⅓⅔]|\\(?!text\b|mbox\b)|[-+±−](?=\S))")


class Clause(NamedTuple):
    """What was stated and where in the text it ends."""

    content: str
    end: int


def read_clause(text: str, start: int) -> Clause:
    """Return what stands behind the words that announce an answer.

    Parameters
    ----------
    text : str
        A response.
    start : int
        The place behind the words, such as "The answer is".

    Returns
    -------
    Clause
        Its content, empty where nothing is announced, or where a box stands
        open in it: an unclosed box states nothing.
    """
    limit = min(len(text), start + LONGEST)
    begin = _LEAD.match(text, start, limit).end()  # type: ignore[union-attr]
    opener = _OPENER.match(text, begin, limit)
    if opener:
        begin = opener.end()
    end = _end(text, begin, limit)
    content = _HOPE.sub("", text[begin:end])
    if opens_box(content):
        return Clause("", end)
    return Clause(cleaned(content), end)


def opens_box(content: str) -> bool:
    """Return whether a text without closed boxes holds one, which then stands open."""
    return _UNCLOSED.search(content) is not None


def _end(text: str, begin: int, limit: int) -> int:
    """Return where the clause ends: with its sentence or line, mathematics skipped."""
    place = begin
    display = _DISPLAY.match(text, place, limit)
    if display:
        place = display.end()
        if text[place : place + 1] in ("\n", ""):
            return place
    while place < limit:
        stop = _STOP.search(text, place, limit)
        end = stop.start() if stop else limit
        math = _math(text, place, end, limit)
        if math is not None:
            place = math
            continue
        onward = _ONWARD.search(text, place, end)
        if onward and onward.start() > begin and not _OFFERS.search(text, onward.start(), end):
            return onward.start()
        if stop and _ABBREVIATION.search(text, max(begin, end - 8), end) and stop.group() == ".":
            place = end + 1
            continue
        return end
    return limit


def _math(text: str, place: int, end: int, limit: int) -> int | None:
    """Return where the first formula that begins before a stop ends; None without one."""
    for pattern in (_DISPLAY, _INLINE):
        found = pattern.search(text, place, limit)
        if found and found.start() < end:
            # Two amounts of money, not a formula: "$5. That costs $6".
            if pattern is _INLINE and _money(found["two"] or ""):
                continue
            onward = _ONWARD.search(text, place, found.start())
            if onward and onward.start() > place:
                return None
            return found.end()
    return None


def _money(between: str) -> bool:
    """Return whether two dollar signs have words between them and no formula."""
    return "\\" not in between and re.search(r"[.,;]\s+[A-Za-z]{2,}\s", between) is not None


def several_stated(sentence: str) -> bool:
    """Return whether a sentence states several values, as in "x = 3 and x = 4"."""
    return sum(_STATES.search(part) is not None for part in _PART.split(sentence)) > 1


def cleaned(content: str) -> str:
    """Return a clause without emphasis, quotes, a final full stop and signs of mathematics."""
    text = content.strip(_PICTURES)
    for _ in range(3):
        text = text.replace("**", "").strip().strip("_*").strip()
        for escaped in ('\\"', "\\'"):
            text = text.removeprefix(escaped).removesuffix(escaped)
        text = bare(text.strip(_QUOTES).strip().rstrip(",;:。．").removesuffix(".").strip())
    text = _matched(without_signs(_CLOSERS.sub("", text).strip()))
    if text.count("$") - text.count("\\$") == 1 and re.match(r"[-−]?\$\s?\d", text):
        text = _RATE.sub(r"\1 dollars per ", text.replace("$", "\\$", 1))  # money
    counted = _COUNTER.fullmatch(text)
    text = (counted[1] if counted else text).strip()
    return "" if text in _MARKS else text


def _matched(text: str) -> str:
    r"""Return a value without the brace that closes the words before it: ``\text{Answer: 18}``."""
    if text.count("}") == text.count("{") + 1:
        return (
            text.removesuffix("}").strip() if text.endswith("}") else text.removeprefix("}").strip()
        )
    return text


def without_signs(text: str) -> str:
    """Return a text without the signs around its formulas."""
    return _INLINE.sub(_inner, _DISPLAY.sub(_inner, text))


def _inner(found: re.Match[str]) -> str:
    inner: str = found["one"] or found["two"]
    return f" {inner.strip()} "


def commits(content: str) -> bool:
    r"""Return whether a clause states a value, and not only says something in words.

    >>> commits("x = 5"), commits(r"\frac{1}{2}"), commits("18 dollars"), commits("correct")
    (True, True, True, False)
    """
    if not _SUBSTANCE.search(content) or _ASSERTS.search(content):
        return False
    if _BEGINS.match(content):
        return True
    plain = _TEXT.sub("x", content)
    if len(content) > _LONGEST_FORMULA or _PROSE.search(plain):
        return False
    return all(word.lower() in _MATHEMATICAL for word in _WORD.findall(plain))
