"""What the report says of luck: what a model solves beyond its guess floor."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from boundary.columns import ARM_KEY
from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import (
    ARM,
    PAIR,
    Cell,
    Summary,
    bracket_of,
    number_of,
    points_of,
    summary,
)
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row
from boundary.wording import number, points, with_interval

TOO_LOW = "the floor is rather too low there, so that what lies above it is rather too high"


def _at_ends(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows at k = 1 and at the largest k up to n/2."""
    inside = frame.filter(~pl.col("flagged") | (pl.col("k") == 1))
    last = pl.col("k").max().over(key)
    return inside.filter((pl.col("k") == 1) | (pl.col("k") == last)).sort(*key, "k")


_COMMON: dict[str, Cell] = {
    "interval": bracket_of("ci", points),
    "M": number_of("n_problems"),
    "n": number_of("n_min"),
    "floor": lambda row: "rather too low" if row["floor_flagged"] else "",
}


def excess(frame: pl.DataFrame) -> Summary:
    """Summarise what each model solves beyond its floor."""
    columns: dict[str, Cell] = {
        **ARM,
        "k": number_of("k"),
        "excess": points_of("excess"),
        **_COMMON,
        "bias of the floor": points_of("floor_bias"),
    }
    about = (
        "pass@k minus the guess floor, in points, on the same problems: what k answers of the "
        "model to other problems would not solve, nor, of multiple choice, k blind guesses among "
        "the options. Rather too low: the floor's estimated bias exceeds a third of its standard "
        "error."
    )
    shown = _at_ends(frame, ("benchmark", *ARM_KEY))
    return summary("excess", "Beyond guessing", about, shown, columns)


def gain(frame: pl.DataFrame) -> Summary:
    """Summarise how much more the other model solves beyond its floor."""
    columns: dict[str, Cell] = {
        **PAIR,
        "k": number_of("k"),
        "base beyond its floor": points_of("base_excess"),
        "other beyond its floor": points_of("other_excess"),
        "other − base": points_of("gain"),
        **_COMMON,
    }
    about = "What each model solves beyond its guess floor, and the difference, paired by problem."
    shown = _at_ends(frame, ("benchmark", *PAIR_KEY))
    return summary("excess_gain", "Beyond guessing, other against base", about, shown, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict who solves more beyond guessing, at the largest k up to n/2."""
    if "excess_gain" not in tables:
        return {}
    rows = _at_ends(tables["excess_gain"], PAIR_KEY).group_by(PAIR_KEY, maintain_order=True).last()
    return {PairRow.of(row).key: sentence(row) for row in rows.iter_rows(named=True)}


def sentence(row: Row) -> str:
    """Say who solves more beyond what guessing does, at one k."""
    name = names(PairRow.of(row))
    both = (
        f"{points(row['base_excess'])} points ({name['base']}) and {points(row['other_excess'])} "
        f"({name['other']})"
    )
    if row["ci_low"] > 0 or row["ci_high"] < 0:
        ahead = name["other"] if row["gain"] > 0 else name["base"]
        which = f"{ahead} has more of it"
    else:
        which = "which of them has more of it is open"
    text = (
        f"Beyond what guessing solves, pass@k at k = {number(row['k'])} has {both}: {which}, "
        f"difference {with_interval(row, 'gain', stem='ci')}, other minus base."
    )
    return text if not row["floor_flagged"] else f"{text} Flagged: {TOO_LOW}."


#: Tables of the page, by the table that each shows.
SUMMARIES = {"excess": excess, "excess_gain": gain}
