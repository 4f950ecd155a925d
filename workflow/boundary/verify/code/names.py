"""What a program defines, lacks and does, read from its syntax tree.

This file runs *inside* the sandbox, with the standard library only.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from boundary.verify.code.source import Source, names_bound, names_loaded, targets

_GIVEN = frozenset({*dir(builtins), "__name__", "__file__", "__doc__"})


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those under conditions too."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for part in ("body", "orelse", "finalbody"):
                yield from _top(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _top(handler.body)


def is_stub(body: list[ast.stmt]) -> bool:
    """Whether a body does nothing: a docstring, ``pass``, ``...``, NotImplementedError."""
    for node in body:
        if isinstance(node, ast.Pass):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Raise) and "NotImplemented" in ast.dump(node):
            continue
        return False
    return True


def defines(source: Source, name: str, method: str | None) -> bool:
    """Whether a program defines a name, or a class with a method, and not only its outline."""
    last = None
    for node in _top(source.tree.body):
        if not isinstance(node, (ast.Import, ast.ImportFrom)) and name in targets(node):
            last = node
    if isinstance(last, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return method is None and not is_stub(last.body)
    if isinstance(last, ast.ClassDef):
        if method is None:
            return not is_stub(last.body)
        parts = [node for node in last.body if method in targets(node)]
        if not parts:
            return bool(last.bases) and not is_stub(last.body)
        return not (isinstance(parts[-1], ast.FunctionDef) and is_stub(parts[-1].body))
    return last is not None


def lacks(tree: ast.AST, known: set[str]) -> set[str]:
    """Return the names that a program reads and nothing binds."""
    return names_loaded(tree) - names_bound(tree) - known - _GIVEN


def joined(source: Source, others: list[Source], known: set[str]) -> str:
    """Return the imports and helpers of other texts, nearest first, that a program lacks."""
    missing = lacks(source.tree, known)
    taken: list[str] = []
    had: set[str] = set()
    while missing:
        name = min(missing)
        missing.discard(name)
        had.add(name)
        for other in others:
            nodes = [node for node in other.tree.body if name in targets(node)]
            stars = [n for n in other.tree.body if isinstance(n, ast.ImportFrom)
                     and n.names[0].name == "*"]  # fmt: skip
            for node in nodes or stars:
                text = other.segment(node)
                if text not in taken:
                    taken.insert(0, text)
                missing |= lacks(ast.parse(text), known) - had
            if nodes:
                break
    return "".join(f"{text}\n" for text in taken)


def acts(source: Source) -> bool:
    """Whether a program does anything by itself: it calls, outside of functions."""
    rest = [
        node
        for node in source.tree.body
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    return any(isinstance(n, ast.Call) for node in rest for n in ast.walk(node))


def reads(source: Source) -> bool:
    """Whether it reads standard input."""
    names = {n.id for n in ast.walk(source.tree) if isinstance(n, ast.Name)}
    parts = {n.attr for n in ast.walk(source.tree) if isinstance(n, ast.Attribute)}
    imports = {a.name for n in ast.walk(source.tree) if isinstance(n, (ast.Import, ast.ImportFrom))
               for a in n.names}  # fmt: skip
    opens = any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "open"
        for n in ast.walk(source.tree)
    )
    return opens or bool((names | parts | imports) & {"input", "stdin", "fileinput", "raw_input"})


def returns(source: Source, name: str) -> bool:
    """Whether the function of this name gives back anything, in its own body."""
    for node in source.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            waiting: list[ast.AST] = list(node.body)
            while waiting:
                part = waiting.pop()
                if isinstance(part, (ast.Return, ast.Yield, ast.YieldFrom)):
                    return True
                if not isinstance(part, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
                    waiting += ast.iter_child_nodes(part)
    return False
