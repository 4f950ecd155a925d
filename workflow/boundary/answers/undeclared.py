r"""What a reader takes for the answer where a response declares none.

Only what ends the response is looked at: a value in bold in its last paragraph,
a formula set apart, a closing sentence that states a value, or a response that
is nothing but a value.  A response that was cut off has no end, and says
nothing this way.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from boundary.answers.boxes import Box
from boundary.answers.clause import cleaned, opens_box, several_stated, without_signs
from boundary.answers.counted import only_number
from boundary.answers.doubt import further
from boundary.answers.statement import as_one, joined
from boundary.extraction import BOLD, CLOSING, DISPLAY, WHOLE

#: Characters of a response that is nothing but its answer, and of the end that is looked at.
_LONGEST, _END = 200, 1500
_WORDS = 3
#: A response that is one block of code, such as a value between fences.
_FENCED = re.compile(r"\s*```\w*\n(?P<inner>[^`]*)\n```\s*")
_LEADS_ON = re.compile(r"^(?:[∴⇒→]|=>)\s*")
_TAG = re.compile(r"<[^>]*>")
#: Words of a response that says something, and is no answer in itself.
_TALK = frozenset(
    ["it", "is", "was", "are", "were", "i", "we", "you", "this", "that", "so", "ok", "sure", "not"]
)
_BOLD = re.compile(r"\*\*(?P<value>[^*\n]{1,120})\*\*")
_NUMBERING = re.compile(r"\s*\(?\w{1,2}[.):]\s*")
_LISTED = re.compile(r"\s*(?:[-*•]|\d+[.)]|\([a-z0-9]\)|[a-z][.)])\s", re.IGNORECASE)
_DISPLAY = re.compile(
    r"(?:\\\[(?P<one>(?:(?!\\\[).){1,1500}?)\\\]|\$\$(?P<two>[^$]{1,1500}?)\$\$|"
    r"\\begin\{(?P<env>align\*?|aligned|equation\*?|gather\*?)\}(?P<three>.{1,1500}?)\\end\{(?P=env)\})",
    re.DOTALL,
)
_TRAIL = re.compile(r"[\s.。!*_`]*")
_ROW = re.compile(r"\\\\(?:\[[^\]]*\])?")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(?:align\*?|aligned|equation\*?|gather\*?|split)\}")
_CONCLUDES = re.compile(
    r"[*_#>\s]*(?:(?:∴|⇒|→|=>)|(?:so|thus|therefore|hence|consequently|finally|in\s+conclusion|"
    r"we\s+(?:have|get|find|obtain|conclude|see|know)|this\s+(?:gives|means|yields)|"
    r"it\s+follows|donc|ainsi|également|also|somit|daher|folglich|por\s+(?:lo\s+)?tanto|"
    r"entonces|así|portanto|então|logo|quindi|dunque|perciò|поэтому|итак|значит|следовательно|"
    r"таким\s+образом|因此|所以|故|于是|よって|したがって|따라서|그러므로|لذا|لذلك|इसलिए)(?![a-zA-Z]))",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"(?P<before>.*(?:(?<![a-zA-Z])(?:is|are|was|equals|be|est|sont|ist|sind|es|son|é|são|è|sono|есть|"
    r"gives|yields|get|gets|obtain|find|равно|равна|равен|—)(?=\s)|=>|(?<![<>!≤≥])=(?!>)|[∴⇒→]|"
    r"(?<![^\W\d_])(?:total|result|solution|value|conclusion|sum|output|ergebnis|resultado|résultat|"
    r"risultato|результат|итог|结果|結果)\s*[:：]|是|为|為|等于|は|هو|هي))(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
#: A sentence that ends in a formula, and a word or two such as "feet"; not in one of a list.
_ENDS_IN_FORMULA = re.compile(
    r"(?P<before>.*)(?<!\\)(?P<value>(?:\$[^$]+\$|\\\((?:(?!\\\().)+?\\\))(?:\s+[a-zA-Z²³]{1,15}){0,2})"
    r"[\s.。*_]*",
    re.DOTALL,
)
_LISTING = re.compile(r"(?:(?<![a-zA-Z])(?:and|or|und|oder|et|ou|и|или)|[,;/、，和或])\s*$")
#: Words with which a sentence states no value.
_CONDITION = re.compile(
    r"(?<![a-zA-Z])(?:if|whether|assum\w+|suppose|let|no)(?![a-zA-Z])", re.IGNORECASE
)
#: Words right before a value that leave it open.
_UNSURE = re.compile(
    r"(?<![a-zA-Z])(?:either|maybe|perhaps|possibly|probably|might|could|not|guess)(?![a-zA-Z])|"
    r"n['’]t\b|,\s*(?:and\s+)?so\s+(?:is|are)\b|不|或许|可能",
    re.IGNORECASE,
)
_NEAR = 40
#: A formula that the response did not come to the end of.
_UNFINISHED = re.compile(r"\\\[(?!.*\\\])|\\\((?!.*\\\))|\\begin\{(?!.*\\end\{)", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý$\\*(А-Я])|(?<=[。！？])\s*")


def undeclared(text: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return what a reader takes for the answer, and how it stands there; None for nothing.

    Parameters
    ----------
    text : str
        A response without its reasoning, which declares nothing and was not cut off.
    commits : callable
        Whether a content is a value of the kind that is asked for.
    """
    fenced = _FENCED.fullmatch(text)
    whole = (fenced["inner"] if fenced else text).strip()
    if not whole:
        return None
    for read in (_whole, _display, _bold, _closing):
        found = read(whole, commits)
        if found is not None:
            content, form = found
            return None if opens_box(content) else (content, form)
    return None


