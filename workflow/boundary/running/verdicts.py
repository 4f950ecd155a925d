"""Verdicts on a terminal: the lines of the overview as plain text, folded to its width."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boundary.estimate.render import terminal
from boundary.report.looks import LOOKED
from boundary.report.overview import Line
from boundary.wording import number, reveal

HEAD = ("comparison", "side", "pass@1", "pass@K", "k×, D(K)", "verdict")


def show_lines(lines: Iterable[Line], level: float, console: Console | None = None) -> None:
    """Print a table of comparisons.

    Parameters
    ----------
    lines : iterable of Line
        As of `boundary.report.overview.lines_of`.
    level : float
        Of the intervals.
    console : rich.console.Console, optional
        Where to; default: standard output.
    """
    out = console or terminal()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False)
    for i, name in enumerate(HEAD):
        table.add_column(name, overflow="fold", min_width=6 if 1 < i < 5 else 8)
    lines = list(lines)
    for line in lines:
        for row in _rows(line):
            table.add_row(*row)
        table.add_section()
    out.print(table)
    note = (
        f"Per cent with {100 * level:g} % intervals over M problems; D(K) = ● − ◆ in points of "
        f"pass@K, K the largest k that the verdict looks at. A guard (⚠) forbids to lean on the "
        f"verdict beside it."
    )
    out.print(Text(note))
    for line in lines:
        if line.looked:
            text = f"{LOOKED} {line.title} on {line.benchmark}: {line.looked}"
            out.print(Text(reveal(text)))


def _rows(line: Line) -> list[list[Text]]:
    """Return a row a side, so that numbers stay beside their side however cells are folded."""
    guards = f"⚠ no claim: {', '.join(line.guards)}\n" if line.guards else ""
    mark = f" {LOOKED}" if line.looked else ""
    verdict = Text.assemble((guards, "yellow"), (f"{line.icon} {line.tag}{mark}", "bold"))
    beside = "\n".join(reveal(part) for part in (line.words, *line.beside) if part)
    ends = (
        (line.title, f"k× {line.crossing}", verdict),
        (
            f"{line.benchmark}, M = {line.problems}",
            f"D({number(line.k_max)}) {line.difference}",
            Text(beside),
        ),
    )
    return [
        [
            Text(reveal(name)),
            Text(f"{side['mark']} {reveal(side['name'])}"),
            *(Text(reveal(side[key])) for key in ("first", "last")),
            Text(distance),
            last,
        ]
        for side, (name, distance, last) in zip(line.sides, ends, strict=True)
    ]
