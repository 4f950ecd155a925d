"""Which text of a response is its program, and what stands in front of it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from boundary.extraction import PROGRAM_FORMS
from boundary.verify.code.program import Ask, Program, programs_of
from sandboxed import InProcess

F = "def f(x):\n    return x + 1\n"
FENCED = f"```python\n{F}```"


def program_of(response: str, entry_point: str | None = "f", question: str = "Write f.") -> Program:
    (program,) = programs_of(InProcess(), [Ask(response, entry_point, question)])  # type: ignore[arg-type]
    assert program.form is None or program.form in PROGRAM_FORMS
    return program


def run(program: Program) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(program.text, "p", "exec", dont_inherit=True), names)
    return names


def own(response: str, entry_point: str | None = "f") -> str:
    return program_of(response, entry_point).own.strip()


@pytest.mark.parametrize(
    "response",
    [
        F,
        f"Here:\n{FENCED}\nDone.",
        f"```py\n{F}```",
        f"```\n{F}```",
        f"~~~python\n{F}~~~",
        f"````python\n{F}````",
        f"```Python title=\"a.py\"\n{F}```",
        f"```{{.python .numberLines}}\n{F}```",
        "```python\ndef f(x):\n    return 0\n```\nBetter:\n" + FENCED,
        f"<think>\n```python\ndef f(x): return 0\n```\n</think>\n{F}",
        f"{FENCED}\nUsage:\n```python\nprint(f(1))\n```",
        f"{FENCED}\n```\n2\n```",
        f"I think:\n```python\n{F}",
        f"{F}```\nThat is all.",
        f"    return x\n```\n{FENCED}",
        f"1. So:\n   ```python\n   {F[:-1].replace(chr(10), chr(10) + '   ')}\n   ```\n",
        # A fence anywhere on its line.
        f"<think>Easy.</think><answer>{FENCED}</answer>",
        f"**Answer:** {FENCED}",
        f"- {FENCED.replace(chr(10), chr(10) + '  ')}",
        f"> {FENCED.replace(chr(10), chr(10) + '> ')}",
        f"{FENCED} This works.",
        f"{FENCED}</s>",
        f"{FENCED}<|eot_id|>\n```python\ndef f(x): return 0\n```",
        f"{FENCED}<｜end▁of▁sentence｜>",
        f"```python\n{F.rstrip()}```",
        f"I use ```python``` fences.\n{FENCED}",
        "```python def f(x): return x + 1```",
        # Blocks within blocks.
        f"````markdown\n## It\n{FENCED}\n````",
        f"```markdown\n## It\n{FENCED}\n```\nDone.",
        # Other blocks.
        f"{FENCED}\nIt has the form\n```python\ndef f(x):\n    ...\n```",
        f"{FENCED}\n```python\ndef f(x):\n    \"\"\"Add.\"\"\"\n    raise NotImplementedError\n```",
        f"{FENCED}\n```cpp\nint f(int x) {{ return x; }}\n```",
        f"{FENCED}\n```\ndef f(x): return 0\n```",
        f"{FENCED}\nAgain:\n```python\ndef f(x):\n    return (x",
        f"{FENCED}\n```python\nfrom solution import f\nassert f(1) == 2\n```",
        # Without a fence, or with a cut or a tail.
        f"It's easy:\n\n{F}\nThis works: it's O(1).\n",
        f"Solution\n\n{F}\nO(1)\n",
        f"Here:\n\n    {F[:-1].replace(chr(10), chr(10) + '    ')}\n\nDone.\n",
        f"{F}\n\ndef g(x):\n    \"\"\" Retur",
        f"{F}\nprint(f\"{{f(1)",
        f"{F}<|endoftext|>\n\nQ: What else",
        f"{F}\n<fim_prefix>def g(",
        f"<fim_prefix>{F}",
        f"<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>\n{FENCED}",
        f"<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>\n{F}<|end_of_solution|>",
        f"python\n{F}```\n",
        f"{F}\nComplexity: O(n)\n",
        f"{F}\nExample: x = 5\n\ne.g. f(2)\n",
        f"{F}\nf(2) == 3\n",
        f"\\boxed{{\n{F}}}",
        f"[PYTHON]\n{F}[/PYTHON]\n[TESTS]\nassert f(1) == 2 and\n[/TESTS]",
        f"[BEGIN]\n{F}[DONE]\n\nYou are an expert.\n[BEGIN]\ndef g(x):",
        f"<code>\n{F}</code>",
        f"<answer>{F}</answer>",
        f"\\begin{{lstlisting}}[language=Python]\n{F}\\end{{lstlisting}}",
        f"```python\n{F}\nThis adds one.",
        f"{F}\nHere again:\n\ndef f(x):\n    return x",
        # Indentation and bytes.
        f"```python\n    {F[:-1].replace(chr(10), chr(10) + '    ')}\n```",
        f"\t{F[:-1].replace(chr(10), chr(10) + chr(9))}\n",
        f"\ufeff{F}",
        f"```python\n\ufeff{F}```",
        f"**A:** {FENCED}\n".replace("\n", "\r\n"),
    ],
)  # fmt: skip
def test_a_program_is_read_from_its_dress(response: str) -> None:
    program = program_of(response)
    names = run(program)
    assert names["f"](1) == 2
    assert "Retur" not in program.text


@pytest.mark.parametrize("response", ["", "   \n", "```python\n```", "So:\n```\n\n```\n", "</s>"])
def test_there_may_be_no_program(response: str) -> None:
    assert program_of(response) == Program("", "")


@pytest.mark.parametrize(
    ("response", "form"),
    [
        (FENCED, "fenced block"),
        (f"{FENCED}\n```python\nf(1)\n```", "other block"),
        (f"```python\n{F}\nThis adds", "part of a block"),
        (F, "whole response"),
        (f"So:\n\n{F}", "part of the response"),
        ("```python\nK = 1\n```\n```python\ndef f(x): return x + K\n```", "joined parts"),
        ("def f(x", "whole response"),
    ],
)
def test_the_form_says_how_the_program_stood(response: str, form: str) -> None:
    assert program_of(response).form == form


def test_what_is_too_long_to_be_parsed_says_so() -> None:
    assert program_of(FENCED).parsed
    long = program_of(f"{'word ' * 60_000}\n{FENCED}")
    assert (long.parsed, long.own) == (False, F)


def test_fences_in_strings_and_comments_are_none() -> None:
    inner = "\n```python\nf(1)\n```\n"
    for text in (
        f'def f(x):\n    """Add.{inner}    """\n    return x + 1\n',
        f"S = '''{inner}'''\n{F}",
        "def f(x):\n    s = '```'\n    return x + 1\n",
        f"# ```\n# f(1)\n# ```\n{F}",
        f"T = '<|endoftext|></s>'\n{F}",
    ):
        assert own(f"```python\n{text}```\nDone.") == text.strip()
        assert own(text) == text.strip()


def test_a_string_that_is_never_closed_hides_no_later_block() -> None:
    broken = '```python\ndef f(x):\n    """Oops\n    return 0\n```\n'
    right = 'def f(x):\n    """Add."""\n    return x + 1\n'
    assert own(f"{broken}Mended:\n```python\n{right}```") == right.strip()


def test_what_a_program_lacks_is_taken_from_other_blocks() -> None:
    blocks = (
        "import operator as op\nK = 1\nprint('never')\n",
        "def add(a):\n    return op.add(a, K)\n",
        "def f(x):\n    return add(x)\n",
        "K = 5\nprint(f(1))\n",
    )
    program = program_of("\n".join(f"```python\n{block}```\nand" for block in blocks))
    assert run(program)["f"](1) == 2
    assert "never" not in program.text
    assert program.form == "joined parts"


def test_a_program_is_not_looked_for_in_parts_that_are_none() -> None:
    for text in (
        'def f(x):\n    """\ndef f(x):\n    return x + 1\n"""\n    return 0 0\n',
        "def g(\n\n    def f(x):\n        return x + 1\n",
        "class A:\n    def f(x):\n        return x + 1\n    y = = 1\n",
        "# def f(x):\n#     return x + 1\ndef f(x):\n    return 0 0\n",
    ):
        for response in (text, f"```python\n{text}```"):
            try:
                names = run(program_of(response))
            except SyntaxError:
                continue
            assert names.get("f", lambda x: None)(1) != 2


SCRIPT = "n = int(input())\nprint(n + 1)\n"


@pytest.mark.parametrize(
    "response",
    [
        SCRIPT,
        f"```python\n{SCRIPT}```",
        f"```python\nprint(0)\n```\nBetter:\n```python\n{SCRIPT}```",
        f"```python\n{SCRIPT}```\nRun it:\n```bash\npython a.py < in.txt\n```",
        f"```python\n{SCRIPT}```\nOutput:\n```\n16\n```\n```text\nDone\n```",
        f"```python\n{SCRIPT}```\nThe core:\n```python\ndef core(n):\n    return n + 1\n```",
        f"```\n{SCRIPT}```\nOutput:\n```\nYES\n```",
        f"{SCRIPT}```\nIt reads n.\nOutput\n```\n3\n```\n",
        f"It's short:\n\n{SCRIPT}\nIt reads n.\n",
        f"{SCRIPT}\n# Another\nfor i in range(",
        f"{SCRIPT}<|endoftext|>#include <stdio.h>",
        f"<answer>```python\n{SCRIPT}```</answer>",
        f"```python\n{SCRIPT}",
    ],
)
def test_a_script_is_the_last_that_reads_its_input(response: str) -> None:
    assert own(response, None).startswith(SCRIPT.strip())
    assert "range(" not in own(response, None)