def _whole(text: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    if len(text) > _LONGEST or "\n" in text:
        return None
    content = _LEADS_ON.sub("", cleaned(text))
    words = content.split()
    if not content or opens_box(content) or _TAG.fullmatch(content):
        return None
    plain = len(words) <= _WORDS and not any(letter.isdigit() for letter in content)
    plain = plain and _TALK.isdisjoint(content.lower().split()) and not _CONCLUDES.match(text)
    return (content, WHOLE) if plain or commits(content) else None


def _display(text: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    if not text.rstrip(" .。!*_`\n").endswith(("\\]", "$$", "}")):
        return None
    base = max(0, len(text) - _END)
    found = [
        Box(_last_row(_formula(one)), base + one.start(), base + one.end())
        for one in _DISPLAY.finditer(text[base:])
    ]
    if not found or _TRAIL.fullmatch(text, found[-1].end) is None:
        return None
    contents = [found[-1].content]
    for one, other in zip(found[-2::-1], found[:0:-1], strict=False):
        # One equation below another is a derivation.
        between = text[one.end : other.start].strip()
        if (not between and "=" in other.content) or not joined(text, one, other):
            break
        contents.insert(0, one.content)
    return as_one(contents), DISPLAY


def _formula(found: re.Match[str]) -> str:
    return found["one"] or found["two"] or found["three"]


def _last_row(formula: str) -> str:
    inner = _ENVIRONMENT.sub(" ", formula)
    if "\\begin" in inner:  # a matrix has rows of its own
        return cleaned(inner)
    rows = [row for row in _ROW.split(inner) if row.strip()]
    last = rows[-1].rpartition("&")[2].strip() if rows else ""
    return cleaned(last.removeprefix("=")).rstrip(",. ")


def _bold(text: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    paragraph = _bold_end(text[-_END:])
    if "**" not in paragraph or any(map(_LISTED.match, paragraph.splitlines())):
        return None
    if _UNSURE.search(paragraph):
        return None
    found = [
        one
        for one in _BOLD.finditer(paragraph)
        if not _NUMBERING.fullmatch(one["value"]) and commits(cleaned(one["value"]))
    ]
    if not found:
        return None
    # All of the paragraph's: which of several is meant, nobody says.
    values = [cleaned(one["value"]) for one in found]
    offered = further(paragraph, found[-1].end(), commits)
    return as_one([*values, *([offered] if offered else [])]), BOLD


def _bold_end(text: str) -> str:
    """Return the last paragraph, with those before it that are bold and nothing else."""
    *before, last = text.split("\n\n")
    kept = [last]
    while before and _BOLD.fullmatch(before[-1].strip()) and _BOLD.fullmatch(last.strip()):
        kept.insert(0, before.pop())
    return "\n".join(kept)


def _closing(text: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    line = text[-_END:].rpartition("\n")[2]
    if _LISTED.match(line):
        return None
    sentences = [part.strip() for part in _SENTENCE.split(line) if part.strip()]
    last = sentences[-1] if sentences else ""
    if len(sentences) > 1 and not _CONCLUDES.match(last):
        return None
    # "x = 3 and x = 4": which of them is meant, nobody says.
    if several_stated(last) or _UNFINISHED.search(last) or not _balanced(last):
        return None
    content = _stated(last)
    if content and commits(content):
        return only_number(content) or content, CLOSING
    return _concluded(last, commits)


def _concluded(sentence: str, commits: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return what a sentence concludes in a few words, or with its only number."""
    word = _CONCLUDES.match(sentence)
    if word is None or _UNSURE.search(sentence) or _CONDITION.search(sentence):
        return None
    rest = cleaned(sentence[word.end() :].lstrip(" ,:"))
    if len(rest.split()) > _WORDS or not rest or not commits(rest):
        rest = cleaned(only_number(without_signs(sentence)) or "")
    return (rest, CLOSING) if rest and commits(rest) else None


def _balanced(content: str) -> bool:
    """Return whether every bracket of a formula is closed; a response may stop within one."""
    marks = [sum(map(content.count, group)) for group in ("{", "}", "([", ")]")]
    return marks[0] == marks[1] and marks[2] == marks[3]


def _stated(sentence: str) -> str:
    """Return the value in which a sentence ends; empty where it says that it is unsure."""
    stated = _ENDS_IN_FORMULA.fullmatch(sentence)
    if stated is None or _LISTING.search(stated["before"]):
        stated = _PREDICATE.fullmatch(without_signs(sentence))
    if stated is None:
        return ""
    before = stated["before"]
    doubt = _UNSURE.search(before, max(0, len(before) - _NEAR)) or _CONDITION.search(before)
    return "" if doubt else cleaned(stated["value"])
