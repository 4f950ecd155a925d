"""The card of each comparison on each benchmark: its verdict and estimate, and what was tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from boundary.analyses.registry import analyses
from boundary.jobs.pages import Report
from boundary.report import chapters
from boundary.report.overview import Line
from boundary.report.sentences import further, headline, truncation, unread
from boundary.report.verdicts import beside
from boundary.rows import PairRow, VerdictRow


@dataclass(frozen=True)
class Card:
    """What the page says of a comparison on a benchmark.

    Attributes
    ----------
    line : Line
        Its line of the overview.
    shown, folded, cautions : list of str
        Sentences, plain text: at once, behind a fold, and of the models, behind it too.
    """

    line: Line
    shown: list[str]
    folded: list[str]
    cautions: list[str]


def cards_of(
    lines: list[Line],
    tables: Mapping[str, pl.DataFrame],
    titled: Mapping[str, pl.DataFrame],
    job: Report,
) -> list[Card]:
    """Return the card of each line of the overview, in their order.

    Parameters
    ----------
    lines : list of Line
        One for each row of ``crossovers``, in its order.
    tables, titled : mapping of str to polars.DataFrame
        Those of the study, rows in the same order, and the same with titles of comparisons.
    job : Report
        Level of the intervals, and what must be known of models.
    """
    coverage = {PairRow.of(row).key: row for row in tables["coverage"].iter_rows(named=True)}
    arms = {
        (row["model"], row["benchmark"], row["protocol"]): row
        for row in tables["responses"].iter_rows(named=True)
    }
    entries = [entry for name, entry in analyses().items() if name in job.analyses]
    by_pair = chapters.beside(entries, titled)
    cards = []
    rows = (frame["crossovers"].iter_rows(named=True) for frame in (tables, titled))
    for line, row, named in zip(lines, *(map(VerdictRow.of, each) for each in rows), strict=True):
        base = arms.get((row.base, row.benchmark, row.protocol))
        other = arms.get((row.other, row.benchmark, row.other_protocol))
        solved = coverage.get(row.key)
        folded = [*beside(row), *further(row, solved), *by_pair.get(named.key, [])]
        folded += filter(None, (truncation(base, other), unread(base, other)))
        shown = headline(row, solved, job.confidence)
        cards.append(Card(line, [*shown], folded, line.cautions))
    return cards