def test_a_script_may_stand_in_two_blocks() -> None:
    program = program_of(
        "```python\ndef solve():\n    print(input())\n```\nCall it:\n```python\nsolve()\n```", None
    )
    assert "def solve" in program.text
    assert program.text.endswith("solve()\n")


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
        "    return sum(xs)```",
        "```python\ndef f(xs: List[int]) -> int:\n    return helper(sum(xs))\n```",
        BEGINNING + "    return sum(xs)\n",
        "from __future__ import annotations\ndef f(xs: Unknown):\n    return sum(xs)\n",
        "```python\n    return sum(xs)\n```\nUse:\n```python\nprint(f([1]))\n```",
        "    return sum(xs)\n\n\ndef g(x: int) -> in",
        "    return sum(xs)\n\nIt sums them.\n",
        "    return sum(xs)\n\nComplexity: O(n)\n\nDone\n",
        "    return sum(xs)<|endoftext|>def f(xs): return 0\n",
        # The first line lost its indentation.
        "s = 0\n    for x in xs:\n        s += x\n    return s\n",
        "for x in xs:\n        pass\n    return sum(xs)\n",
        "return sum(xs)\n",
        # All have another.
        "     s = sum(xs)\n     return s\n",
        "   s = sum(xs)\n   return s\n",
        "     s = sum(xs)\n    return s\n",
        "\ts = 0\n\tfor x in xs:\n\t\ts += x\n\treturn s\n",
        "```python\ns = sum(xs)\nreturn s\n```\nUse:\n```python\nprint(f([1]))\n```",
        "if not xs:\n    return 0\nreturn sum(xs)\n\nIt sums them.\n",
        "s = sum(xs)\r\n    return s\r\n",
    ],
)
def test_a_question_that_begins_the_program_stands_in_front(response: str) -> None:
    program = program_of(response, "f", BEGINNING)
    assert run(program)["f"]([1, 2]) == 3
    assert program.text.count("def helper") <= 2


