"""A table of the page as LaTeX and Markdown."""

from __future__ import annotations

from pathlib import Path

from boundary.report.cells import Summary
from boundary.store import write_text
from boundary.typeset import latex_table, markdown_table
from boundary.wording import counted


def write_printed(table: Summary, folder: Path, confidence: float) -> list[Path]:
    """Write a table of the page for papers.

    Parameters
    ----------
    table : Summary
    folder : Path
        Where the files go; made when absent.
    confidence : float
        Level of the intervals.

    Returns
    -------
    list of Path
        ``NAME.tex`` and ``NAME.md``.
    """
    notes = [table.about]
    if any("[" in cell for row in table.rows for cell in row):
        notes.append(f"Brackets: {100 * confidence:.3g} % intervals.")
    if table.hidden:
        notes.append(f"{counted(table.hidden, 'more row')} in {table.name}.csv.")
    about = " ".join(notes)
    written = {
        ".tex": latex_table(table.header, table.rows, f"{table.title}. {about}", table.name),
        ".md": markdown_table(table.header, table.rows, table.title, about),
    }
    files = [folder / f"{table.name}{suffix}" for suffix in written]
    for path, text in zip(files, written.values(), strict=True):
        write_text(path, text)
    return files
