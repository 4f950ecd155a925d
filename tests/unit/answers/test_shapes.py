r"""Matrices, ratios, all numbers but some, quantifiers, and what structure makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary.answers.nodes import Expression, Group, Matrix, Number, Relation
from boundary.answers.shapes import without_quantifier
from boundary.answers.structure import read
from boundary.answers.typesetting import normalise


def values(node):
    """Return the numbers of a matrix, row by row."""
    return [[entry.value for entry in row] for row in node.rows]


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", [[1, 2], [3, 4]]),
        (r"\left[\begin{array}{c|c}1&2\\\hline3&4\end{array}\right]", [[1, 2], [3, 4]]),
        (r"3\cdot\begin{bmatrix}1\\2\end{bmatrix}", [[3], [6]]),
        (r"-\begin{matrix}1&2\end{matrix}", [[-1, -2]]),
        (r"\begin{pmatrix}1&2\end{pmatrix}^{\top}", [[1], [2]]),
        (r"\begin{smallmatrix}1\\[4pt]2\end{smallmatrix}", [[1], [2]]),
    ],
)
def test_matrices(latex, rows):
    node = read(latex)
    assert isinstance(node, Matrix)
    assert values(node) == rows


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{vmatrix}1&2\\3&4\end{vmatrix}",
        r"a+\begin{pmatrix}1\\2\end{pmatrix}",
        r"\left|\begin{matrix}1\end{matrix}\right|",
        r"\begin{pmatrix}1\end{pmatrix}+\begin{pmatrix}2\end{pmatrix}",
        r"\begin{pmatrix}1\end{pmatrix}^{-1}",
        r"\begin{pmatrix}1&2\\3\end{pmatrix}^T",
    ],
)
def test_what_is_no_matrix(latex):
    assert not isinstance(read(latex), Matrix)


@pytest.mark.parametrize(
    ("latex", "items", "ends"),
    [("3:4", 2, ""), ("1:2:3", 3, ""), ("4:30", 2, "time"), ("9:05", 2, "clock"), ("a:b", 2, "")],
)
def test_ratios(latex, items, ends):
    node = read(latex)
    assert (node.kind, len(node.items), node.ends) == ("ratio", items, ends)


@pytest.mark.parametrize("latex", ["3:", ":4", "f:x\\to y", r"C: \text{Plane}", "16:30"])
def test_no_ratios(latex):
    assert getattr(read(latex), "kind", None) != "ratio"


def test_all_numbers_but_some():
    node = read(r"\mathbb{R}\setminus\{2,-1\}")
    assert node.kind == "union"
    assert [item.items for item in node.items] == [
        (Expression("-\\infty"), Number(-1, None, "-1")),
        (Number(-1, None, "-1"), Number(2, None, "2")),
        (Number(2, None, "2"), Expression("\\infty")),
    ]
    assert not isinstance(read(r"\mathbb{R}\setminus\{a\}"), Group)
    assert not isinstance(read(r"\mathbb{Z}\setminus\{2\}"), Group)


@pytest.mark.parametrize(
    ("latex", "left"),
    [
        (r"f(x)=2x \text{ for all } x", "f(x)=2x"),
        (r"f(x)=2x \text{, for every real } x", "f(x)=2x"),
        (r"f(n)=n, n\in\mathbb{N}", "f(n)=n"),
        (r"f(x)=2x\ (x \in \mathbb{R})", "f(x)=2x"),
        (r"f(x)=2x \text{ for all } y", None),
        (r"f(x)=2x \text{ for all negative } x", None),
        (r"f(x)=2x, x>0", None),
        (r"x=2 \text{ for all } x", None),
        (r"2x \text{ for all } x", None),
        (r"f(x)<2x \text{ for all } x", None),
    ],
)
def test_quantifiers(latex, left):
    text = normalise(latex)
    assert without_quantifier(text) == (left or text)


@pytest.mark.parametrize(
    ("latex", "value", "unit"),
    [
        (r"5\text{ million}", 5_000_000, None),
        ("2.5 thousand", 2500, None),
        (r"\$3 \text{ billion}", 3 * 10**9, "dollar"),
        (r"4\text{ million tons}", 4_000_000, "ton"),
    ],
)
def test_words_that_multiply(latex, value, unit):
    node = read(latex)
    assert (node.value, node.unit) == (value, unit)


def test_lists_say_what_joins_them():
    assert read("1, 2").ends == ""
    assert read(r"1 \text{ or } 2").ends == "or"
    assert read("1 and 2").ends == "and"
    points = read("a=1,b=2; a=3,b=4")
    assert [item.kind for item in points.items] == ["list", "list"]
    assert isinstance(read(r"x \in (0,1)\cup(2,3)"), Relation)
    assert isinstance(read("f(x):=2x"), Relation)
    assert not isinstance(read(r"n \equiv 2 \pmod{3}"), Relation)
    assert read("T=10,500").sides[1].value == 10500


@given(st.text("123:,;{}\\()[]fx=| andor", max_size=40))
def test_no_text_raises(text):
    read(text)