def test_what_only_repeats_the_question_does_not_complete_it() -> None:
    for response in (BEGINNING, "```python\nprint(f([1]))\n```", "I cannot do this."):
        program = program_of(response, "f", BEGINNING)
        assert program.form in ("fenced block", "whole response")


def test_any_other_question_does_not() -> None:
    for question in (
        "Write f.",
        '"""\nassert f(1) == 2\n"""\n',
        "def g():\n    pass\n",
        "def f(:\n",
    ):
        assert program_of(F, "f", question).text == F


METHOD = "class Solution:\n    def f(self, xs: List[int]) -> int:\n        return gcd(*xs)\n"
FUTURES = (
    "from __future__ import annotations",
    "from __future__ import annotations  # types",
    "from __future__ import (\n    annotations,\n)",
    '"""Doc."""\nfrom __future__ import annotations; import math',
)


@pytest.mark.parametrize("future", ["", *FUTURES])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_programs_of_livecodebench_get_its_imports(future: str, line: str) -> None:
    text = f"{future}\n{METHOD}".replace("\n", line)
    for response in (text, f"```python{line}{text}```"):
        assert run(program_of(response, "Solution.f"))["Solution"]().f([4, 6]) == 2


@pytest.mark.parametrize(
    "response",
    [
        "```python\ndef f(xs: List[int]) -> int:\n    return gcd(*xs)\n```",
        "```python\ndef f(self, xs):\n    return gcd(*xs)\n```\n```python\nprint(f([1]))\n```",
        "Here:\n\ndef f(xs):\n    return gcd(*xs)\n\nDone.\n",
        f"```python\n{METHOD}```\n```python\n{METHOD.replace('return gcd(*xs)', 'pass')}```",
    ],
)
def test_a_function_without_its_class_is_a_method(response: str) -> None:
    assert run(program_of(response, "Solution.f"))["Solution"]().f([4, 6]) == 2


