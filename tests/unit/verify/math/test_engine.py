"""Math-Verify behind its guards: nothing is evaluated as code, no fault passes for a difference."""

import builtins

import pytest

from boundary.verify.math import engine, worker
from boundary.verify.math.engine import equal, prepared


@pytest.fixture(autouse=True)
def fresh():
    engine._parse.cache_clear()
    yield
    engine._parse.cache_clear()


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

    monkeypatch.setattr(f"math_verify.grader.{place}", fail)
    gold = "4" if place == "safe_sympy_doit" else "x(x+1)"
    answer = r"\int_0^1 4 dx" if place == "safe_sympy_doit" else "x^2+x"
    assert worker.judge(gold, answer) == ("resource", "out of memory while comparing", ())


def test_memory_that_runs_out_in_the_parser_is_told_too(monkeypatch):
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr("math_verify.parser.parse_latex_cached", fail)
    assert worker.judge("x", "2x")[0] == "resource"


def test_a_fault_of_the_comparison_is_an_error_and_not_wrong(monkeypatch):
    def fail(*_, **__):
        raise KeyError("hostile text")

    monkeypatch.setattr(engine, "_parse", fail)
    assert worker.judge("x", "y") == ("error", "comparing raised KeyError", ())


@pytest.mark.parametrize("gold, answer", [("x", r"\frac{"), (r"\frac{", "x")])
def test_what_cannot_be_read_is_said(gold, answer):
    verdict, detail, _ = worker.judge(gold, answer)
    which = "gold" if gold != "x" else "given"
    assert (verdict, detail) == ("wrong", f"the {which} answer could not be read as mathematics")


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        ("X+x", "v_{7724}+x"),
        ("A_1", "v_{77011}"),
        ("A_{12}B", "v_{770112}v_{7702}"),
        (r"\Delta", r"\Delta"),
        (r"\operatorname{Re}(Z)", r"\operatorname{Re}(v_{7726})"),
        (r"\begin{pmatrix}A\end{pmatrix}", r"\begin{pmatrix}v_{7701}\end{pmatrix}"),
        ("0.5x", r"{\frac{5}{10}}x"),
        ("5.", "5"),
        (".25", r"{\frac{25}{100}}"),
    ],
)
def test_capitals_and_decimals_go_in_as_what_they_are(latex, found):
    assert prepared(latex) == found


def test_the_same_pair_gets_the_same_answer():
    pairs = [(r"\sqrt{3+2\sqrt{2}}", r"1+\sqrt{2}"), ("x^2-y^2", "(x-y)(x+y)")]
    assert all(equal(*pair) for pair in pairs * 3)
