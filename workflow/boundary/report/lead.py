"""The figure that the page begins with: pass@k of the comparison with the clearest verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from boundary.decisions import read_guards
from boundary.report.overview import MARKS, Line
from boundary.report.pictures import Drawing
from boundary.report.sentences import judgement
from boundary.report.text import visible
from boundary.rows import VerdictRow

#: Its name, and the figure of which it is one panel.
LEAD, FIGURE = "lead", "passk"


def clearest(crossovers: pl.DataFrame) -> VerdictRow | None:
    """Return the comparison and benchmark with the clearest verdict; None where there is none.

    No guard comes before a guard and a verdict before none; then counts how many times D(K)
    reaches beyond half of its interval.  Of equals the first is taken.

    Parameters
    ----------
    crossovers : polars.DataFrame
        Rows in the order in which the page shows them.
    """
    rows = map(VerdictRow.of, crossovers.iter_rows(named=True))
    return min(rows, key=_doubt, default=None)


def _doubt(row: VerdictRow) -> tuple[bool, bool, float]:
    half = (row.diff_ci_high - row.diff_ci_low) / 2
    reach = abs(row.diff_at_k_max) / half if half > 0 else 0.0
    return (
        bool(read_guards(row.guard)),
        row.verdict == "undetermined",
        -reach if math.isfinite(reach) else 0.0,
    )


def tables_of(row: VerdictRow, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return what that panel is drawn from: rows of one comparison on one benchmark alone."""
    arms = pl.DataFrame(row.arms, schema=("model", "protocol"), orient="row")
    both = {
        name: tables[name]
        .filter(benchmark=row.benchmark)
        .join(arms, on=("model", "protocol"), how="semi", maintain_order="left")
        for name in ("passk", "responses")
    }
    one = tables["crossovers"].filter(comparison=row.comparison, benchmark=row.benchmark)
    return both | {"crossovers": one}


@dataclass(frozen=True)
class Lead:
    """The figure on the page.

    Attributes
    ----------
    title, alt : str
        Which comparison and benchmark, and what it shows.
    sources : (str, str)
        Data URIs for wide screens and for phones.
    chosen : bool
        Whether there were others.
    """

    title: str
    alt: str
    sources: tuple[str, str]
    chosen: bool


def lead_of(
    tables: Mapping[str, pl.DataFrame], drawing: Drawing | None, confidence: float
) -> Lead | None:
    """Return the figure, in the tables of the page; None where none was drawn."""
    row = clearest(tables["crossovers"])
    if row is None or drawing is None:
        return None
    title = f"{visible(row.comparison)} on {visible(row.benchmark)}"
    return Lead(
        title=title,
        alt=f"pass@k, {title}: {judgement(row, confidence)}.",
        sources=drawing.sources,
        chosen=tables["crossovers"].height > 1,
    )


def results(lines: Iterable[Line]) -> str:
    """Return the verdicts in a few words each, for who cannot see the figures."""
    texts = []
    for line in lines:
        words = line.words if line.side in MARKS else line.tag
        claim = f" (no claim: {', '.join(line.guards)})" if line.guards else ""
        texts.append(f"{line.title}, {line.benchmark}: {words}{claim}")
    return "; ".join(texts) + "." if texts else "No models are compared."