def test_scripts_get_them_too() -> None:
    assert list(run(program_of("names = deque([1])\nprint(names)\n", None))["names"]) == [1]


@pytest.mark.parametrize(
    ("response", "fenced"),
    [
        (FENCED, F),
        (f"{FENCED}\n```python\nprint(f(1))\n```", "print(f(1))\n"),
        (F, None),
        (f"```python\n{F}", None),
        ("```\n```", None),
        (f"<think>{FENCED}</think>\n", None),
        (f"**Answer:** {FENCED}</s>", F),
    ],
)
def test_beside_it_stands_the_last_fenced_block(response: str, fenced: str | None) -> None:
    """The rule of LiveCodeBench: what stands between the last two lines with a fence."""
    assert program_of(response).fenced == fenced


def test_the_same_program_by_both_rules_is_the_same_text() -> None:
    for response in (FENCED, f"So:\n{FENCED}\n", f"```\n{F}\n\n```"):
        program = program_of(response)
        assert program.fenced == program.text
    program = program_of("```python\n    return sum(xs)\n```", "f", BEGINNING)
    assert program.fenced == program.text


PIECES = ("```", "```python\n", "~~~\n", "`" * 50, "\n \t", "</think>", "``` ", "'''\n", '\\"""',
          "'\\'", "````markdown\n", "<|x|>", "#```", '"""\n```a\n')  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_long_responses_take_linear_time(piece: str) -> None:
    """A response this long is read without parsing."""
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    own(text)
    own(f"```python\n{text}")
    assert time.process_time() - start < 6


HEAVY = (*PIECES, "def f(x):\n", "x = 1\n", "Some words.\n", "(\n", "x = '''\n", "f(1)\nO(1)\n",
         "def f(x\n", "@a\n", "```python\ndef f(x):\n  return (\n```\n", "if x:\n",
         " f\n")  # fmt: skip


@pytest.mark.parametrize("piece", HEAVY)
@pytest.mark.parametrize("entry", ["f", None])
def test_parsing_stays_within_its_budget(piece: str, entry: str | None) -> None:
    text = piece * (20_000 // len(piece))
    start = time.process_time()
    program_of(text, entry, BEGINNING)
    assert time.process_time() - start < 5
