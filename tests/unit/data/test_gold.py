"""Gold answers as LaTeX, from the notations of the data sets."""

from __future__ import annotations

import pytest

from boundary.data import gold
from boundary.errors import InputError


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (204, "204"),
        ("025", "25"),
        ("000", "0"),
        (27.0, "27"),
        (-1.0, "-1"),
        ("+7", "7"),
        (" 7 ", "7"),
        ("7.50", None),
        (True, None),
        ("seven", None),
        ("1e3", None),
    ],
)
def test_integer(value: object, whole: str | None) -> None:
    assert gold.integer(value) == whole


@pytest.mark.parametrize(
    ("solution", "content"),
    [
        (r"so \boxed{1.6} \mathrm{~cm}", "1.6"),
        (r"\boxed{1} and then \boxed{\frac{a}{b}}.", r"\frac{a}{b}"),
        (r"\boxed{\{1,2\}}", r"\{1,2\}"),
        (r"\boxed {x}", "x"),
        (r"\boxed{x", None),
        (r"\boxed 5", None),
        ("none", None),
        ("", None),
    ],
)
def test_the_last_box(solution: str, content: str | None) -> None:
    assert gold.last_box(solution) == content


@pytest.mark.parametrize(
    ("latex", "answer"),
    [
        ("\\[\n\\boxed{\\frac{n+1}{4n-2}}\n\\]", r"\frac{n+1}{4n-2}"),
        (r"$\frac{1}{5}$", r"\frac{1}{5}"),
        ("$$x$$", "x"),
        (r"\(\boxed{77}\)", "77"),
        (r"$a$ or $b$", r"$a$ or $b$"),
        (r"\boxed{1}, \boxed{2}", r"\boxed{1}, \boxed{2}"),
        ("\frac{7}{12}", r"\frac{7}{12}"),
        ("\binom{4}{2}", r"\binom{4}{2}"),
        ("$", "$"),
        ("42", "42"),
    ],
)
def test_bare(latex: str, answer: str) -> None:
    assert gold.bare(latex) == answer


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("2", "2"),
        (r"$\frac{1}{2 n+2}$", r"\frac{1}{2 n+2}"),
        ("$69$,$84$", "69,84"),
        ("$221,$8$", "221,8"),
        (r"$(-\infty, 0) \cup\{1\}$.", r"(-\infty, 0) \cup\{1\}"),
        ("$f(x)=a x$, where $a$ is odd", r"f(x)=a x\text{, where }a\text{ is odd}"),
        ("62.5%", r"62.5\%"),
        (r"$8 \%$", r"8 \%"),
    ],
)
def test_formulas_between_dollar_signs(text: str, latex: str) -> None:
    assert gold.from_dollars(text) == latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("4.5e33", r"4.5 \times 10^{33}"),
        ("1e-05", r"1 \times 10^{-5}"),
        ("-3e+8", r"-3 \times 10^{8}"),
        ("-1./3", "-1/3"),
        ("np.arcsin(10/13)", r"\arcsin(10/13)"),
        ("x+$ $y", "x+ y"),
        ("3 e^{2}", "3 e^{2}"),
        ("0.5", "0.5"),
    ],
)
def test_numbers_in_pythons_notation(text: str, latex: str) -> None:
    assert gold.from_python(text) == latex


def test_what_follows_the_last_mark() -> None:
    assert gold.after_mark("1 #### 2 then\n#### 1,450,000 ") == "1450000"
    for broken in ("18", "a ####", "a #### \n"):
        with pytest.raises(InputError, match="nothing behind '####'"):
            gold.after_mark(broken)
