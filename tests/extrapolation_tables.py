"""Tables of what lies beyond n, made up from differences without the estimators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from boundary.analyses.extrapolation.tables import TABLES
from boundary.analysis.frames import column_types
from boundary.comparison_tables import PAIR
from boundary.tables import check

#: What a gate that lets families pass says.
PASSED = {"thinned": 8, "thinnings": 20, "covered": 0.95, "covered_k": 32, "note": None}


def beyond(
    pair: dict[str, Any],
    n: int,
    ends: Callable[[int], dict[str, float | None]],
    gate: dict[str, Any],
) -> dict[str, pl.DataFrame]:
    """Return both tables of one comparison: bounds and envelope by k, and its gate."""
    known = {**pair, "n": n, "n_problems": 60}
    rows = []
    for octave in range(4):
        made = ends(n << octave)
        low, high = made.get("bound_low"), made.get("bound_high")
        ahead = None
        if low is not None and high is not None and not low <= 0 <= high:
            ahead = "base" if low > 0 else "other"
        rows.append({**known, "k": n << octave, **made, "ahead": ahead})
    told = {"ahead": rows[0]["ahead"], "ahead_to": n if rows[0]["ahead"] else None}
    made_rows = {
        "extrapolation": [row for row in rows if len(row) > len(known) + 2],
        "extrapolation_gates": [{**known, "n_independent": 60, **told, **gate}],
    }
    return {
        name: check(pl.DataFrame(made_rows[name], schema=column_types(table)), table, name)
        for name, table in TABLES.items()
    }


def extrapolation_tables(differences: pl.DataFrame, n: int) -> dict[str, pl.DataFrame]:
    """Return both tables of all comparisons: bounds a point wider at each octave."""
    parts = []
    for row in differences.filter(k=n).iter_rows(named=True):
        diff = row["diff"]

        def ends(k: int, diff: float = diff) -> dict[str, float | None]:
            wide = 0.05 * (k // n)
            inner = {"envelope_low": diff - wide / 2, "envelope_high": diff + wide / 2}
            return {"bound_low": diff - wide, "bound_high": diff + wide, **inner}

        parts.append(beyond({name: row[name] for name in PAIR}, n, ends, PASSED))
    return {name: pl.concat(part[name] for part in parts) for name in TABLES}
