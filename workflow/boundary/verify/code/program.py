"""The program of a response, and what it is run with.

A response's program is the last fenced code block after its reasoning, or the
whole response when there is no block.  In function style the last block *that
defines the entry point* is taken where there is one, as a usage example often
follows the solution.  A block that is never closed (a response cut short) goes
to the end; a lone closing fence ends a block that the prompt had opened.

Where the question is the beginning of a program that defines the entry point
(HumanEval), it stands in front: a response that continues it is completed by
it, and one that begins anew finds its imports and helper functions.  Programs
of LiveCodeBench (standard input, or a method of ``Solution``) get the imports
that its own harness puts in front.

Everything here is linear in the length of the text: it runs outside the sandbox.
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass

from boundary.answers.reasoning import after_reasoning

#: Possessive throughout: backtracking would take quadratic time on a long line.
_FENCE = re.compile(r"^([ \t]*+)(`{3,}+|~{3,}+)[ \t]*+([^\s`]*+)[^`\n]*+$", re.MULTILINE)
_BEGINNING = re.compile(r"(?:from \w[\w.]* import |import \w|def \w+\(|class \w+|@\w+|\w+ = )")
_FUTURE = re.compile(r"^from __future__ import [\w, ]+$", re.MULTILINE)
#: What LiveCodeBench's `testing_util` puts before every program.
_MODULES = (
    "string re datetime collections heapq bisect copy math random statistics itertools functools "
    "operator io sys json"
)
_PRELUDE = (
    "".join(f"from {name} import *\nimport {name}\n" for name in _MODULES.split())
    + "from builtins import *\nfrom typing import *\nsys.setrecursionlimit(50000)\n"
)


@dataclass(frozen=True)
class Program:
    """A program as the response has it, and as it is run.

    Attributes
    ----------
    own : str
        The text of the response; empty when there is none.
    text : str
        With what stands in front of it.
    """

    own: str
    text: str


def program_of(response: str, style: str, entry_point: str | None, question: str) -> Program:
    """Return the program of a response.

    Parameters
    ----------
    response : str
        What the model wrote; hostile.
    style : str
        ``function`` or ``stdio``.
    entry_point : str or None
        ``f`` or ``Class.f``; None in stdio style.
    question : str
        As in the problems table.
    """
    name = entry_point.partition(".")[0] if entry_point else None
    own = _extract(after_reasoning(response), name)
    if not own.strip():
        return Program("", "")
    if name is None or (entry_point and "." in entry_point):
        return Program(own, _after(_PRELUDE, own))
    if not _defines(question, name) or not _parses(question):
        return Program(own, own)
    beginning = question if question.endswith("\n") else f"{question}\n"
    # What defines the entry point begins anew; anything else goes on where the question ends.
    return Program(own, _after(beginning, own) if _defines(own, name) else beginning + own)


def _extract(text: str, name: str | None) -> str:
    blocks = _blocks(text, name)
    if not blocks:
        return text
    defining = [block for block in blocks if name is not None and _defines(block, name)]
    return (defining or blocks)[-1]


def _blocks(text: str, name: str | None) -> list[str]:
    """Return the content of the fenced blocks in order."""
    found: list[str] = []
    opened: re.Match[str] | None = None
    for number, fence in enumerate(_FENCE.finditer(text)):
        _, mark, info = fence.groups()
        if number == 0 and not info and _is_code(text[: fence.start()], name):
            found.append(text[: fence.start()])
        elif opened is None:
            opened = fence
        elif not info and mark.startswith(opened.group(2)):
            found.append(_content(text, opened, fence.start()))
            opened = None
    if opened is not None and (opened.group(3) or not found):
        found.append(_content(text, opened, len(text)))
    return found


def _content(text: str, opened: re.Match[str], end: int) -> str:
    inner = text[opened.end() + 1 : end]
    return textwrap.dedent(inner) if opened.group(1) else inner


def _is_code(before: str, name: str | None) -> bool:
    """Whether what stands before the first fence is the rest of a block that the prompt opened."""
    if name is not None and _defines(before, name):
        return True
    first = before.lstrip("\n")
    return bool(first[:1] in " \t" and first.strip()) or _BEGINNING.match(first) is not None


def _defines(text: str, name: str) -> bool:
    """Whether a line at the left margin defines a name; without parsing, which can be attacked."""
    pattern = rf"^(?:(?:async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b|^{re.escape(name)}[ \t]*="
    return re.search(pattern, text, re.MULTILINE) is not None


def _parses(question: str) -> bool:
    try:
        ast.parse(question)
    except (SyntaxError, ValueError):
        return False
    return True


def _after(front: str, program: str) -> str:
    """Put text in front of a program, below its ``from __future__`` lines."""
    futures = _FUTURE.findall(program)
    rest = _FUTURE.sub("", program) if futures else program
    return "".join(f"{line}\n" for line in futures) + front + rest
