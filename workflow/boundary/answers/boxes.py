r"""The boxes of a response: ``\boxed{…}``, matched by braces.

Everything here is linear in the length of the text, as responses are hostile
input and this code runs outside the limits of the killable workers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

END_OF_REASONING = "</think>"

# A doubled backslash before "boxed" is an escaped one: a line break there would
# leave the bare word, which nobody writes.
_TOKEN = re.compile(r"\\{1,2}boxed\s*\{|\\.|[{}]", re.DOTALL)
#: What may stand between two boxes of one statement, beside white space.
_JOINT = re.compile(
    r"(?:[\s$,;:&*]|\\[()\[\],;!]|\\q?quad\b|\\text\s*\{\s*(?:and|or)\s*\}|and\b|or\b)*"
)
_JOINT_LENGTH = 40


class Box(NamedTuple):
    """One closed box: its content and where its content lies in the text."""

    content: str
    start: int
    end: int


def after_reasoning(response: str) -> str:
    """Return what follows the last ``</think>``; everything when there is none."""
    _, mark, after = response.rpartition(END_OF_REASONING)
    return after if mark else response


def boxes(text: str) -> list[Box]:
    r"""Return the closed boxes of a text in order; of nested boxes the innermost."""
    start = text.find("\\boxed")
    if start < 0:
        return []
    open_braces: list[int | None] = []
    found: list[Box] = []
    for token in _TOKEN.finditer(text, max(start - 1, 0)):
        mark = token.group()
        if mark == "}":
            begin = open_braces.pop() if open_braces else None
            if begin is not None and (not found or begin > found[-1].start):
                found.append(Box(text[begin : token.start()].strip(), begin, token.end()))
        elif mark == "{":
            open_braces.append(None)
        elif mark.endswith("{") and len(mark) > 2:
            open_braces.append(token.end())
    return found


def last_box(response: str) -> str | None:
    r"""Return the content of the last brace-matched ``\boxed{…}``.

    Parameters
    ----------
    response : str
        A model's response.  Where it closes its reasoning with ``</think>``,
        only what follows the last such mark counts.

    Returns
    -------
    str or None
        The content without outer white space, possibly empty; of nested boxes
        the innermost; None when no box is closed.
    """
    found = boxes(after_reasoning(response))
    return found[-1].content if found else None


def last_statement(text: str, found: list[Box]) -> list[str]:
    r"""Return the contents of the boxes that make up the last statement.

    Boxes with nothing between them but commas, "and" or "or" are one
    statement: ``\boxed{3}`` or ``\boxed{4}`` declares both.
    """
    last = len(found) - 1
    first = last
    while first and _joined(text, found[first - 1], found[first]):
        first -= 1
    return [box.content for box in found[first : last + 1]]


def _joined(text: str, one: Box, other: Box) -> bool:
    opening = text.rfind("\\boxed", one.end, other.start)
    if opening < 0 or opening - one.end > _JOINT_LENGTH:
        return False
    return _JOINT.fullmatch(text[one.end : opening].rstrip("\\")) is not None
