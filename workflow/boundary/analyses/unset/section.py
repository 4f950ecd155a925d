"""What the report says of trials without outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.analyses.unset.tables import TAKEN
from boundary.report.cells import (
    PAIR,
    Cell,
    Summary,
    guards_of,
    listed,
    number_of,
    points_of,
    summary,
    text_of,
)
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row, VerdictRow
from boundary.wording import k_interval, number, points


def unset(frame: pl.DataFrame) -> Summary:
    """Summarise the verdicts by what trials without outcome are taken for."""
    columns: dict[str, Cell] = {
        **PAIR,
        "taken for": text_of("taken"),
        "guard": guards_of,
        "verdict": text_of("verdict"),
        "k×": number_of("k_cross"),
        "interval of k×": lambda row: k_interval(row["ci_low"], row["ci_high"]),
        "D(1)": points_of("diff_at_1"),
        "D(K)": points_of("diff_at_k_max"),
        "K": number_of("k_max"),
        "without outcome, base": _share_of("base"),
        "without outcome, other": _share_of("other"),
        "M": number_of("n_problems"),
    }
    about = (
        "Trials without outcome are taken for wrong, as everywhere else; for right; and for right "
        "of one model alone, between which D lies at every k whatever they were."
    )
    taken = pl.col("taken").cast(pl.Enum(list(TAKEN)))
    ordered = frame.sort("benchmark", "comparison", taken)
    return summary("unset", "Trials without outcome", about, ordered, columns)


def _share_of(side: str) -> Cell:
    return lambda row: f"{number(row[f'{side}_n_unset'])} of {number(row[f'{side}_n_trials'])}"


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what trials without outcome could make of it.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study.

    Returns
    -------
    dict
        A sentence by comparison and benchmark, of those that have such trials.
    """
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in tables["unset"].iter_rows(named=True) if "unset" in tables else ():
        rows.setdefault(PairRow.of(row).key, []).append(row)
    return {key: sentence(each) for key, each in rows.items()}


def sentence(rows: Sequence[Row]) -> str:
    """Say what trials without outcome could make of one verdict.

    Parameters
    ----------
    rows : sequence of mapping
        The rows of UNSET of one comparison on one benchmark.
    """
    by = {row["taken"]: row for row in rows}
    wrong, name = by["wrong"], names(VerdictRow.of(by["wrong"]))
    lacking = [side for side in ("base", "other") if wrong[f"{side}_n_unset"]]
    first, *rest = [
        (number(wrong[f"{side}_n_unset"]), number(wrong[f"{side}_n_trials"]), name[side])
        for side in lacking
    ]
    counted = [f"{first[0]} of {first[1]} trials of {first[2]}"]
    counted += [f"{few} of {all_} of {whose}" for few, all_, whose in rest]
    if len(lacking) == 2:
        taken = {
            "right": "if all of them were right",
            "base-right": f"if only those of {name['base']} were right",
            "other-right": f"if only those of {name['other']} were right",
        }
    else:
        taken = {"right": "if they were right"}
    same = all(by[key]["verdict"] == wrong["verdict"] for key in taken)
    depends = "does not depend" if same else "depends"
    parts = [_outcome(wrong, same=False)]
    parts += [f"{_outcome(by[key], same)} {words}" for key, words in taken.items()]
    return (
        f"{listed(counted)} have no outcome and are taken for wrong. The verdict {depends} on it: "
        f"{'; '.join(parts)}."
    )


def _outcome(row: Row, same: bool) -> str:
    """Say verdict and difference of a row; the former only where it may be another."""
    at = f"D(1) {points(row['diff_at_1'])}, D({number(row['k_max'])}) "
    at += f"{points(row['diff_at_k_max'])} points"
    return at if same else f"{row['verdict']} ({at})"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"unset": unset}
