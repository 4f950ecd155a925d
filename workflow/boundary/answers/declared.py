r"""Declarations of an answer other than a box: elements, marks, and words in any language.

Everything is looked for from the end of the response, as the last one counts,
and only so far as is needed to know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from boundary.answers.boxes import Box
from boundary.answers.clause import cleaned, opens_box, read_clause, several_stated
from boundary.answers.doubt import further
from boundary.answers.phrases import lowered, only_said_of_it, phrases
from boundary.answers.statement import as_one, last_statement
from boundary.extraction import ELEMENT, LINE, MARK

_ELEMENTS = tuple(
    (f"{left}{name}{right}", f"{left}/{name}{right}")
    for name, left, right in (
        ("answer", "<", ">"),
        ("final_answer", "<", ">"),
        ("ans", "<", ">"),
        ("answer", "[", "]"),
    )
)
#: Longest content of an element that was left open.
_LONGEST_OPEN = 200
#: The line with which worked solutions of GSM8K end; a heading of that level is none.
_MARK = re.compile(r"^[ \t]*#### ?(?P<value>[^\n]{1,200})$", re.MULTILINE)
_VALUE = re.compile(
    r"[$\\]?\s?[-+−]?\s?[$€£]?\d[\d,.]*(?:/\d+)?\s?(?:%|\\%|[a-zA-Z]{1,12})?[$.]?\s*|\$[^$]+\$\s*|"
    r"\\\(.+\\\)\s*|\*\*[^*]+\*\*\s*|\(?[A-Z]\)?\s*"
)
_MOST_ELEMENTS = 20


class Declaration(NamedTuple):
    """What was declared, where, and in which form.

    Attributes
    ----------
    content : str
        Without outer white space, possibly empty.
    start, end : int
        Where it lies in the text, the words that announce it included.
    form : str
        ``answer element``, ``answer mark``, ``answer line`` or ``answer sentence``.
    commits : bool
        Whether it is a value, which a box before it gives way to.
    """

    content: str
    start: int
    end: int
    form: str
    commits: bool

    @property
    def box(self) -> Box:
        """The declaration as a box, so that neighbours can be held against each other."""
        return Box(self.content, self.start, self.end)


def declarations(
    text: str, after: int, commits: Callable[[str], bool], *, truncated: bool
) -> Iterator[Declaration]:
    """Yield the declarations behind a place of the text, the last first.

    Parameters
    ----------
    text : str
        A response without its reasoning.
    after : int
        Only what stands behind this place is read.
    commits : callable
        Whether a content is a value of the kind that is asked for.
    truncated : bool
        Whether the response was cut off: an element that stands open then may
        lack the end of its content.
    """
    tail = text[after:]
    low = lowered(tail)
    found = [*_elements(tail, low, commits, truncated=truncated), *_marks(tail)]
    worded = _phrases(tail, low, commits)
    for one in _merged(found, worded) if found else worded:
        yield one._replace(start=one.start + after, end=one.end + after)


def _merged(found: list[Declaration], worded: Iterator[Declaration]) -> list[Declaration]:
    """Put phrases among elements and marks, those within an element left out."""
    outside = [
        one for one in worded if not any(other.start <= one.start < other.end for other in found)
    ]
    return sorted([*found, *outside], key=lambda one: one.end, reverse=True)


def _phrases(text: str, low: str, commits: Callable[[str], bool]) -> Iterator[Declaration]:
    inner = len(text)
    for phrase in phrases(text, low):
        if phrase.value is None:
            content, end = read_clause(text, phrase.end)
        else:
            content, end = cleaned(phrase.value), phrase.end
        if phrase.start < inner < end:
            content, end = cleaned(text[phrase.end : inner]), inner
            if not commits(content):
                continue  # "Final answer: The answer is 5." announces once
        if not content and phrase.form != LINE:
            continue
        if phrase.form != LINE and only_said_of_it(content):
            continue
        firm = commits(content)
        if not firm and phrase.form == LINE:
            stated = _predicate(content)
            if stated is not None and commits(stated):
                content, firm = stated, True
        inner = phrase.start
        yield Declaration(content, phrase.start, end, phrase.form, firm)


#: A whole sentence where the value alone was due: "The largest $n$ is 34".
_IS = re.compile(r".*(?:\s(?:is|are|equals|be)|是|为|=)\s*(?P<value>\S.*)", re.DOTALL)


def _predicate(content: str) -> str | None:
    found = None if several_stated(content) else _IS.fullmatch(content)
    return cleaned(found["value"]) if found else None


def _elements(
    text: str, low: str, commits: Callable[[str], bool], *, truncated: bool
) -> Iterator[Declaration]:
    for opening, closing in _ELEMENTS:
        start = low.rfind(opening)
        if start < 0:
            continue
        if start > low.rfind(closing) and not truncated:
            held = text[start + len(opening) :].strip()
            if held and len(held) <= _LONGEST_OPEN and "\n\n" not in held:
                yield _element(held, start, len(text), commits)
        end = len(low)
        for _ in range(_MOST_ELEMENTS):
            close = low.rfind(closing, 0, end)
            start = low.rfind(opening, 0, close) if close >= 0 else -1
            if start < 0:
                break
            held = text[start + len(opening) : close].strip()
            yield _element(held, start, close + len(closing), commits)
            end = start


def _element(held: str, start: int, end: int, commits: Callable[[str], bool]) -> Declaration:
    """Read what an element declares: by its own words, else all of it."""
    worded = list(islice(_phrases(held, lowered(held), commits), _MOST_ELEMENTS))
    if worded:
        stated = last_statement(held, [one.box for one in reversed(worded)])
        offered = further(held, worded[0].end, commits)
        content = as_one([*stated, *([offered] if offered else [])])
        return Declaration(content, start, end, ELEMENT, worded[0].commits)
    content = "" if opens_box(held) else cleaned(held)
    return Declaration(content, start, end, ELEMENT, bool(content))


def _marks(text: str) -> list[Declaration]:
    if "####" not in text:
        return []
    found = []
    for line in _MARK.finditer(text):
        if _VALUE.fullmatch(line["value"]):
            content = cleaned(line["value"])
            found.append(Declaration(content, line.start(), line.end(), MARK, True))
    return found[-_MOST_ELEMENTS:]
