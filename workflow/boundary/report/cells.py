"""Cells of the report's tables: what a reader sees of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from boundary.decisions import read_guards
from boundary.report.links import Link, Target
from boundary.report.text import share, visible
from boundary.rows import Row
from boundary.wording import interval, number, points, with_interval

#: Rows that the page shows, and those of them that stand there unfolded.
ROWS_SHOWN, UNFOLDED = 200, 10


@dataclass(frozen=True)
class Summary:
    """One table of the page.

    Attributes
    ----------
    name : str
        Stem of the CSV that holds all of it.
    title, about : str
        Heading, and what the columns mean.
    header : list of str
        Column heads.
    rows : list of list of str
        Cells as plain text.
    hidden : int
        Rows that only the CSV shows.
    links : list of list of Target or None
        The problems behind each cell.
    """

    name: str
    title: str
    about: str
    header: list[str]
    rows: list[list[str]]
    hidden: int
    links: list[list[Target | None]]

    @property
    def parts(self) -> list[list[list[tuple[str, Target | None]]]]:
        """The rows to be shown at once and, where there are more, those to be folded."""
        pairs = zip(self.rows, self.links, strict=True)
        rows = [list(zip(*both, strict=True)) for both in pairs]
        # A fold for a row or two would hide more than it saves.
        if len(rows) <= UNFOLDED + 2:
            return [rows]
        return [rows[:UNFOLDED], rows[UNFOLDED:]]


Cell = Callable[[Row], str]


def summary(
    name: str,
    title: str,
    about: str,
    frame: pl.DataFrame,
    columns: dict[str, Cell],
    links: Mapping[str, Link] = MappingProxyType({}),
) -> Summary:
    """Return a table of the page, cut to what it shows; ``links`` are of some columns."""
    shown = frame.head(ROWS_SHOWN).to_dicts()
    rows = [[cell(row) for cell in columns.values()] for row in shown]
    behind = [[links[name](row) if name in links else None for name in columns] for row in shown]
    hidden = max(0, frame.height - ROWS_SHOWN)
    return Summary(name, title, about, list(columns), rows, hidden, behind)


def text_of(column: str) -> Cell:
    """Show text of a column as it was written."""
    return lambda row: visible(row[column])


def number_of(column: str) -> Cell:
    """Show a number of a column."""
    return lambda row: number(row[column])


def share_of(column: str) -> Cell:
    """Show a share of a column in percent."""
    return lambda row: share(row[column])


def points_of(column: str) -> Cell:
    """Show a difference of a column in percentage points."""
    return lambda row: points(row[column])


def arm_of(model: str, protocol: str) -> Cell:
    """Show a model with its protocol."""
    return lambda row: f"{visible(row[model])} · {visible(row[protocol])}"


#: An arm, and two that are compared.
ARM: dict[str, Cell] = {
    "benchmark": text_of("benchmark"),
    "model": arm_of("model", "protocol"),
}
PAIR: dict[str, Cell] = {
    "comparison": text_of("comparison"),
    "benchmark": text_of("benchmark"),
    "base": arm_of("base", "protocol"),
    "other": arm_of("other", "other_protocol"),
}


#: Whose responses stand under which scorer.
SCORED: dict[str, Cell] = {
    "benchmark": text_of("benchmark"),
    "scored by": text_of("scorer"),
    "responses of": arm_of("source_model", "protocol"),
}


def guards_of(row: Row) -> str:
    """Show the guards of a comparison."""
    return ", ".join(read_guards(row["guard"])) or "–"


def bracket_of(stem: str, words: Callable[[float], str] = number) -> Cell:
    """Show an interval from two columns of one stem."""
    return lambda row: interval(row, stem, words)


def estimate_of(
    column: str, words: Callable[[float], str] = points, stem: str | None = None
) -> Cell:
    """Show an estimate with its interval, as of `boundary.wording.with_interval`."""
    return lambda row: with_interval(row, column, words, stem)
