"""The sheet: what people judge, as one self-contained page and as a CSV file.

Responses are hostile: on the page all is escaped, and a content security
policy lets nothing load or run; in the CSV no cell can be a formula.
"""

from __future__ import annotations

import csv
import html
import io
from pathlib import Path

import polars as pl

from boundary.errors import InputError
from boundary.wording import reveal

COLUMNS = (
    "id",
    "benchmark",
    "problem_id",
    "problem",
    "gold",
    "response",
    "judgement",
    "judge",
    "comment",
)
#: A spreadsheet's limit of characters in a cell is 32,767.
LONGEST_CELL = 32_000
#: Cells that begin so could be run as formulas (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
body { font: 15px/1.5 Arial, Helvetica, sans-serif; color: #222;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px;
      background: #f6f6f6; padding: .8rem; }
section { border-top: 1px solid #ccc; margin-top: 2rem; }
code { background: #f6f6f6; padding: 0 .3rem; }
h3 { font-size: 14px; margin: 1rem 0 .2rem; }
"""
_INTRODUCTION = (
    "Each response below reached the right answer to a problem that is rarely solved. Does its "
    "reasoning establish the answer, or is the answer luck? Judge every response by itself: "
    "<b>valid</b> when each step that the answer rests on is correct and follows; <b>invalid</b> "
    "when a step that it rests on is wrong, missing or unfounded; <b>unclear</b> when you cannot "
    "tell. Write the word, your name and, if you like, a comment into the CSV file of the same "
    "name, in the row with the same id, and change nothing else. Which model wrote a response "
    "is not told here."
)


def sheet_rows(items: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each distinct item on the sheet, models left out.

    Rows stand by problem and then by id, a hash: their order tells no model.

    Parameters
    ----------
    items : polars.DataFrame
        A CHAIN_ITEMS table.

    Returns
    -------
    polars.DataFrame
        Columns id, benchmark, problem_id, problem, gold, response.
    """
    return (
        items.filter("in_sheet")
        .select(
            "id", "benchmark", "problem_id", pl.col("question").alias("problem"), "gold", "response"
        )
        .unique("id")
        .sort("benchmark", "problem_id", "id")
    )


def cell(text: str | None) -> str:
    """Return text for a cell of the CSV: visible, bounded, never a formula."""
    shown = reveal((text or "").replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t")
    if len(shown) > LONGEST_CELL:
        rest = len(shown) - LONGEST_CELL
        shown = f"{shown[:LONGEST_CELL]}… [{rest} more characters: see the HTML page]"
    # A leading space does not help: some programs strip it before they look.
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA) else shown


def sheet_csv(rows: pl.DataFrame) -> str:
    """Return the sheet as CSV, with empty columns for judgement, judge and comment.

    A cell that a spreadsheet could take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows.iter_rows(named=True):
        writer.writerow([cell(row[name]) if name in row else "" for name in COLUMNS])
    return "\ufeff" + text.getvalue()  # the mark by which Excel reads UTF-8


def refuse_filled(path: Path) -> None:
    """Refuse to replace a sheet that somebody has begun to fill in.

    Raises
    ------
    InputError
        Says where to keep it.
    """
    if not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        filled = True  # by a program that writes other text than ours
    else:
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        filled = any((row.get(name) or "").strip() for row in rows for name in COLUMNS[-3:])
    if filled:
        raise InputError(
            f"{path}: holds judgements, which a fresh sheet would replace. Nothing was changed; "
            f"move it to a place of its own, or give another --output."
        )


def sheet_html(rows: pl.DataFrame) -> str:
    """Return the sheet as one page without script."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>Chains of thought to judge</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<h1>Chains of thought to judge</h1>\n<p>{_INTRODUCTION}</p>",
        f"<p>{rows.height} responses to {rows.select('benchmark', 'problem_id').n_unique()} "
        f"problems. Characters that cannot be seen stand as ⟨U+…⟩.</p>",
    ]
    before = None
    for row in rows.iter_rows(named=True):
        problem = (row["benchmark"], row["problem_id"])
        if problem != before:
            parts.append(
                f"<h2>{_text(row['benchmark'])}, problem {_text(row['problem_id'])}</h2>"
                f"<pre>{_text(row['problem'])}</pre>"
                f"<p>Correct answer: <code>{_text(row['gold'])}</code></p>"
            )
        before = problem
        parts.append(
            f'<section id="{row["id"]}"><h3>Response <code>{row["id"]}</code></h3>'
            f"<pre>{_text(row['response'])}</pre></section>"
        )
    return "\n".join([*parts, "</body>\n</html>\n"])


def _text(value: str | None) -> str:
    return html.escape(reveal(value or "–", keep="\n\t"))
