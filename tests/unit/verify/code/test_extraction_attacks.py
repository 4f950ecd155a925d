"""Responses that hold a right program which is not theirs: none passes.

A right program that stands in a comment, a string, the reasoning, behind the end
of the turn or beside another one is not what the response answers with, and of
several programs none is taken because it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.verify.code.program import Ask, programs_of
from sandboxed import InProcess

Judged = Callable[..., list[dict[str, Any]]]
R = "def f(n):\n    return n * n + 7\n"
W = "def f(n):\n    return n\n"
I4 = R.replace("\n", "\n    ").rstrip(" ")
DOC = f'"""\n{R}"""'


def block(text: str, tag: str = "python") -> str:
    return f"```{tag}\n{text}```\n"


FUNCTIONS = {
    "in a docstring": block(f"def f(n):\n    {DOC}\n    return n\n"),
    "in the docstring of a broken program": block(f"def f(n):\n    {DOC}\n    return n n\n"),
    "the same without a fence": f"def f(n):\n    {DOC}\n    return n n\n",
    "in a docstring of a cut program": f"```python\ndef f(n):\n    {DOC}\n    return (n",
    "in a fence of a docstring": block(f'def f(n):\n    """\n{block(R)}"""\n    return n\n'),
    "the same, broken": block(f'def f(n):\n    """\n{block(R)}"""\n    return n n\n'),
    "behind an open string": f"def f(n):\n    '''\n{R}\n",
    "in a string constant": block(f"S = '''\n{R}'''\n{W}"),
    "in a string that is executed nowhere": block(f"S = {R!r}\n{W}"),
    "in comments": block("".join(f"# {line}\n" for line in R.splitlines()) + W),
    "in comments of a broken program": "".join(f"# {line}\n" for line in R.splitlines()) + "f = =",
    "in the reasoning": f"<think>{block(R)}</think>\n{block(W)}",
    "in the reasoning alone": f"<think>{block(R)}</think>\nI am sure.",
    "behind the end of the turn": f"{block(W)}<|im_end|>\n{block(R)}",
    "behind the end of the document": f"{W}<|endoftext|>\n{R}",
    "before another": block(R) + "or\n" + block(W),
    "before another, hedged": f"It could be\n{block(R)}\nMaybe rather\n{block(W)}One is right.",
    "before another in one block": block(R + "\n" + W),
    "before another without a fence": f"Either\n\n{R}\nor, longer:\n\n{W}\n\nx = f(1)\n",
    "in a nested function": block(f"def g():\n    {I4}    return f\n{W}"),
    "in a nested function of a broken one": f"def g(:\n\n    {I4}\n",
    "in another class": block(f"class A:\n    {I4}\n{W}"),
    "in a branch never taken": block(f"{W}if False:\n    {I4}\n"),
    "deleted": block(f"{R}del f\n"),
    "bound anew": block(f"{R}f = lambda n: n\n"),
    "under another name": block(R.replace("f(", "g(")) + block("from solution import g as f\n"),
    "in a block of text before": block(R, "text") + block(W),
    "in a bare block behind": block(W) + block(R, ""),
    "in Markdown before": f"````markdown\n{block(R)}````\n{block(W)}",
    "in quotation": "> " + block(R).replace("\n", "\n> ") + "\nNo:\n" + block(W),
    "half of two": block("def f(n):\n") + block("    return n * n + 7\n"),
    "only its outline": block("def f(n):\n    pass\n") + "It returns n * n + 7.",
    "words": "f(n) = n * n + 7",
}  # fmt: skip

BEGINNING = 'def f(n: int) -> int:\n    """Square and add seven."""\n'
CONTINUATIONS = {
    "a comment": "    # return n * n + 7\n    return n\n",
    "behind a return": "    return n\n    return n * n + 7\n",
    "another function": "    return n\n\n\ndef g(n):\n    return n * n + 7\n",
    "a string": "    '''\n    return n * n + 7\n    '''\n",
    "a mended string": "'''\nreturn n * n + 7\n'''\nreturn n\n",
    "behind the end": "    return n\n<|endoftext|>\n    return n * n + 7\n",
    "another block": "```python\n    return n * n + 7\n```\nNo:\n```python\n    return n\n```\n",
    "a usage": "```python\nprint(n * n + 7)\n```\n",
}

S, T = "n = int(input())\nprint(n * n + 7)\n", "n = int(input())\nprint(n)\n"
SCRIPTS = {
    "in a string": block(f"'''\n{S}'''\n{T}"),
    "in a string of a broken one": f"'''\n{S}'''\nprint(int(input()) 1)\n",
    "before another": block(S) + "or\n" + block(T),
    "in a function never called": block(f"def main():\n    {'    '.join(S.splitlines(True))}"),
    "behind the end": f"{T}<|im_end|>{S}",
    "in text before": block(S, "text") + block(T),
    "in the reasoning": f"<think>\n{block(S)}</think>\n{block(T)}",
    "in comments": block("".join(f"# {line}\n" for line in S.splitlines()) + T),
    "an output that is known": block("7\n8\n16\n", "output"),
}  # fmt: skip

TESTS = {
    "style": "function",
    "entry_point": "f",
    "cases": [{"args": [n], "expected": n * n + 7} for n in (3, 1, 0)],
}
STDIO = {
    "style": "stdio",
    "cases": [{"stdin": f"{n}\n", "stdout": f"{n * n + 7}\n"} for n in (3, 1, 0)],
}


@pytest.mark.parametrize(
    ("tests", "attacks", "question", "honest"),
    [
        (TESTS, FUNCTIONS, "Write f.", block(R)),
        (TESTS, CONTINUATIONS, BEGINNING, "    return n * n + 7\n"),
        (STDIO, SCRIPTS, "Write it.", block(S)),
    ],
)
def test_no_right_program_is_picked(
    judged: Judged, tests: dict, attacks: dict[str, str], question: str, honest: str
) -> None:
    rows = judged(tests, honest, *attacks.values(), question=question)
    assert rows[0]["correct"]
    passed = [name for name, row in zip(attacks, rows[1:], strict=True) if row["correct"]]
    assert passed == []


BOMBS = (
    *("(" * 90_000, "-" * 90_000 + "1", "[" * 90 + "0", "f'" + "{" * 4000),
    *("x = " + "a." * 40_000, "if x:\n" * 90, "\x00", "lambda:" * 30_000),
    *("not " * 30_000 + "x", "9" * 90_000, "def f(n):\n" + " if n:\n" * 400, "\u4e00" * 9000),
)


def test_text_that_harms_a_parser_harms_no_other_response(judged: Judged) -> None:
    bombs = [text for bomb in BOMBS for text in (bomb, block(bomb), R + "\n" + bomb)]
    rows = judged(TESTS, *bombs, block(R))
    assert rows[-1]["correct"]
    assert {row["verdict"] for row in rows} <= {"correct", "error", "resource"}


def test_a_response_says_nothing_of_how_its_neighbours_are_read() -> None:
    asks = [Ask(text, "f", "Write f.") for text in (*FUNCTIONS.values(), block(R), block(R), "")]
    together = programs_of(InProcess(), asks)  # type: ignore[arg-type]
    assert together == [programs_of(InProcess(), [ask])[0] for ask in asks]  # type: ignore[arg-type]
