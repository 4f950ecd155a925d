"""What the report says of crossover."""

from __future__ import annotations

import polars as pl

from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    bracket_of,
    guards_of,
    number_of,
    points_of,
    summary,
    text_of,
)
from boundary.rows import Row, VerdictRow
from boundary.verdict_words import detectable, stretches
from boundary.wording import k_interval, points


def _decided(row: Row) -> str:
    return "; ".join(f"{side} {ks}" for side, ks in stretches(row["regions"])) or "–"


def crossovers(frame: pl.DataFrame) -> Summary:
    """Summarise the crossovers table."""
    columns: dict[str, Cell] = {
        **PAIR,
        "guard": guards_of,
        "verdict": text_of("verdict"),
        "decided k": _decided,
        "this set alone": text_of("verdict_fixed"),
        "after Holm": text_of("verdict_holm"),
        "k×": number_of("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "K": number_of("k_max"),
        "D(1)": points_of("diff_at_1"),
        "D(K)": points_of("diff_at_k_max"),
        "interval of D(K)": bracket_of("diff_ci", points),
        "detectable |D(K)|": lambda row: detectable(VerdictRow.of(row)) or "–",
        "M": number_of("n_problems"),
        "differs by permission": text_of("permitted"),
        "note": text_of("note"),
    }
    about = (
        "Guard: why no claim can rest on the verdict. Decided k: where the simultaneous band "
        "excludes 0, and in whose favour. k×: the k at which the base overtakes. D = base − other "
        "in percentage points of pass@k; K: the largest k that the verdict looks at."
    )
    return summary("crossovers", "Crossovers", about, frame, columns)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"crossovers": crossovers}
