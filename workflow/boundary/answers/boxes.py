r"""The boxes of a response: ``\boxed{…}``, matched by braces.

Everything here is linear in the length of the text, as responses are hostile
input and this code runs outside the limits of the killable workers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from boundary.answers.reasoning import after_reasoning

# A doubled backslash before "boxed" is an escaped one: a line break there would
# leave the bare word, which nobody writes.  A number may follow without braces.
_TOKEN = re.compile(r"\\{1,2}(?:boxed|fbox)\s*(?:\{|(?P<bare>[-+]?\d[\d.,]*))|\\.|[{}]", re.DOTALL)
_NAMES = ("\\boxed", "\\fbox")


class Box(NamedTuple):
    """One closed box: its content, and where it lies in the text, its command included."""

    content: str
    start: int
    end: int


def boxes(text: str) -> list[Box]:
    r"""Return the closed boxes of a text in order; of nested boxes the innermost.

    ``\fbox{…}`` is a box, and so is a number right behind ``\boxed``.
    """
    begins = [place for name in _NAMES if (place := text.find(name)) >= 0]
    if not begins:
        return []
    open_braces: list[tuple[int, int] | None] = []
    found: list[Box] = []
    for token in _TOKEN.finditer(text, max(min(begins) - 1, 0)):
        mark = token.group()
        if mark == "}":
            opened = open_braces.pop() if open_braces else None
            if opened is not None and (not found or opened[0] > found[-1].start):
                command, begin = opened
                found.append(Box(text[begin : token.start()].strip(), command, token.end()))
        elif mark == "{":
            open_braces.append(None)
        elif token["bare"]:
            number = token["bare"].rstrip(".,")
            found.append(Box(number, token.start(), token.start("bare") + len(number)))
        elif mark.endswith("{") and len(mark) > 2:
            open_braces.append((token.start(), token.end()))
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
