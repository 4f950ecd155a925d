"""Which text of a response is its program, and what stands in front of it."""

from __future__ import annotations

import time

import pytest

from boundary.verify.code.program import program_of

F = "def f(x):\n    return x + 1\n"


def own(response: str, entry_point: str | None = "f") -> str:
    style = "function" if entry_point else "stdio"
    return program_of(response, style, entry_point, "Write f.").own


@pytest.mark.parametrize(
    ("response", "program"),
    [
        (F, F),
        (f"Here:\n```python\n{F}```\nDone.", F),
        (f"```py\n{F}```", F),
        (f"```\n{F}```", F),
        (f"~~~python\n{F}~~~", F),
        (f"````python\n{F}````", F),
        ("```python\ndef f(x):\n    return 0\n```\nBetter:\n```python\n" + F + "```", F),
        (f"<think>\n```python\ndef f(x): return 0\n```\n</think>\n{F}", f"\n{F}"),
        (f"```python\n{F}```\nUsage:\n```python\nprint(f(1))\n```", F),
        (f"```python\n{F}```\n```\n2\n```", F),
        (f"I think:\n```python\n{F}", F),
        (f"{F}```\nThat is all.", F),
        (f"    return x\n```\n```python\n{F}```", F),
        (f"1. So:\n   ```python\n   {F[:-1].replace(chr(10), chr(10) + '   ')}\n   ```\n", F),
        ("```python\n```", ""),
        ("", ""),
        ("   \n", ""),
    ],
)
def test_the_last_block_that_defines_the_function(response: str, program: str) -> None:
    assert own(response) == (program if program.strip() else "")


def test_in_stdio_style_it_is_the_last_block() -> None:
    assert own("```python\nprint(1)\n```\n```python\nprint(2)\n```", None) == "print(2)\n"


def test_without_the_function_it_is_the_last_block() -> None:
    assert own("```python\na = 1\n```\n```python\nb = 1\n```") == "b = 1\n"


BEGINNING = (
    "from typing import List\n\ndef helper(x):\n    return x\n\n"
    'def f(xs: List[int]) -> int:\n    """Add.\n    >>> f([1])\n    1\n    """\n'
)


@pytest.mark.parametrize(
    "response",
    [
        "    return sum(xs)\n",
        "```python\n    return sum(xs)\n```",
        "    return sum(xs)\n```\nThis sums.",
        "```python\ndef f(xs: List[int]) -> int:\n    return helper(sum(xs))\n```",
        BEGINNING + "    return sum(xs)\n",
        "from __future__ import annotations\ndef f(xs: Unknown):\n    return sum(xs)\n",
    ],
)
def test_a_question_that_begins_the_program_stands_in_front(response: str) -> None:
    program = program_of(response, "function", "f", BEGINNING)
    names: dict = {}
    exec(compile(program.text, "p", "exec", dont_inherit=True), names)
    assert names["f"]([1, 2]) == 3
    assert program.own in response


def test_any_other_question_does_not() -> None:
    for question in (
        "Write f.",
        '"""\nassert f(1) == 2\n"""\n',
        "def g():\n    pass\n",
        "def f(:\n",
    ):
        assert program_of(F, "function", "f", question).text == F


def test_programs_of_livecodebench_get_its_imports() -> None:
    method = "class Solution:\n    def f(self, xs: List[int]) -> int:\n        return gcd(*xs)\n"
    names: dict = {}
    exec(program_of(method, "function", "Solution.f", "Write it.").text, names)
    assert names["Solution"]().f([4, 6]) == 2
    exec(program_of("found = deque([1])\n", "stdio", None, "Write it.").text, names)
    assert list(names["found"]) == [1]


@pytest.mark.parametrize("piece", ["```", "```python\n", "~~~\n", "`" * 50, "\n \t", "</think>"])
def test_long_responses_take_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    own(text)
    assert time.process_time() - start < 2
