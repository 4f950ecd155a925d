r"""The final answer of a response, by the strict rule.

In this order, and only in what follows the reasoning:

1. ``box``: the last statement in ``\boxed{…}``;
2. ``answer element``: the last closed ``<answer>…</answer>``;
3. ``answer line``: the last line that begins with "Answer:" (what it holds, or
   the line after it when it holds nothing);
4. ``answer sentence``: the last "the (final) answer is …", to the end of its line.

Each is a declaration of the final answer in a form that a prompt asks for.  A
number that happens to stand last is none: see `boundary.answers.lenient`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from boundary.answers.boxes import after_reasoning, boxes, last_statement
from boundary.answers.typesetting import bare, normalise

_OPEN, _CLOSE = "<answer>", "</answer>"
#: Markdown before the words: headings, bold, quotes, list marks.
_LINE = re.compile(r"[#>*_\-\s]*(?:final\s+)?answer[*_\s]*:[*_\s]*(.*)", re.IGNORECASE)
_ANSWER_IS = re.compile("answer is", re.IGNORECASE)
_SENTENCE = re.compile(r"\bthe\s+(?:final\s+)?answer\s+is\b[\s:]*([^\n]+)", re.IGNORECASE)
_HOPE = re.compile(r"[.\s]*\bI hope\b.*$", re.IGNORECASE | re.DOTALL)
#: A line is read no further: nobody declares an answer of this length.
_LONGEST_LINE = 4000


class Extraction(NamedTuple):
    """A final answer and how it was found.

    Attributes
    ----------
    answer : str or None
        LaTeX or text, without outer white space, possibly empty; None when
        nothing was declared.
    rule : str
        ``box``, ``answer element``, ``answer line``, ``answer sentence`` or
        ``none``.
    multiple : bool
        Whether boxes of the response differ; the last statement counts.
    """

    answer: str | None
    rule: str
    multiple: bool = False


def final_answer(response: str) -> Extraction:
    """Return the declared final answer of a response.

    Parameters
    ----------
    response : str
        A model's response, hostile or not; time is linear in its length.
    """
    text = after_reasoning(response)
    found = boxes(text)
    if found:
        multiple = len({normalise(box.content) for box in found[-_COMPARED:]}) > 1
        return Extraction(_statement(last_statement(text, found)), "box", multiple)
    element = _last_element(text)
    if element is not None:
        return Extraction(_declared(element), "answer element")
    line = _last_line(text)
    if line is not None:
        return Extraction(line, "answer line")
    sentence = last_sentence(text)
    if sentence is not None:
        return Extraction(sentence, "answer sentence")
    return Extraction(None, "none")


#: Boxes that are looked at for a difference: a response of nothing but boxes stays cheap.
_COMPARED = 100


def _statement(contents: list[str]) -> str:
    """Return one box, or several that were declared together as a list."""
    distinct = list(dict.fromkeys(contents))
    return distinct[0] if len(distinct) == 1 else ", ".join(distinct)


def _last_element(text: str) -> str | None:
    end = text.rfind(_CLOSE)
    start = text.rfind(_OPEN, 0, end) if end >= 0 else -1
    return text[start + len(_OPEN) : end].strip() if start >= 0 else None


def _declared(text: str) -> str:
    """Return what a short text declares: by its own words, else all of it."""
    for read in (_last_line, last_sentence):
        found = read(text)
        if found is not None:
            return found
    return bare(text)


def _last_line(text: str) -> str | None:
    lines = text.splitlines()
    for i in range(len(lines) - 1, -1, -1):
        found = _LINE.match(lines[i][:_LONGEST_LINE])
        if found:
            held = found.group(1).strip() or next(filter(None, map(str.strip, lines[i + 1 :])), "")
            return _inner(held)
    return None


def last_sentence(text: str) -> str | None:
    """Return what stands behind the last "the (final) answer is", to the end of the line."""
    # Not by rfind in text.lower(): lower case can be longer, and places then differ.
    start = max((match.start() for match in _ANSWER_IS.finditer(text)), default=0)
    found = list(_SENTENCE.finditer(text, max(start - 40, 0)))
    return _inner(found[-1].group(1)[:_LONGEST_LINE]) if found else None


def _inner(line: str) -> str:
    """Strip a declaration of what only surrounds it; read on when it holds the other form."""
    nested = _SENTENCE.search(line)
    if nested:
        line = nested.group(1)
    line = _HOPE.sub("", line).strip().strip("*_").strip()
    return bare(line.removesuffix(".").strip())
