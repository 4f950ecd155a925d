"""The pieces of a text that parse as a program.

This file runs *inside* the sandbox, with the standard library only: parsing
hostile text can take exponential time or all memory.

Only whole statements at the left margin are left out or taken over, so that
nothing that stands in a comment, a string or a function becomes a program.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import re
from collections.abc import Iterator

#: Characters that are parsed for one response; deterministic, unlike a limit on time.
BUDGET = 3_000_000
_LOOP = ["else", "elif", "except", "finally"]
_TRIPLE = re.compile(
    r"\\[^\n]|(\"\"\"|''')|\"(?:[^\"\\\n]|\\[^\n])*+\"|'(?:[^'\\\n]|\\[^\n])*+'|#[^\n]*+"
)
#: Marks of a format that stand at the beginning or the end of a line.
_OPENS = (
    r"<(?:answer|code|pre|python|solution|response|output)(?:\s[^<>\n]{0,80})?>"
    r"|\[(?:PYTHON|BEGIN|SOLUTION|CODE|ANSWER|START)\]"
    r"|\\begin\{(?:lstlisting|verbatim|minted|python|code)\}(?:\[[^\]\n]*\])?(?:\{\w*\})?|\\boxed\{"
)
_CLOSES = (
    r"</(?:answer|code|pre|python|solution|response|output|s)>"
    r"|\[/?(?:PYTHON|BEGIN|SOLUTION|CODE|ANSWER)\]|\[(?:DONE|END|STOP)\]"
    r"|\\end\{(?:lstlisting|verbatim|minted|python|code)\}"
)
_OPEN_LINE = re.compile(rf"^[ \t]*(?:{_OPENS})+[ \t]*")
_CLOSE_LINE = re.compile(rf"(?:{_CLOSES})+[ \t]*$")
#: A line that no program holds: what ends a part of a response.
_BREAK = "?"
_HEADS = re.compile(r"(?:async\s+)?(?:def|class)\s|@|(?:if|for|while|with|try|match)\b.*:")


class Source:
    """A text that parses.

    Parameters
    ----------
    text : str
    tree : ast.Module
    """

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text, self.tree = text, tree
        self.lines = text.split("\n")

    def segment(self, node: ast.stmt) -> str:
        """Return the lines of a statement, with its decorators."""
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        return "\n".join(self.lines[first - 1 : node.end_lineno])


class Parser:
    """Parses within a budget."""

    def __init__(self) -> None:
        self.left = BUDGET

    def parse(self, text: str) -> Source | int:
        """Return what parses and compiles, or the line of the first error, from 1."""
        self.left -= len(text)
        if self.left < 0:
            return 1
        try:
            tree = ast.parse(text)
            compile(tree, "p", "exec", dont_inherit=True)
        except SyntaxError as error:
            return max(1, error.lineno or 1)
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return 1
        return Source(text, tree)

    def whole(self, text: str) -> Source | None:
        """Return the text if it parses, also where all of it is indented."""
        source = self.parse(text)
        if isinstance(source, int) and text[:1] in " \t\n":
            source = self.parse(_dedent(text))
        return None if isinstance(source, int) else source

    def longest(self, lines: list[str], least: int, margins: list[int]) -> Source | None:
        """Return the most lines from the first on that parse, cut at the left margin.

        More than ``least`` of them, or None.
        """
        end = len(lines)
        while end > least:
            source = self.parse("\n".join(lines[:end]) + "\n")
            if not isinstance(source, int):
                return source
            at = min(source, end) - 1
            end = max((m for m in margins if m <= at), default=0)
            if self.left < 0:
                return None
        return None


def _dedent(text: str) -> str:
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if not filled:
        return text
    margin = filled[0][: len(filled[0]) - len(filled[0].lstrip(" \t"))]
    return "\n".join(line.removeprefix(margin) if line.strip() else "" for line in lines)


def margins_of(text: str) -> list[int]:
    """Return which lines begin something at the left margin, outside of strings."""
    inside: set[int] = set()
    at, dead = 0, set()
    while (mark := _TRIPLE.search(text, at)) is not None:
        at = mark.end()
        quote = mark[1]
        if quote is None or quote in dead:
            continue
        end = text.find(quote, at)
        while end > 0 and text[end - 1] == "\\" and text[end - 2] != "\\":
            end = text.find(quote, end + 1)
        if end < 0:
            dead.add(quote)
            end = len(text)  # whatever follows is in a string
        first = text.count("\n", 0, mark.start())
        inside |= set(range(first + 1, first + 1 + text.count("\n", mark.start(), end)))
        at = end + 3
    lines = text.split("\n")
    return [
        number
        for number, line in enumerate(lines)
        if line.strip()
        and line[0] not in " \t)]}\r"
        and number not in inside
        and re.split(r"\W", line, maxsplit=1)[0] not in _LOOP
        and not (number and lines[number - 1].startswith("@"))
    ]


# --- parts of a text -----------------------------------------------------------------


def clean(text: str) -> str:
    """Return a text whose marks of a format are ends of its parts."""
    lines: list[str] = []
    for line in text.split("\n"):
        body, ended = line.rstrip("\r"), False
        while (mark := _OPEN_LINE.match(body)) is not None:
            lines.append(_BREAK)
            body = body[mark.end() :]
        if (mark := _CLOSE_LINE.search(body)) is not None:
            body, ended = body[: mark.start()], True
        lines.append(body)
        lines += [_BREAK] if ended else []
    return "\n".join(lines)


def pieces(parser: Parser, text: str, *, calls: bool) -> list[Source]:
    """Return the parts of a text that parse, each as long as it can be.

    A part begins at the left margin, or is a paragraph that is indented as a whole.

    Parameters
    ----------
    parser : Parser
    text : str
    calls : bool
        Whether a call of an unknown name is a part of the program; else it is
        words that parse, such as ``O(1)``.
    """
    lines = text.split("\n")
    margins = margins_of(text)
    parts: list[Source] = []
    at = 0
    starts = iter(margins)
    for start in starts:
        if start < at or not _begins(lines[start]):
            continue
        tail = lines[start:]
        source = parser.longest(tail, 0, [m - start for m in margins if m > start])
        if parser.left < 0:
            break
        if source is None:
            continue
        source = _without_prose(parser, source, calls)
        parts.append(source)
        at = start + len(source.lines) - 1
    return parts + list(_indented(parser, lines, margins))


_BEGINNING = re.compile(
    r"(?:from\s+[\w.]+\s+import\b|import\s+\w|(?:async\s+)?(?:def|class)\s+\w|@\w|#|\"\"\"|'''"
    r"|(?:if|for|while|with)\b.*:|try\s*:|[A-Za-z_][\w.\[\], '\"]*\s*(?::[^=]*)?[-+*/|&^%]?=[^=]"
    r"|[A-Za-z_][\w.]*\(|[A-Za-z_]\w*,|[\[({])"
)


def _begins(line: str) -> bool:
    return _BEGINNING.match(line) is not None


def _without_prose(parser: Parser, source: Source, keep_calls: bool) -> Source:
    """Leave out words that happen to parse: statements of unknown names that do nothing."""
    stores = (n for n in ast.walk(source.tree) if isinstance(n, ast.Name))
    known = {n.id for n in stores if not isinstance(n.ctx, ast.Load)} | set(dir(builtins))
    if any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in source.tree.body):
        return source
    known |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    known |= {
        node.name
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    lines = source.lines[:]
    left_out = False
    for node in source.tree.body:
        bare = isinstance(node, ast.Expr) or (
            isinstance(node, ast.AnnAssign) and node.value is None
        )
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        calls = any(isinstance(n, (ast.Call, ast.Await)) for n in ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not keep_calls:
            calls = not isinstance(node.value.func, ast.Name) or node.value.func.id in known
        if bare and not calls and names - known:
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
            left_out = True
    if not left_out:
        return source
    again = parser.parse("\n".join(lines))
    return source if isinstance(again, int) else again


def _indented(parser: Parser, lines: list[str], margins: list[int]) -> Iterator[Source]:
    """Yield the paragraphs that are indented as a whole, and belong to no statement."""
    bounds = [-1, *margins, len(lines)]
    for before, after in itertools.pairwise(bounds):
        if before >= 0 and (_HEADS.match(lines[before]) or _begins(lines[before])):
            continue
        run = lines[before + 1 : after]
        text = _dedent("\n".join(run))
        if text.strip():
            source = parser.longest(text.split("\n"), 0, margins_of(text))
            if source is not None:
                yield source


def longest_of(parts: list[Source]) -> Source:
    """Return the part with the most lines that are not empty, then characters; or the last."""
    return max(reversed(parts), key=lambda part: (filled(part.lines), len(part.text.strip())))


def filled(lines: list[str]) -> int:
    """Return how many lines are not empty."""
    return sum(bool(line.strip()) for line in lines)
