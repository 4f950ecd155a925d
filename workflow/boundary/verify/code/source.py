"""A text that parses, a parser within a budget, and the names of a program.

This file runs *inside* the sandbox, with the standard library only: parsing
hostile text can take exponential time or all memory.
"""

from __future__ import annotations

import ast

#: Characters that are parsed for one response; deterministic, unlike a limit on time.
BUDGET = 3_000_000


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
            source = self.parse(dedent(text))
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


def dedent(text: str) -> str:
    """Return a text without the indentation of its first line that is not empty."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if not filled:
        return text
    margin = filled[0][: len(filled[0]) - len(filled[0].lstrip(" \t"))]
    return "\n".join(line.removeprefix(margin) if line.strip() else "" for line in lines)


def targets(node: ast.stmt) -> list[str]:
    """Return the names that a statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign):
        places: list[ast.expr] = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        places = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.NamedExpr):
        places = [node.value.target]
    else:
        return []
    return [n.id for place in places for n in ast.walk(place) if isinstance(n, ast.Name)]


def names_loaded(tree: ast.AST) -> set[str]:
    """Return the names that a program reads."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def names_bound(tree: ast.AST) -> set[str]:
    """Return the names that a program binds anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= set(targets(node))
    return names
