"""What the report says of coverage."""

from __future__ import annotations

import polars as pl

from boundary.comparison_tables import SETS
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    number_of,
    summary,
    text_of,
)
from boundary.report.links import of_pair
from boundary.rows import Row
from boundary.wording import p_value, percent, regained, span


def _predicted(only: str) -> Cell:
    tried = {True: "", False: " (refuted)", None: " (untried)"}

    def cell(row: Row) -> str:
        value = row[f"{only}_predicted"]
        return "–" if value is None else percent(value) + tried[row[f"{only}_calibrated"]]

    return cell


def coverage(frame: pl.DataFrame) -> Summary:
    """Summarise the coverage table."""
    columns: dict[str, Cell] = {
        **PAIR,
        "both": number_of("both"),
        "base only": number_of("base_only"),
        "other only": number_of("other_only"),
        "neither": number_of("neither"),
        "McNemar": lambda row: p_value(row["mcnemar_p"]),
        "n": lambda row: span(row["n_min"], row["n_max"]),
        "n base": number_of("n_base"),
        "n other": number_of("n_other"),
        "M": number_of("n_problems"),
        "base only, regained": lambda row: regained(row, "base_only"),
        "base only, next n": _predicted("base_only"),
        "other only, regained": lambda row: regained(row, "other_only"),
        "other only, next n": _predicted("other_only"),
        "note": text_of("note"),
    }
    about = (
        "Problems solved at least once in n samples of either model, expected where one has more. "
        "McNemar: exact, two-sided. Regained: of the problems that one model alone solves in half "
        "of its samples, the share that the other solves in its other half, over all ways to split "
        "them, with an interval over problems; –: too few. Next n: what an empirical-Bayes fit to "
        "all samples expects, as a rule too little; refuted: it fails to predict the halves; "
        "untried: they are too few to tell."
    )
    links = {name.replace("_", " "): of_pair(set=name) for name in SETS} | {"M": of_pair()}
    return summary("coverage", "Coverage", about, frame, columns, links)


#: Tables of the page, by the table that each shows.
SUMMARIES = {"coverage": coverage}
