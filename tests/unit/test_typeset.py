"""LaTeX and Markdown hold any text as text."""

from __future__ import annotations

import pytest

from boundary.typeset import latex, latex_figure, latex_table, markdown, markdown_table

NASTY = r"\input{/etc/passwd} 50% of $x_1^2$ & #1 ~ <b>|`rm`|</b> [2] --"


def test_nothing_in_latex_is_a_command() -> None:
    assert latex(NASTY) == (
        r"\textbackslash{}input\{/etc/passwd\} 50\% of \$x\_1\textasciicircum{}2\$ \& \#1 "
        r"\textasciitilde{} $<$b$>$\textbar{}\textasciigrave{}rm\textasciigrave{}\textbar{}"
        r"$<$/b$>$ {[}2] -{}-"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("k× ≈ 17.7 [14.6, 22.1]", r"k$\times$ $\approx$ 17.7 {[}14.6, 22.1]"),
        ("−66.1 – ½", r"$-$66.1 -- $\frac12$"),
        ("a\nb", "a b"),
        ("naïve café", "naïve café"),
    ],
)
def test_signs_that_fonts_of_text_lack(text: str, written: str) -> None:
    assert latex(text) == written


def test_hidden_letters_are_told() -> None:
    assert "\u202e" not in latex("a\u202eb") and "\u202e" not in markdown("a\u202eb")


def test_nothing_in_markdown_is_markup() -> None:
    written = markdown("| [a](http://x) <script> **b** `c` $d$ ![e]")
    assert written == (r"\| \[a\](http://x) \<script\> \*\*b\*\* \`c\` \$d\$ \!\[e\]")


def test_a_table_has_a_cell_for_each_column() -> None:
    rows = [["[1]", "a & b"], ["x|y", "2 %"]]
    text = latex_table(["low", "name_1"], rows, "About 5 %.", "a_b")
    assert text.count(r" \\") == 3 and text.count(" & ") == 3
    assert r"\begin{longtable}{ll}" in text and r"\label{tab:a-b}" in text
    assert r"{[}1] & a \& b \\" in text
    lines = markdown_table(["low", "name_1"], rows, "T", "About.").splitlines()
    assert lines[2:6] == [
        r"| low | name\_1 |",
        "| --- | --- |",
        r"| \[1\] | a \& b |",
        r"| x\|y | 2 % |",
    ]


def test_a_float_names_its_picture() -> None:
    assert r"\label{fig:passk-short}" in latex_figure("passk-short", "c")
