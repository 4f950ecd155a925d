"""What the report says of what lies beyond n."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.analyses.extrapolation.tables import EXTRAPOLATION, EXTRAPOLATION_GATES
from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import PAIR, Cell, Summary, number_of, summary, text_of
from boundary.report.text import visible
from boundary.report.verdicts import names, side_of
from boundary.rows import PairRow, Row
from boundary.wording import interval, number, percent

#: How many times n the page says something of.
SHOWN = (2, 4, 8)


def _bracket(stem: str) -> Cell:
    return lambda row: "–" if row[f"{stem}_low"] is None else interval(row, stem)


def extrapolation(frame: pl.DataFrame) -> Summary:
    """Summarise bounds and envelopes at a few multiples of n."""
    shown = frame.filter(pl.any_horizontal(pl.col("k") == times * pl.col("n") for times in SHOWN))
    columns: dict[str, Cell] = {
        **PAIR,
        "k": number_of("k"),
        "bounds of D": _bracket("bound"),
        "ahead, whatever the rates": lambda row: side_of(row, row["ahead"]),
        "D if rare problems go on like common ones": _bracket("envelope"),
        "n": number_of("n"),
        "M": number_of("n_problems"),
    }
    about = (
        "Bounds: D = base − other in percentage points of pass@k for any distribution of rates "
        "over problems of which both curves and D lie within bands that hold at once, up to n; "
        "they alone tell who is ahead. The last column supposes that rare problems go on like "
        "common ones: from the least to the largest end of the intervals of four families, "
        "where a gate lets them speak. No verdict rests on either. What n further samples would "
        "solve first, by Good and Toulmin, stands in the table unseen."
    )
    return summary(
        EXTRAPOLATION.name, "Beyond n", about, shown.sort("benchmark", "comparison", "k"), columns
    )


def gates(frame: pl.DataFrame) -> Summary:
    """Summarise to which k a model stays ahead, and what the gate says."""
    columns: dict[str, Cell] = {
        **PAIR,
        "ahead at n": lambda row: side_of(row, row["ahead"]),
        "to k": number_of("ahead_to"),
        "thinned to": number_of("thinned"),
        "held in": lambda row: "–" if row["covered"] is None else percent(row["covered"]),
        "at k": number_of("covered_k"),
        "of thinnings": number_of("thinnings"),
        "n": number_of("n"),
        "M": number_of("n_problems"),
        "differs by permission": text_of("permitted"),
        "note": text_of("note"),
    }
    about = (
        "To k: how far the model that is ahead at n surely stays so, whatever the rates. The "
        "gate: samples are thinned to an eighth, and the envelope of the families must hold how "
        "much D is known to change from there, in 90 % of thinnings at every k."
    )
    ordered = frame.sort("benchmark", "comparison")
    return summary(EXTRAPOLATION_GATES.name, "May it be extrapolated?", about, ordered, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what lies beyond n; nothing where all is refused."""
    if EXTRAPOLATION.name not in tables:
        return {}
    last = tables[EXTRAPOLATION.name].filter(pl.col("k") == pl.col("k").max().over(PAIR_KEY))
    reach = {PairRow.of(row).key: row for row in last.iter_rows(named=True)}
    rows = tables[EXTRAPOLATION_GATES.name].iter_rows(named=True)
    return {key: sentence(row, reach[key]) for row in rows if (key := PairRow.of(row).key) in reach}


def sentence(row: Row, last: Row) -> str:
    """Say to which k no crossing lies, and whether families may be asked.

    Parameters
    ----------
    row : mapping
        Of EXTRAPOLATION_GATES.
    last : mapping
        The row of EXTRAPOLATION at the largest k.
    """
    name, k = names(PairRow.of(row)), number(last["k"])
    text = f"Beyond n = {number(row['n'])}, of which no verdict speaks: "
    if row["ahead"] and row["ahead_to"] > row["n"]:
        text += (
            f"no crossing before k = {number(row['ahead_to'])}, as {name[row['ahead']]} stays "
            f"ahead whatever the rates of the problems are"
        )
    elif last["bound_low"] is not None:
        text += "bounds for any rates of the problems leave open who is ahead"
    else:
        text += "no bounds are given"
    if last["bound_low"] is not None:
        text += f" (D at {k} within {interval(last, 'bound')} points)"
    if last["envelope_low"] is not None:
        text += f"; if rare problems go on like common ones, D at {k} is within "
        text += f"{interval(last, 'envelope')} points"
        if last["ahead"] is None and not last["envelope_low"] <= 0 <= last["envelope_high"]:
            text += ", which names no model ahead, as the bounds hold 0"
    return f"{text}{'; ' + visible(row['note'], 300) if row['note'] else ''}."


#: Tables of the page, by the table that each shows.
SUMMARIES = {EXTRAPOLATION.name: extrapolation, EXTRAPOLATION_GATES.name: gates}
