"""Math-Verify behind its guards: nothing is evaluated as code, no fault passes for a difference."""

import builtins
import re

import pytest

from boundary.verify.math import latex, worker
from boundary.verify.math.engine import equal
from boundary.verify.math.names import UnreadableError, prepared, symbol
from boundary.verify.math.points import Equality


@pytest.fixture(autouse=True)
def fresh():
    latex._parse.cache_clear()
    yield
    latex._parse.cache_clear()


PAYLOADS = [
    "__import__('os').system('touch MARK')",
    r"\text{__import__('os').system('touch MARK')}",
    "exec(open('MARK','w').write('x'))",
    "eval('1')",
    "[].__class__.__base__.__subclasses__()",
    "{0.__class__}%s%n",
    r"\input{/etc/passwd}",
    r"\write18{touch MARK}",
    "lambda: open('MARK','w')",
    "(x for x in open('MARK','w'))",
    "Symbol('x').func",
    "1; import os",
    "5 if open('MARK','w') else 5",
    r"\operatorname{__import__}(\text{os})",
    "'5'",
    '"5"',
    "5\x00",
    "${jndi:ldap://x}",
    "`touch MARK`",
    "$(touch MARK)",
]


def test_no_text_is_ever_evaluated_as_code(tmp_path, monkeypatch):
    from sympy.parsing import sympy_parser

    def refuse(*_, **__):
        raise AssertionError("text was evaluated")

    for module, name in (
        (sympy_parser, "parse_expr"),
        (sympy_parser, "eval_expr"),
        (sympy_parser, "stringify_expr"),
        (builtins, "eval"),
    ):
        monkeypatch.setattr(module, name, refuse)
    monkeypatch.setattr("math_verify.parser.parse_expr", refuse)
    monkeypatch.setattr("latex2sympy2_extended.latex2sympy2.parse_expr", refuse)
    monkeypatch.chdir(tmp_path)
    mark = str(tmp_path / "mark")
    golds = ("5", "x+1", r"\text{east}", "(1,2)", r"\sqrt{2}")
    for payload in PAYLOADS:
        for gold in golds:
            text = payload.replace("MARK", mark)
            verdict, detail, _ = worker.judge(gold, text)
            assert verdict in ("wrong", "error", "correct"), (gold, payload, detail)
            assert "AssertionError" not in (detail or ""), (gold, payload)
            assert verdict != "correct" or (gold, payload) in {
                ("5", "5\x00"),
                ("5", "'5'"),
                ("5", '"5"'),
            }
            worker.second(gold, text)
            worker.lenient(gold, text)
    assert worker.judge(r"2\sqrt{2}", r"\sqrt{8}")[0] == "correct"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["simplify", "safe_sympy_doit", "sympy_numeric_eq"])
def test_memory_that_runs_out_is_no_difference(monkeypatch, place):
    def fail(*_, **__):
        raise MemoryError

    # Where values do not decide, Math-Verify does.
    monkeypatch.setattr("boundary.verify.math.engine._by_values", lambda *_: Equality.UNKNOWN)
    monkeypatch.setattr(f"math_verify.grader.{place}", fail)
    gold = "4" if place == "safe_sympy_doit" else "x(x+1)"
    answer = r"\int_0^1 4 dx" if place == "safe_sympy_doit" else "x^2+x"
    assert worker.judge(gold, answer) == ("resource", "out of memory while comparing", ())


@pytest.mark.parametrize("place", ["engine._evaluated", "points.value"])
def test_memory_that_runs_out_over_values_is_no_difference(monkeypatch, place):
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(f"boundary.verify.math.{place}", fail)
    assert worker.judge("x(x+1)", "x^2+x") == ("resource", "out of memory while comparing", ())


def test_memory_that_runs_out_in_the_parser_is_told_too(monkeypatch):
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr("math_verify.parser.parse_latex_cached", fail)
    assert worker.judge("x", "2x")[0] == "resource"


def test_a_fault_of_the_comparison_is_an_error_and_not_wrong(monkeypatch):
    def fail(*_, **__):
        raise KeyError("hostile text")

    monkeypatch.setattr(latex, "_parse", fail)
    assert worker.judge("x", "y") == ("error", "comparing raised KeyError", ())


@pytest.mark.parametrize("gold, answer", [("x", r"\frac{"), (r"\frac{", "x")])
def test_what_cannot_be_read_is_said(gold, answer):
    verdict, detail, _ = worker.judge(gold, answer)
    which = "gold" if gold != "x" else "given"
    assert (verdict, detail) == ("wrong", f"the {which} answer could not be read as mathematics")


NAMES = {
    "X+x": "{X}+x ",
    "A_1": "{A_1}",
    "A_{12}B": "{A_12}{B}",
    r"\Delta": r"{\Delta}",
    "y'": "{y'}",
    r"y^{\prime}": "{y'}",
    r"\dot{x}_0": r"{\dot{x}_0}",
    r"\frac{d x}{d t}": r"{\fracdxdt}",
    r"\lambda_{\text {red}}": r"{\lambda_red}",
    "I(0)": "{I(0)}",
    "f(x+1)": "{f(x+1)}",
    r"\mathbf{v}": "v ",
    r"\theta": r"\theta ",
    "n(n+1)": "n (n +1)",
    "0.5x": r"{\frac{5}{10}}x ",
    "5.": "5",
    ".25": r"{\frac{25}{100}}",
    "x^12": "x ^{12}",
    r"\frac123": r"\frac {1}{2}3",
    r"\sqrt[3]{-8}": r"-\sqrt [3]{8}",
    r"\varphi": r"\phi ",
}


@pytest.mark.parametrize("text", NAMES)
def test_names_and_decimals_go_in_as_what_they_are(text):
    found = NAMES[text]
    for name in re.findall(r"\{([A-Za-z\\][^{}]*(?:\{[^{}]*\}[^{}]*)?)\}", found):
        if not name.startswith("\\frac{"):
            found = found.replace(f"{{{name}}}", f"{symbol(name)} ")
    assert prepared(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("17'", '17"', "2_5+3", r"12\ldots", r"1+\cdots+n", "n!!", "2 3", "x@y", "17?", r"z^*"),
        *(
            r"\sum_{k=1}^n a_k",
            r"\vec a \times \vec b",
            r"a \circ b",
            r"\foo x",
            "2$x",
            r"n \bmod 2",
        ),
    ],
)
def test_what_the_parser_would_drop_cannot_be_read(text):
    with pytest.raises(UnreadableError):
        prepared(text)
    assert worker.judge("x", text)[:2] == (
        "wrong",
        "the given answer could not be read as mathematics",
    )


def test_the_same_pair_gets_the_same_answer():
    pairs = [(r"\sqrt{3+2\sqrt{2}}", r"1+\sqrt{2}"), ("x^2-y^2", "(x-y)(x+y)")]
    assert {equal(*pair) for pair in pairs * 3} == {Equality.EQUAL}
