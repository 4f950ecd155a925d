"""Text and tables as LaTeX and Markdown take them, safe whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boundary.wording import reveal

#: What LaTeX reads as commands, and signs of mathematics that its fonts of text lack.
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    # After the end of a row it would be an option.
    "[": "{[}",
    # Of two, LaTeX would make a dash.
    "--": "-{}-",
    "\u00a0": "~",
    "…": r"\dots{}",
    "–": "--",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≈": r"$\approx$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "→": r"$\to$",
    "←": r"$\leftarrow$",
    "½": r"$\frac12$",
    "τ": r"$\tau$",
    "λ": r"$\lambda$",
    "∞": r"$\infty$",
    "∅": r"$\emptyset$",
}
_SPECIAL = re.compile("|".join(map(re.escape, _LATEX)))
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!$&^])")


def latex(text: str) -> str:
    """Return text as LaTeX prints it: none of it is a command, and no line breaks."""
    return _SPECIAL.sub(lambda sign: _LATEX[sign[0]], reveal(text.replace("\n", " ")))


def markdown(text: str) -> str:
    """Return text as Markdown prints it: none of it is markup, and no line breaks."""
    return _MARKDOWN.sub(r"\\\1", reveal(text.replace("\n", " ")))


def latex_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], caption: str, label: str
) -> str:
    """Return a table in LaTeX, which needs the packages booktabs and longtable.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        Cells, as many a row as the header has.
    caption, label : str
        Plain text.
    """
    head = " & ".join(map(latex, header)) + r" \\"
    body = [" & ".join(map(latex, row)) + r" \\" for row in rows]
    return "\n".join(
        [
            "% Needs the packages booktabs and longtable.",
            rf"\begin{{longtable}}{{{'l' * len(header)}}}",
            rf"\caption{{{latex(caption)}}}\label{{tab:{_key(label)}}}\\",
            r"\toprule",
            head,
            r"\midrule",
            r"\endhead",
            *body,
            r"\bottomrule",
            r"\end{longtable}",
            "",
        ]
    )


def latex_figure(file: str, caption: str) -> str:
    """Return a float of LaTeX with a picture beside it, which needs the package graphicx."""
    return "\n".join(
        [
            r"\begin{figure}",
            r"\centering",
            rf"\includegraphics{{{file}.pdf}}",
            rf"\caption{{{latex(caption)}}}",
            rf"\label{{fig:{_key(file)}}}",
            r"\end{figure}",
            "",
        ]
    )


def markdown_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], title: str, caption: str
) -> str:
    """Return a table in Markdown, its title above and its caption below.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        Cells, as many a row as the header has.
    title, caption : str
        Plain text.
    """
    lines = [header, ["---"] * len(header), *rows]
    cells = [
        [cell if at == 1 else markdown(cell) for cell in line] for at, line in enumerate(lines)
    ]
    table = [f"| {' | '.join(line)} |" for line in cells]
    return "\n".join([f"**{markdown(title)}**", "", *table, "", markdown(caption), ""])


def _key(name: str) -> str:
    """Return a name as labels may be: letters, digits, dots and hyphens."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", name)
