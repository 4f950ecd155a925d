r"""Words by which a response states its answer, language by language.

An English phrase is looked at around the word "answer"; the other languages
have the noun and what may stand between it and the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from boundary.answers.labels import json_values, labelled_lines
from boundary.extraction import LINE, SENTENCE

#: Occurrences of a noun that are looked at, from the end of the response.
MOST = 64
_ENGLISH_NOUN = "answer"
_SIGN = r"(?:[:：=]|\\colon(?![a-zA-Z]))"
#: Signs that announce a value where "answer" leads its line, and are less clear elsewhere.
_ARROW = r"(?:→|⇒|[-–—](?=\s))"
_DRESS = r"[*_`]*"
_ENGLISH = re.compile(
    rf"answers?(?:\s+(?:choice|option))?{_DRESS}\)?(?:\s+(?:to|of|for|in)\s[^.:：\n]{{1,80}}?)?"
    rf"(?:\s*\([^()\n]{{1,40}}\)|,\s[a-z ]{{1,20}},)?\s*{_DRESS}\s*"
    rf"(?:(?P<sign>{_SIGN})|(?P<verb>(?<![a-zA-Z])(?:is|are|equals|becomes|(?:would|will|should|must)\s+be|"
    rf"(?:comes|turns|works)\s+out\s+(?:to\s+be|as))(?![a-zA-Z'’]))|(?P<lead>{_ARROW}|(?=\\[\[(]|\$)))",
    re.IGNORECASE,
)
#: A heading that holds the words alone: the value is what follows.
_HEADING = re.compile(
    r"[ \t]*[#>*_ \t]*(?:the\s+)?(?:final\s+|correct\s+)?answer[*_ \t]*\n\s*", re.IGNORECASE
)
#: What stands before the noun where it leads its line.
_LEADS = re.compile(r"[#>*_ \t-]*(?:the\s+)?(?:final\s+|correct\s+)?", re.IGNORECASE)
#: Words before "answer" with which it is none, or nobody's.
_NO_ANSWER = re.compile(
    r"(?:\b(?:no|any|an|each|every|which|whose|wrong|incorrect|not|possible|different|previous|"
    r"initial|same|user'?s|intermediate|</?|common)\s+(?:\w+\s+)?|<[/|]?)$|"
    r"\b(?:if|whether|suppose|supposing|assum\w+|unless|until|check|verify|ensure|"
    r"make\s+sure)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
_BEFORE = 60
#: Words that a response says of its answer, and which are none.
_SAID_OF_IT = re.compile(
    r"(?:not|in|on|of|to|at|by|for|from|with|within|based|correct|right|wrong|incorrect|reasonable|"
    r"clear|obvious|consistent|valid|verified|confirmed|obtained|found|given|expected|required|"
    r"indeed|also|already|now|unique|simplified|rounded|expressed|written|as|that|what|when|where|"
    r"because|since|derived|calculated|computed|accurate|unclear|unknown|"
    r"invalid|impossible\s+to|supposed|usually|often|always|never|our|my|your|likely|probably)\b",
    re.IGNORECASE,
)


#: A value with the words behind it: "$18$ is our final answer", "Option (B) is correct".
_VALUE_FIRST = re.compile(
    r"(?P<value>\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\*\*[^*\n]{1,80}\*\*|\([A-Z]\)|"
    r"(?<![\w.])[A-Z](?![\w.])|(?<![\w.,/])[-+−]?\d[\d.,/]*(?:%|\\%)?)"
    r"\s+(?:is|as)\s+(?:the|our|my)\s+(?:final\s+|correct\s+|right\s+|best\s+)?$"
)
_VALUE_LENGTH = 240
_OWNERS = ("the ", "our ", "my ", "final ", "correct ", "right ", "best ")
_OPTION_FIRST = re.compile(
    r"(?:(?:option|choice)\s+|(?:so|thus|therefore|hence),?\s+(?=(?-i:\(?[A-HJ-Z])))"
    r"(?P<value>\(?[A-Z]\)?)\s+is\s+(?:the\s+)?(?:correct|right|best)(?:\s+(?:option|choice|answer|one))?(?![a-zA-Z])",
    re.IGNORECASE,
)
#: An option that is taken: "I would go with (B)".
_TAKEN = re.compile(
    r"(?<![a-zA-Z])[Ii](?:\s+(?:would|will)|['’](?:ll|d))?\s+(?:choose|pick|select|go\s+with|went\s+with)\s+"
    r"(?:(?:option|choice|answer)\s+)?(?P<value>\(?[A-Z]\)?)(?=[\s.,;:!*]|$)"
)
#: What stands before the last of several values, or of a value that is none.
_NOT_ALONE = re.compile(
    r"(?:(?<![a-zA-Z])(?:and|or|not|neither|nor|if|whether|suppose|assum\w+)(?![a-zA-Z])|[,/;=<>+*-])"
    r"\s*(?:option\s*|choice\s*|that\s*)?$",
    re.IGNORECASE,
)


class Phrase(NamedTuple):
    """Words that announce an answer: where they begin, where they end, and their form.

    Attributes
    ----------
    value : str or None
        The value, where it stands before its words.
    """

    start: int
    end: int
    form: str
    value: str | None = None


class _Language(NamedTuple):
    noun: str
    pattern: re.Pattern[str]


def _language(noun: str, verbs: str, before: str = "") -> _Language:
    adjective = r"(?:\s+[^\W\d_]+)?"
    return _Language(
        noun,
        re.compile(
            rf"{before}{noun}\w{{0,4}}?{_DRESS}(?:{adjective}\s*{_DRESS}\s*(?P<sign>{_SIGN})|"
            rf"{adjective}\s*(?P<verb>{verbs}))",
            re.IGNORECASE,
        ),
    )


#: Nouns in lower case, so that they are found by plain search.
_LATIN = (
    *(
        _language(f"{adjective} {noun}", r"(?:is|would be|must be)\b")
        for adjective in ("correct", "right", "best")
        for noun in ("option", "choice")
    ),
    _language("respuesta", r"(?:es|será|sería)\b"),
    _language("resposta", r"(?:é|será|seria)\b"),
    _language("risposta", r"(?:è|sarà)\s"),
    _language("antwort", r"(?:ist|lautet|beträgt|wäre)\b"),
    _language("antwoord", r"(?:is)\b"),
    _language("reponse", r"(?:est|sera)\b"),
    _language("svar", r"(?:är|er)\b"),
    _language("vastaus", r"(?:on)\b"),
    _language("jawaban", r"(?:adalah|ialah)\b"),
    _language("cevap", r"(?!x)x"),
)
_OTHER = (
    _language("réponse", r"(?:est|sera|serait)\b"),
    _language("ответ", r"(?:равен|есть|будет|[—–-])"),
    _language("відповідь", r"(?:дорівнює|є|[—–-])"),
    _language("odpowiedź", r"(?:to|brzmi|wynosi)\b"),
    _language("odpověď", r"(?:je|zní)\b"),
    _language("răspuns", r"(?:este)\b"),
    _language("đáp án", r"(?:là|đúng là)\b"),
    _language("đáp số", r"(?:là)\b"),
    _language("trả lời", r"(?:là)\b"),
    _language("câu trả lời", r"(?:là)\b"),
    _language("απάντηση", r"(?:είναι)\b"),
    _language("答案", r"(?:就|应该|应|應該|應|便|即)?(?:是|为|為|等于)"),
    _language("故选", r"(?=[(（]?[A-Z])"),
    _language("解答", r"(?:は|是|为)"),
    _language("答え", r"(?:は)"),
    _language("答", r"(?:は)"),
    _language("정답", r"(?:은|는)"),
    _language("답", r"(?:은|는)"),
    _language("उत्तर", r"(?:है|होगा)"),
    _language("الإجابة", r"(?:هي|هو)"),
    _language("الجواب", r"(?:هو|هي)"),
    _language("جواب", r"(?:هو)"),
    _language("پاسخ", r"(?:برابر)"),
    _language("תשובה", r"(?:היא)"),
    _language("คำตอบ", r"(?:คือ|เท่ากับ)"),
)


def lowered(text: str) -> str:
    """Return a text in lower case, with every character at its place."""
    # The one character whose lower case is two.
    return text.replace("İ", "i").lower()


def phrases(text: str, low: str) -> Iterator[Phrase]:
    """Yield the phrases of a text, the last first.

    Parameters
    ----------
    text, low : str
        A response, and the same as of `lowered`.
    """
    found = list(_english(text, low)) if _ENGLISH_NOUN in low else []
    if "correct" in low or "right" in low or "best" in low:
        found.extend(_options(text, _OPTION_FIRST))
    if any(word in low for word in ("choose ", "pick ", "select ", "go with ", "went with ")):
        found.extend(_options(text, _TAKEN))
    found.extend(Phrase(start, end, LINE) for start, end in labelled_lines(text, low))
    found.extend(Phrase(start, end, LINE, value) for start, end, value in json_values(text, low))
    for language in (*_LATIN, *(() if text.isascii() else _OTHER)):
        if language.noun in low:
            found.extend(_foreign(text, low, language))
    if len(found) > 1:
        found.sort(key=lambda phrase: (phrase.end, -phrase.start), reverse=True)
    yield from found


def _english(text: str, low: str) -> Iterator[Phrase]:
    place = len(low)
    for _ in range(MOST):
        place = low.rfind(_ENGLISH_NOUN, 0, place)
        if place < 0:
            return
        line = text.rfind("\n", max(place - _BEFORE, 0), place) + 1
        if line or place < _BEFORE:
            heading = _HEADING.match(text, line)
            if heading:
                yield Phrase(line, heading.end(), LINE)
                continue
        before = _value_before(text, place)
        if before is not None:
            yield before
            continue
        words = _ENGLISH.match(text, place)
        if words and words["lead"] is not None and not _LEADS.fullmatch(text, line, place):
            continue
        if words and not _NO_ANSWER.search(text, max(place - _BEFORE, 0), place):
            yield Phrase(place, words.end(), LINE if not words["verb"] else SENTENCE)


def _value_before(text: str, place: int) -> Phrase | None:
    """Return the value of "$18$ is the answer", whose words end at the noun."""
    if not text.endswith(_OWNERS, 0, place):
        return None
    start = max(text.rfind("\n", 0, place) + 1, place - _VALUE_LENGTH, 0)
    found = _VALUE_FIRST.search(text, start, place)
    if found is None or _NOT_ALONE.search(text, start, found.start()):
        return None
    return Phrase(found.start(), place + len(_ENGLISH_NOUN), SENTENCE, found["value"])


def _options(text: str, pattern: re.Pattern[str]) -> Iterator[Phrase]:
    """Yield options that are called right or taken, as in "option B is correct"."""
    for found in pattern.finditer(text):
        if not _NOT_ALONE.search(text, max(0, found.start() - _BEFORE), found.start()):
            yield Phrase(found.start(), found.end(), SENTENCE, found["value"])


def _foreign(text: str, low: str, language: _Language) -> Iterator[Phrase]:
    place = len(low)
    for _ in range(MOST):
        place = low.rfind(language.noun, 0, place)
        if place < 0:
            return
        words = language.pattern.match(text, place)
        if words:
            yield Phrase(place, words.end(), LINE if words["sign"] else SENTENCE)


def only_said_of_it(content: str) -> bool:
    """Return whether what follows "the answer is" is no answer but a word on it."""
    return _SAID_OF_IT.match(content) is not None
