"""One program in many dresses, from clean chat to the run-on text of a base model."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from typing import NamedTuple


class Piece(NamedTuple):
    """A program to be dressed.

    Attributes
    ----------
    program : str
        The whole of it, with a newline at its end.
    entry : str
        The function it is asked for.
    body : str
        What follows the question where that begins the program; else empty.
    """

    program: str
    entry: str
    body: str = ""


def piece_of(question: str, program: str, entry: str) -> Piece:
    """Return a program as it answers a question that may begin it."""
    tree = ast.parse(program)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == entry]
    if f"def {entry}(" not in question or not functions:
        return Piece(program.rstrip() + "\n", entry)
    if program.startswith(question):
        return Piece(program.rstrip() + "\n", entry, program[len(question) :].strip("\n") + "\n")
    statements = functions[-1].body
    if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
        statements = statements[1:]
    body = "\n".join(map(ast.unparse, statements)) or "pass"
    return Piece(program.rstrip() + "\n", entry, textwrap.indent(body, "    ") + "\n")


def _fence(text: str, opening: str = "```python", closing: str = "```") -> str:
    return f"{opening}\n{text}{closing}"


def _docstring_fence(piece: Piece) -> str:
    usage = f'USAGE = """\n```\n>>> {piece.entry}(1)\n```\n"""\n'
    return f"{_fence(piece.program + usage)}\nDone."


def _split(piece: Piece) -> str:
    """Return the imports in a block of their own."""
    tree = ast.parse(piece.program)
    lines = piece.program.split("\n")
    imports = ["import math"]
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports += lines[node.lineno - 1 : node.end_lineno]
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    first = "\n".join(imports) + "\n"
    return f"First the imports:\n{_fence(first)}\n\nThen:\n{_fence(chr(10).join(lines))}\n"


def _shifted(piece: Piece) -> str:
    body = piece.body or piece.program
    return textwrap.indent(body, " ") if piece.body else _fence(textwrap.indent(body, "  "))


def _tabs(piece: Piece) -> str:
    if not piece.body:
        return _fence(textwrap.indent(piece.program, "\t"))
    lines = piece.body.split("\n")
    widths = [len(line) - len(line.lstrip(" ")) for line in lines]
    return "\n".join("\t" * (w // 4) + " " * (w % 4) + line.lstrip(" ")
                     for w, line in zip(widths, lines, strict=True))  # fmt: skip


def _stub(piece: Piece) -> str:
    return _fence(f"def {piece.entry}(*values):\n    ...\n")


def _usage(piece: Piece) -> str:
    shell = _fence("python a.py\n", "```bash")
    return f"{_fence(f'print({piece.entry})' + chr(10))}\nOutput:\n```\n16\n```\nRun:\n{shell}"


_RUN_ON = '\n\nif __name__ == "__main__":\n    print("done")\n\n\ndef another(x: int) -> in'
_CPP = "#include <vector>\nint solve(int n) {\n  return n;\n}\n"

#: From clean chat to the run-on text of a base model.
STYLES: dict[str, Callable[[Piece], str]] = {
    "chat": lambda p: f"Here is it.\n\n{_fence(p.program)}\n\nIt loops once.\n",
    "label": lambda p: f"**Answer:** {_fence(p.program)}\n",
    "answer tag": lambda p: f"<think>Loop.</think>\n<answer>{_fence(p.program)}</answer>",
    "token": lambda p: f"{_fence(p.program)}<|eot_id|>\n<|start_header_id|>user",
    "words": lambda p: f"{_fence(p.program)} This works in O(n).\n",
    "quote": lambda p: textwrap.indent(_fence(p.program), "> ", lambda _: True),
    "list": lambda p: f"1. Write it:\n\n{textwrap.indent(_fence(p.program), '    ')}\n2. Done.\n",
    "markdown": lambda p: f"````markdown\n## It\n{_fence(p.program)}\n````\n",
    "fence in string": _docstring_fence,
    "stub behind": lambda p: _fence(p.program) + "\nOf the form\n" + _stub(p),
    "usage behind": lambda p: _fence(p.program) + "\nUse:\n" + _usage(p),
    "other language": lambda p: f"{_fence(p.program)}\nIn C++:\n{_fence(_CPP, '```cpp')}\n",
    "imports apart": _split,
    "BOM, CRLF": lambda p: _fence("\ufeff" + p.program).replace("\n", "\r\n"),
    "prose": lambda p: f"It's easy, don't worry:\n\n{p.program}\nThis works: it loops once.\n",
    "tags": lambda p: f"[PYTHON]\n{p.program}[/PYTHON]\n[TESTS]\nassert it ==\n",
    "cut fence": lambda p: f"Sure.\n{_fence(p.program, closing='')}{_RUN_ON}",
    "opened by the prompt": lambda p: f"{p.program}```\n\nThis works.\n```\n16\n```\n",
    "run on": lambda p: f"{p.program}{_RUN_ON}",
    "next document": lambda p: f"{p.program}<|endoftext|>\n\nQ: Write a function\n\ndef {p.entry}(",
    "body": lambda p: f"{p.body or p.program}{_RUN_ON}",
    "body, cut": lambda p: f'{p.body or p.program}\n\ndef g(x):\n    """ Retur',
    "body, stripped": lambda p: (p.body or p.program).lstrip(),
    "body, one more": _shifted,
    "body, tabs": _tabs,
}
