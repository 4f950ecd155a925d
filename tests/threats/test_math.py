"""Answers that attack the math grader (rows 36, 37, 38)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from threats.judges import ITEMS

#: Processor time of one comparison, in seconds; the grader's own limit is longer.
LIMIT = 1.0
#: How much longer it may take on a busy machine.
PATIENCE = 10
Grade = Callable[[list[tuple[str, str]]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def grade() -> Iterator[Grade]:
    """Grade pairs of gold answer and response."""
    from boundary.verify.killable import Limits
    from boundary.verify.math import verifier
    from boundary.verify.setting import Setting

    with verifier(Setting(workers=2), Limits(cpu_seconds=LIMIT)) as verify:

        def several(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
            rows = [
                {
                    "problem_id": f"p{index:04d}",
                    "sample_index": 0,
                    "response": response,
                    "finish_reason": "stop",
                    "question": "?",
                    "answer": gold,
                    "tests": None,
                    "metadata": None,
                }
                for index, (gold, response) in enumerate(pairs)
            ]
            return verify(pl.DataFrame(rows, schema=ITEMS)).sort("problem_id").to_dicts()

        yield several


def boxed(answer: str) -> str:
    return f"So the answer is $\\boxed{{{answer}}}$."


#: Row 36.  PATH is replaced by a folder that must not come to be.
CODE = (
    "__import__('posix').mkdir('PATH')",
    "__import__('os').system('mkdir PATH')",
    "\\text{__import__('posix').mkdir('PATH')}",
    'eval(\'__import__("os").mkdir("PATH")\')',
    "exec(\"import os; os.mkdir('PATH')\")",
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0]('mkdir PATH')",
    "(lambda: __import__('os').mkdir('PATH'))()",
    "x = __import__('os').mkdir('PATH')",
    "{__import__('os').mkdir('PATH')}",
    'f\'{__import__("os").mkdir("PATH")}\'',
    "Symbol.__init__.__globals__['__builtins__']['__import__']('os').mkdir('PATH')",
    "open('PATH', 'w').write('1')",
    "(1, __import__('os').mkdir('PATH'))",
    "1 + __import__('os').mkdir('PATH')",
    "\\frac{__import__('os').mkdir('PATH')}{1}",
    "\\input{/etc/passwd}",
    "\\write18{mkdir PATH}",
    "\\immediate\\write18{mkdir PATH}",
    "cos\nposix\nmkdir\n(S'PATH'\ntR.",
    "!!python/object/apply:os.mkdir ['PATH']",
    "{0.__class__.__init__.__globals__}",
    "%s%s%s%n",
    "${jndi:ldap://127.0.0.1/x}",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("gold", ["3", "x+1", "(1,2)", "\\text{code}"])
def test_no_answer_is_executed(grade: Grade, tmp_path: Path, gold: str) -> None:
    target = tmp_path / "executed"
    answers = [code.replace("PATH", str(target)) for code in CODE]
    rows = grade([(gold, boxed(answer)) for answer in answers] + [(gold, a) for a in answers])
    assert not target.exists()
    assert not [row for row in rows if row["correct"]]
    assert not any(row["verdict"] == "error" for row in rows if row["answer"] is None)


def test_no_gold_answer_is_executed(grade: Grade, tmp_path: Path) -> None:
    target = tmp_path / "executed"
    golds = [code.replace("PATH", str(target)) for code in CODE]
    rows = grade([(gold, boxed("3")) for gold in golds])
    assert not target.exists()
    assert not [row for row in rows if row["correct"]]


#: Row 37: answers that are long, deep, or long to compute.
HARD = {
    "tower": "9^{9^{9^{9^{9}}}}",
    "tower-of-ones": "2^{2^{2^{2^{2^{2}}}}}",
    "factorial": "500000000!",
    "factorials": "((((9!)!)!)!)!",
    "binomial": "\\binom{10^{9}}{5 \\cdot 10^{8}}",
    "power": "7^{10^{10}} \\bmod 10",
    "polynomial": "(x+y+z+1)^{5000}",
    "product": "".join(f"(x+{n})" for n in range(250)),
    "sum": "\\sum_{k=1}^{10^{15}} \\frac{1}{k^2}",
    "product-sign": "\\prod_{k=1}^{10^{12}} (1 + \\frac{1}{k})",
    "integral": "\\int_0^1 \\frac{\\sin(x^x)}{\\sqrt{1 + x^{17}}} e^{x^{x^x}} dx",
    "limit": "\\lim_{x \\to 0} \\frac{\\sin(\\tan x) - \\tan(\\sin x)}{x^{77}}",
    "digits": "1" * 200_000,
    "decimals": "0." + "3" * 200_000,
    "nested-fractions": "\\frac{1}{1+" * 60 + "x" + "}" * 60,
    "nested-roots": "\\sqrt{" * 400 + "2" + "}" * 400,
    "nested-braces": "{" * 50_000 + "1" + "}" * 50_000,
    "nested-parentheses": "(" * 5_000 + "1" + ")" * 5_000,
    "open-braces": "{" * 100_000,
    "many-terms": "+".join(f"x_{{{n}}}" for n in range(3_000)),
    "many-numbers": ",".join(map(str, range(20_000))),
    "huge-matrix": "\\begin{pmatrix}" + "1 & 2 \\\\ " * 3_000 + "\\end{pmatrix}",
    "trigonometry": "\\sin(" * 120 + "x" + ")" * 120,
    "logarithms": "\\log_{10^{100}}{(10^{10^{10}})}",
    "text": "a" * 1_000_000,
    "backslashes": "\\" * 100_000,
    "spaces": " " * 500_000 + "4",
    "commas": "," * 100_000,
    "combining": "a" + "\u0301" * 50_000,
    "directions": "\u202e3\u202c" * 10_000,
    "null": "3\0" * 1_000,
    "surds": "+".join(f"\\sqrt{{{n}}}" for n in range(2, 90)),
    "complex-power": "(1+i)^{10^{9}}",
    "mod": "2^{10^{18}} \\pmod{97}",
    "equation": "x^{200} + x^{199} + 1 = 0",
    "interval": "(" + "9" * 5_000 + ", \\infty)",
}


@pytest.mark.parametrize("gold", ["3", "x+1"])
def test_no_answer_stalls_the_grader(grade: Grade, gold: str) -> None:
    pairs = []
    for answer in HARD.values():
        pairs += [(gold, boxed(answer)), (gold, boxed("7"))]  # an easy one after each
    start = time.monotonic()
    rows = grade(pairs)
    seconds = time.monotonic() - start
    print(f"{len(HARD)} hard answers in {seconds:.1f} s")
    timeouts = sum(row["verdict"] == "timeout" for row in rows)
    assert seconds < PATIENCE * LIMIT * (timeouts + 1)
    assert [row["verdict"] for row in rows[1::2]] == ["wrong"] * len(HARD)
    for name, row in zip(HARD, rows[::2], strict=True):
        assert row["verdict"] in ("wrong", "no_answer", "timeout", "resource", "error"), (name, row)


@pytest.mark.parametrize("shape", ["unclosed", "boxes", "think", "prose"])
def test_no_response_stalls_the_search_for_an_answer(grade: Grade, shape: str) -> None:
    responses = {
        "unclosed": "\\boxed{" * 100_000,
        "boxes": "\\boxed{3} " * 100_000,
        "think": "<think>" * 100_000 + "\\boxed{3}",
        "prose": "the answer is " * 200_000 + "3",
    }
    start = time.monotonic()
    (row,) = grade([("4", responses[shape])])
    assert time.monotonic() - start < PATIENCE * LIMIT
    assert not row["correct"]


#: Row 38: answers that hedge.
HEDGES = (
    ("3", "3 or 4"),
    ("3", "3 \\text{ or } 4"),
    ("4", "3=4"),
    ("3", "3 = 4"),
    ("3", "3, 4"),
    ("3", "\\{3, 4\\}"),
    ("3", "3 \\lor 4"),
    ("3", "x = 3 \\text{ or } x = 4"),
    ("3", "3 \\pm 1"),
    ("3", "[3, 4]"),
    ("3", "3 \\text{ (or 4)}"),
    ("3", "3 / 4"),
    ("3", "34"),
    ("3", "3.4"),
    ("3", "\\text{3 and 4}"),
    ("3", "3; 4"),
    ("3", "3 \\quad 4"),
    ("3", "3 \\text{ or maybe } 4"),
    ("3", "\\text{either } 3 \\text{ or } 4"),
    ("3", "\\mathbb{R}"),
    ("3", "x"),
    ("3", "\\text{the answer}"),
    ("3", "y = 3 = 4"),
    ("3", "3 \\ne 4"),
    ("3", "\\ge 3"),
    ("3", "?"),
    ("\\{1,2\\}", "\\{1,2,3\\}"),
    ("1,2", "1,2,3"),
    ("(1,2)", "(1,2),(2,1)"),
    ("A", "\\text{A or B}"),
    ("A", "A, B, C, D"),
    ("\\text{yes}", "\\text{yes or no}"),
)


def test_hedges_are_wrong(grade: Grade) -> None:
    rows = grade([(gold, boxed(answer)) for gold, answer in HEDGES])
    passed = [pair for pair, row in zip(HEDGES, rows, strict=True) if row["correct"]]
    assert not passed


def test_several_boxes_are_flagged(grade: Grade) -> None:
    both = [boxed("3") + " Or " + boxed("4"), boxed("4") + " Or " + boxed("3")]
    rows = grade([("3", response) for response in both])
    assert not rows[0]["correct"]
    assert all("multiple boxes" in (row["remarks"] or "") for row in rows), rows


def test_unevaluated_forms_are_counted_apart(grade: Grade) -> None:
    (row,) = grade([("3", boxed("\\sum_{k=1}^{2} k"))])
    assert not row["correct"] or "unevaluated" in (row["remarks"] or ""), row


def test_workers_leave_no_process_behind(grade: Grade) -> None:
    grade([("3", boxed(answer)) for answer in ("500000000!", "9^{9^{9^{9}}}")] * 3)
    states = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            states.append(fields[0])
    assert states.count("Z") < 4
    assert len(states) < 16
