"""The pieces of a text that parse as a program.

This file runs *inside* the sandbox, with the standard library only.

Only whole statements at the left margin are left out or taken over, so that
nothing that stands in a comment, a string or a function becomes a program.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import re
from collections.abc import Iterator

from boundary.verify.code.source import (
    Parser,
    Source,
    dedent,
    names_bound,
    names_loaded,
    targets,
)

_LOOP = ["else", "elif", "except", "finally"]
_TRIPLE = re.compile(
    r"\\[^\n]|(\"\"\"|''')|\"(?:[^\"\\\n]|\\[^\n])*+\"|'(?:[^'\\\n]|\\[^\n])*+'|#[^\n]*+"
)
#: Marks of a format that stand at the beginning or the end of a line.
_OPENS = (
    r"<[|｜][^\s<>|｜]{1,40}[|｜]>|<(?:answer|code|pre|python|solution|response|output)(?:\s[^<>\n]{0,80})?>"
    r"|\[(?:PYTHON|BEGIN|SOLUTION|CODE|ANSWER|START)\]"
    r"|\\begin\{(?:lstlisting|verbatim|minted|python|code)\}(?:\[[^\]\n]*\])?(?:\{\w*\})?|\\boxed\{"
)
_CLOSES = (
    r"<[|｜][^\s<>|｜]{1,40}[|｜]>|</(?:answer|code|pre|python|solution|response|output|s)>"
    r"|\[/?(?:PYTHON|BEGIN|SOLUTION|CODE|ANSWER)\]|\[(?:DONE|END|STOP)\]"
    r"|\\end\{(?:lstlisting|verbatim|minted|python|code)\}"
)
_OPEN_LINE = re.compile(rf"^[ \t]*(?:{_OPENS})+[ \t]*")
_CLOSE_LINE = re.compile(rf"(?:{_CLOSES})+[ \t]*$")
#: A line that no program holds: what ends a part of a response.
_BREAK = "?"
_HEADS = re.compile(r"(?:async\s+)?(?:def|class)\s|@|(?:if|for|while|with|try|match)\b.*:")


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
        and line[0] not in " \t\r"
        and number not in inside
        and re.split(r"\W", line, maxsplit=1)[0] not in _LOOP
        and not (number and lines[number - 1].startswith("@"))
    ]


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
        source = without_prose(parser, source, calls=calls)
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


def without_prose(parser: Parser, source: Source, *, calls: bool, after: int = 0) -> Source:
    """Leave out words that happen to parse: statements of unknown names that do nothing.

    Parameters
    ----------
    parser : Parser
    source : Source
    calls : bool
        As in `pieces`.
    after : int
        Lines at the beginning in which nothing is left out.
    """
    if any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in source.tree.body):
        return source
    known = _module_names(source.tree) | set(dir(builtins))
    lines = source.lines[:]
    for node in source.tree.body:
        if node.lineno > after and _is_prose(node, known, calls):
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    if lines == source.lines:
        return source
    again = parser.parse("\n".join(lines))
    return source if isinstance(again, int) else again


def _is_prose(node: ast.stmt, known: set[str], calls: bool) -> bool:
    unknown = names_loaded(node) - known - names_bound(node)
    if isinstance(node, ast.AnnAssign):  # "Complexity: O(n)", "Example: n = 5"
        noted = node.value is None or ast.unparse(node.target)[:1].isupper()
        return noted and bool(unknown)
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if not any(isinstance(part, (ast.Call, ast.Await)) for part in ast.walk(value)):
        return bool(unknown)
    if calls:
        return False
    if isinstance(value, ast.Call):  # "O(1)", "e.g. f(2)"
        root: ast.expr = value
        while isinstance(root, (ast.Call, ast.Attribute, ast.Subscript)):
            root = root.func if isinstance(root, ast.Call) else root.value
        return isinstance(root, ast.Name) and root.id in unknown
    return isinstance(value, (ast.Compare, ast.BinOp, ast.Tuple))  # "f(2) == 11"


def _module_names(tree: ast.Module) -> set[str]:
    """Return the names that are bound outside of functions and classes."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*inner, ast.Import, ast.ImportFrom)):
            names |= set(targets(node))
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        if not isinstance(node, (*inner, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return names


def _indented(parser: Parser, lines: list[str], margins: list[int]) -> Iterator[Source]:
    """Yield the paragraphs that are indented as a whole, and belong to no statement."""
    bounds = [-1, *margins, len(lines)]
    for before, after in itertools.pairwise(bounds):
        code = before >= 0 and (_begins(lines[before]) or lines[before][0] in ")]}")
        if code or (before >= 0 and _HEADS.match(lines[before])):
            continue
        run = lines[before + 1 : after]
        text = dedent("\n".join(run))
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
