"""The same programs in every dress: as many right ones pass, and no wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from program_styles import STYLES, piece_of

QUESTION = (
    "from typing import List\n\n\ndef base(x: int) -> int:\n    return 7\n\n\n"
    'def f(n: int) -> int:\n    """ Square, and add seven.\n    >>> f(2)\n    11\n    """\n'
)
BODY = "    total = base(n)\n    for _ in range(1):\n        total += n * n\n    return total\n"
PROGRAMS = {
    "continues": (QUESTION, QUESTION + BODY),
    "begins anew": ("Write f.", "import math\n\ndef f(n):\n    return int(math.pow(n, 2)) + 7\n"),
    "has a helper": ("Write f.", 'def g(n):\n    """Square."""\n    return n * n\n\n'
                                 "def f(n):\n\tif n:\n\t\treturn g(n) + 7\n\treturn 7\n"),
}  # fmt: skip
TESTS = {
    "style": "function",
    "entry_point": "f",
    "cases": [{"args": [n], "expected": n * n + 7} for n in (3, 1, 0)],
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_dress_neither_helps_nor_harms(
    judged: Callable[..., list[dict[str, Any]]], name: str
) -> None:
    question, right = PROGRAMS[name]
    wrong = right.replace("n * n", "n * 3").replace("math.pow(n, 2)", "math.pow(n, 3)")
    dressed = [
        style(piece_of(question, program, "f")) for program in (right, wrong)
        for style in STYLES.values()
    ]  # fmt: skip
    passed = [row["correct"] for row in judged(TESTS, *dressed, question=question)]
    assert dict(zip(STYLES, passed[: len(STYLES)], strict=True)) == dict.fromkeys(STYLES, True)
    assert dict(zip(STYLES, passed[len(STYLES) :], strict=True)) == dict.fromkeys(STYLES, False)
