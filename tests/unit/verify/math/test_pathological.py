"""Answers made to stall or fill a grader: each has a verdict, in bounded time."""

import time

import polars as pl

from boundary.verify.killable import Limits
from boundary.verify.math import verifier
from boundary.verify.setting import Setting

CPU = 2.0
DEEP = 51
#: answer -> verdicts that are right for the gold answer 5.
HOSTILE = {
    r"9^{9^{9^9}}": {"resource"},
    r"9^{9^{9^{9^9}}}": {"resource"},
    "500000000!": {"resource"},
    "20000000!": {"resource"},
    "((9!)!)!": {"resource"},
    r"10^{10^{10}}": {"resource"},
    r"\left(10^{10}\right)^{10^{10}}": {"resource"},
    r"2^{1000000000}": {"resource"},
    r"\frac{1}{9^{9^{9}}}": {"resource"},
    r"\binom{10^9}{5\cdot 10^8}": {"resource"},
    r"\sqrt{500000000!}": {"resource"},
    r"\{1, 10^{10^{10}}\}": {"wrong", "resource"},
    r"(1+10^{-9})^{10^{9}}": {"resource"},
    "1" * 200_000: {"resource"},
    "1" * 10**6: {"resource"},
    "1" * 1001: {"resource"},
    "9" * 1000: {"wrong"},
    "{" * DEEP + "5" + "}" * DEEP: {"correct"},
    "{" * DEEP + "x" + "}" * DEEP: {"resource", "wrong"},
    "(" * DEEP + "6" + ")" * DEEP: {"resource"},
    r"\frac{1}{" * DEEP + "2" + "}" * DEEP: {"resource"},
    r"\sqrt{" * 49 + "5" + "}" * 49: {"wrong", "timeout"},
    r"\sqrt{2+" * 40 + "x" + "}" * 40: {"wrong", "timeout", "error"},
    r"\begin{pmatrix}" + r"1&" * 100 + "1" + r"\\1" * 50 + r"\end{pmatrix}": {"wrong"},
    r"\begin{vmatrix}" + r"\\".join(["a&b&c&d&e&f&g"] * 7) + r"\end{vmatrix}": {
        "wrong",
        "timeout",
        "error",
        "resource",
    },
    r"\sum_{n=1}^{\infty} \frac{1}{n^{1.0001}}": {"wrong", "timeout", "error"},
    r"\sum_{n=1}^{10^{12}} \frac{1}{n^3+\sin n}": {"wrong", "timeout", "error", "resource"},
    r"\sum_{a=1}^{999}\sum_{b=1}^{999}\sum_{c=1}^{999} abc^{ab}": {
        "wrong",
        "timeout",
        "error",
        "resource",
    },
    r"\prod_{n=1}^{100000} (x+n)": {"wrong", "timeout", "error", "resource"},
    r"\int_0^\infty \frac{\sin(x^{x})}{x^x+e^{x^2}} dx": {"wrong", "timeout", "error"},
    r"(x+y+z+w)^{999}": {"wrong", "timeout", "error", "resource"},
    r"\sin(" * 40 + "1" + ")" * 40: {"wrong", "timeout", "error"},
    "x^" * 400 + "x": {"wrong", "timeout", "error", "resource"},
    "-" * 900 + "5": {"wrong", "correct", "error", "resource", "timeout"},
    "1+" * 450 + "1": {"wrong"},
    "1," * 450 + "1": {"wrong"},
    "(1," * 45 + "1" + ")" * 45: {"wrong"},
    "$" * 900: {"wrong"},
    r"\text{" * 150: {"no_answer"},
    r"\text{" * 120 + "}" * 120: {"wrong", "resource"},
    r"\text{a" + " or a" * 180 + "}": {"wrong"},
    r"\frac" * 200: {"wrong", "error"},
    "answer is " * 90: {"wrong"},
    "\\" * 901: {"no_answer"},
    "\\" * 900: {"wrong", "error"},
    " " * 500 + "and" + " " * 400: {"wrong"},
    "5\x00\x01\x1b[2J": {"wrong", "correct"},
    "\ud835\udfd3": {"wrong"},
    "\U0001d7d3 \u0665 \uff15": {"wrong"},
    "\u202e5\u202c": {"wrong"},
    "x̶" * 300: {"wrong", "error"},
    "%" * 900: {"wrong"},
    "5!!!!!!!!": {"wrong", "resource", "error"},
    "<script>alert(5)</script>": {"wrong"},
}


def items(answers):
    return pl.DataFrame(
        {
            "problem_id": [f"p{i:03}" for i in range(len(answers))],
            "sample_index": 0,
            "question": "q",
            "answer": "5",
            "response": [rf"\boxed{{{answer}}}" for answer in answers],
        }
    )


def test_no_answer_stalls_the_pool_and_each_has_its_verdict():
    # A lone surrogate cannot stand in a table; it is judged below.
    answers = [answer for answer in HOSTILE if not any(0xD800 <= ord(c) < 0xE000 for c in answer)]
    start = time.monotonic()
    with verifier(Setting(workers=2), Limits(cpu_seconds=CPU)) as verify:
        found = verify(items(answers))
        # The pool works on.
        assert verify(items([r"\sqrt{25}"]))["verdict"].to_list() == ["correct"]
    took = time.monotonic() - start
    odd = {
        answer[:60]: (verdict, detail)
        for answer, verdict, detail in zip(answers, found["verdict"], found["detail"], strict=True)
        if verdict not in HOSTILE[answer]
    }
    assert odd == {}
    assert len(answers) >= 45
    late = found["verdict"].to_list().count("timeout")
    # What the limit allows those that run into it, on a machine that does ten things at once.
    assert took < 120 + 10 * late * CPU


def test_a_tower_in_the_gold_answer_is_met_by_its_own_text():
    gold = r"2^{2^{2009}}"
    frame = items([r"2^{ 2^{2009} }", "4", r"4^{2^{2008}}"]).with_columns(answer=pl.lit(gold))
    with verifier(Setting()) as verify:
        found = verify(frame)
    assert found["verdict"].to_list() == ["correct", "resource", "resource"]
    assert "the gold answer has" in found["detail"][1]
